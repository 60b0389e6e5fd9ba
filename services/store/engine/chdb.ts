// The only place that knows chdb. It is an optional dependency of half a gigabyte, loaded when the embedded engine is wanted and not before.

export interface ChdbResult {
  bytes(): Uint8Array
}

export interface ChdbStream extends AsyncIterable<unknown> {
  [Symbol.asyncIterator](): AsyncIterator<unknown>
}

export interface ChdbSession {
  queryAsync(sql: string, options: { readonly format: string }): Promise<ChdbResult>
  queryStream(sql: string, options: { readonly format: string }): ChdbStream
  close(): void
}

export interface Chdb {
  readonly Session: new (path: string, options?: { readonly connectionArgs?: readonly string[] }) => ChdbSession
  drainPending(): Promise<void>
  version(): { readonly libchdb: string }
}

export async function loadChdb(): Promise<Chdb> {
  const module = (await import("chdb")) as unknown as { default?: Chdb } & Chdb
  return module.default ?? module
}
