// The child process that runs the embedded engine. The engine does not survive worker threads, takes libuv pool threads for its queries,
// and may use gigabytes: a process of its own keeps all that away from the sensor and the API. It ends when its parent does.
import { type Chdb, type ChdbSession, loadChdb } from "./chdb.ts"
import { Lane } from "./lane.ts"
import type { EngineAnswer, EngineHello, EngineLane, EngineRequest, EngineStart } from "./protocol.ts"

const start = JSON.parse(process.argv[2] ?? "{}") as EngineStart

// The parent decides when to stop: a Ctrl-C reaches the whole process group, and the last batch must still be written.
process.on("SIGINT", () => {})
process.on("SIGTERM", () => {})

await main()

async function main(): Promise<void> {
  let chdb: Chdb
  try {
    chdb = await loadChdb()
  } catch (error) {
    return end({ hello: false, kind: "missing", message: messageOf(error) })
  }
  let lanes: Record<EngineLane, Lane>
  try {
    lanes = await openLanes(chdb)
  } catch (error) {
    return end({ hello: false, kind: "failed", message: messageOf(error) })
  }
  serve(chdb, lanes)
  send({ hello: true, version: chdb.version().libchdb })
}

function end(hello: EngineHello): void {
  process.send?.(hello, () => process.disconnect?.())
}

function serve(chdb: Chdb, lanes: Record<EngineLane, Lane>): void {
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= closeLanes(chdb, lanes)
    return closing
  }
  process.on("disconnect", () => void close())
  process.on("message", (request: EngineRequest) => {
    if (request.op === "close") {
      void close().then(() => process.send?.({ id: request.id, ok: true }, () => process.disconnect?.()))
      return
    }
    answer(lanes, request).then(send, (error: unknown) => send({ id: request.id, ok: false, message: messageOf(error) }))
  })
}

const streams = new Map<number, { next(): Promise<Uint8Array | undefined>; cancel(): Promise<void> }>()

async function answer(lanes: Record<EngineLane, Lane>, request: Exclude<EngineRequest, { op: "close" }>): Promise<EngineAnswer> {
  const { id } = request
  switch (request.op) {
    case "run":
      return { id, ok: true, bytes: await lanes[request.lane].run(request) }
    case "stream":
      streams.set(id, await lanes[request.lane].stream(request))
      return { id, ok: true }
    case "next": {
      const stream = streams.get(request.stream)
      // Begun in an engine that died since: an export must not end as if it were whole.
      if (stream === undefined) throw new Error("the engine was started again; the stream is gone")
      const bytes = await stream.next()
      if (bytes !== undefined) return { id, ok: true, bytes, done: false }
      streams.delete(request.stream)
      return { id, ok: true, done: true }
    }
    case "cancel":
      await streams.get(request.stream)?.cancel()
      streams.delete(request.stream)
      return { id, ok: true }
  }
}

async function openLanes(chdb: Chdb): Promise<Record<EngineLane, Lane>> {
  const open = () => new chdb.Session(start.path, { connectionArgs: [`--config-file=${start.configFile}`] })
  const first = open()
  await first.queryAsync(`CREATE DATABASE IF NOT EXISTS ${start.database}`, { format: "TSV" })
  const make = async (count: number, settings: readonly string[]): Promise<Lane> => {
    const sessions: ChdbSession[] = []
    for (let at = 0; at < count; at++) {
      const session = open()
      for (const sql of [`USE ${start.database}`, ...settings]) await session.queryAsync(sql, { format: "TSV" })
      sessions.push(session)
    }
    return new Lane(sessions)
  }
  // Limits first and readonly last: after `readonly = 1` nothing can be set any more, whatever the statement.
  const limits = (seconds: number) => [
    `SET max_execution_time = ${seconds}`,
    `SET max_memory_usage = ${start.maxMemoryPerQuery}`,
    `SET max_threads = ${start.maxThreads}`,
    "SET output_format_json_quote_64bit_integers = 0",
    "SET max_bytes_before_external_group_by = 500000000",
    "SET max_bytes_before_external_sort = 500000000",
    "SET enable_named_columns_in_function_tuple = 0",
  ]
  const readonly = (seconds: number) => [...limits(seconds), "SET readonly = 1"]
  const lanes = {
    write: await make(1, ["SET throw_on_max_partitions_per_insert_block = 0", "SET max_insert_threads = 1"]),
    read: await make(start.readers, readonly(start.maxQuerySeconds)),
    export: await make(1, readonly(start.maxExportSeconds)),
    meta: await make(2, [
      "SET ROLE egret_meta",
      ...limits(start.maxQuerySeconds),
      `SET max_result_rows = ${start.maxMetaRows}`,
      "SET max_result_bytes = 200000000",
      "SET readonly = 1",
    ]),
  }
  first.close()
  return lanes
}

async function closeLanes(chdb: Chdb, lanes: Record<EngineLane, Lane>): Promise<void> {
  for (const lane of Object.values(lanes)) lane.close()
  await chdb.drainPending()
}

function send(message: EngineAnswer | EngineHello): void {
  if (process.connected) process.send?.(message)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
