// What lets @clickhouse/client speak to the embedded engine: its Connection interface over the child process. One client class, two connections.
import { randomUUID } from "node:crypto"
import { Readable } from "node:stream"
import { ClickHouseError, type createClient, parseError } from "@clickhouse/client"
import { EngineGoneError, type EngineProcess } from "./engine-process.ts"
import { textParams } from "./params.ts"
import type { EngineLane } from "./protocol.ts"

// The client exports no name for the interface that its `connection` option wants.
type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>
type Query = Parameters<Connection["query"]>[0]
type Insert = Parameters<Connection["insert"]>[0]
type Exec = Parameters<Connection["exec"]>[0]
type Answer<K extends keyof Connection> = ReturnType<Connection[K]>

export class EngineConnection implements Connection {
  readonly #engine: EngineProcess
  readonly #lane: EngineLane

  constructor(engine: EngineProcess, lane: EngineLane) {
    this.#engine = engine
    this.#lane = lane
  }

  async query(request: Query): Answer<"query"> {
    if (this.#lane === "export") return { ...baseResult(request), stream: Readable.from(this.#pieces(request), { objectMode: false }) }
    return { ...baseResult(request), stream: wholeStream(await this.#run(request)) }
  }

  async command(request: Query): Answer<"command"> {
    await this.#run(request)
    return baseResult(request)
  }

  async insert(request: Insert): Answer<"insert"> {
    const values = typeof request.values === "string" ? request.values : await textOf(request.values)
    if (values.trim() !== "") await this.#run({ ...request, query: `${request.query}\n${values}` })
    return baseResult(request)
  }

  async exec(request: Exec): Answer<"exec"> {
    if (this.#lane === "export" && request.values === undefined) return { ...(await this.query(request)) }
    const values = request.values === undefined ? "" : await textOf(request.values)
    return { ...baseResult(request), stream: wholeStream(await this.#run({ ...request, query: `${request.query}\n${values}` })) }
  }

  async ping(): Answer<"ping"> {
    try {
      await this.#engine.run({ lane: this.#lane, sql: "SELECT 1", format: "TSV" })
      return { success: true }
    } catch (error) {
      return { success: false, error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  /** The store closes the engine: several clients share it. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  async #run({ query, query_params }: Query): Promise<Uint8Array> {
    try {
      return await this.#engine.run({ lane: this.#lane, sql: query, format: "TSV", params: textParams(query_params) })
    } catch (error) {
      throw asClickHouseError(error)
    }
  }

  async *#pieces({ query, query_params }: Query): AsyncIterable<Uint8Array> {
    const { sql, format } = splitFormat(query)
    const statement = { lane: this.#lane, sql, format, params: textParams(query_params) }
    try {
      yield* this.#engine.stream(statement)
    } catch (error) {
      // Said before anything ran of statements such as SHOW and DESCRIBE, whose answers are short.
      if (!/Streaming query is not/.test(error instanceof Error ? error.message : "")) throw asClickHouseError(error)
      yield await this.#engine.run(statement).catch((cause: unknown) => {
        throw asClickHouseError(cause)
      })
    }
  }
}

/** The streaming call wants its format beside the statement; the client has put it at the end. */
function splitFormat(query: string): { sql: string; format: string } {
  const at = query.lastIndexOf("FORMAT ")
  return at < 0 ? { sql: query, format: "TSV" } : { sql: query.slice(0, at), format: query.slice(at + 7).trim() }
}

function asClickHouseError(error: unknown): Error {
  if (error instanceof EngineGoneError || error instanceof ClickHouseError) return error
  return parseError(error instanceof Error ? error.message : String(error))
}

function baseResult({ query_id }: Query) {
  return { query_id: query_id ?? randomUUID(), response_headers: {}, http_status_code: 200 }
}

function wholeStream(bytes: Uint8Array): Readable {
  const stream = Readable.from(bytes.length === 0 ? [] : [Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)], {
    objectMode: false,
  })
  // The client destroys a result it did not read with an error that nobody waits for.
  stream.on("error", () => {})
  return stream
}

async function textOf(stream: Readable): Promise<string> {
  const pieces: string[] = []
  for await (const piece of stream) pieces.push(typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8"))
  return pieces.join("")
}
