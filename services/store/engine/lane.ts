import type { ChdbSession } from "./chdb.ts"
import type { EngineParams } from "./protocol.ts"

interface Statement {
  readonly sql: string
  readonly format: string
  readonly params: EngineParams
}

/** Connections of equal rights. Each runs one statement at a time, so a statement waits until one is free, first come first served. */
export class Lane {
  readonly #sessions: readonly ChdbSession[]
  readonly #free: ChdbSession[]
  readonly #waiting: ((session: ChdbSession) => void)[] = []

  constructor(sessions: readonly ChdbSession[]) {
    this.#sessions = sessions
    this.#free = [...sessions]
  }

  async run(statement: Statement): Promise<Uint8Array> {
    const session = await this.#take()
    try {
      await bind(session, statement.params)
      return (await session.queryAsync(statement.sql, { format: statement.format })).bytes()
    } catch (error) {
      await drain(session)
      throw error
    } finally {
      this.#give(session)
    }
  }

  /** Holds its connection until the last piece was pulled or the reader gave up. */
  async stream(statement: Statement): Promise<{ next(): Promise<Uint8Array | undefined>; cancel(): Promise<void> }> {
    const session = await this.#take()
    let over = false
    const finish = () => {
      if (!over) this.#give(session)
      over = true
    }
    try {
      await bind(session, statement.params)
      const pieces = session.queryStream(statement.sql, { format: statement.format })[Symbol.asyncIterator]()
      return {
        next: async () => {
          if (over) return undefined
          try {
            const { done, value } = await pieces.next()
            if (done !== true) return toBytes(value)
          } catch (error) {
            await drain(session)
            finish()
            throw error
          }
          finish()
          return undefined
        },
        cancel: async () => {
          await pieces.return?.()
          await drain(session)
          finish()
        },
      }
    } catch (error) {
      finish()
      throw error
    }
  }

  close(): void {
    for (const session of this.#sessions) session.close()
  }

  #take(): Promise<ChdbSession> {
    const session = this.#free.pop()
    if (session !== undefined) return Promise.resolve(session)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #give(session: ChdbSession): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(session)
    else next(session)
  }
}

/** chdb's own binding holds one lock for the whole process, which would make parallel queries wait for each other. */
async function bind(session: ChdbSession, params: EngineParams): Promise<void> {
  const sets = Object.entries(params).map(([name, value]) => `SET param_${name} = '${value.replace(/[\\']/g, "\\$&")}'`)
  if (sets.length > 0) await session.queryAsync(sets.join("; "), { format: "TSV" })
}

/**
 * What a failed statement had already written stays in its connection and would come out in front of the next answer, which may be another
 * reader's: it is read away before the connection is used again.
 */
async function drain(session: ChdbSession): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    const left = await session
      .queryAsync("SELECT 'drained'", { format: "TSV" })
      .then((result) => Buffer.from(result.bytes()).toString(), String)
    if (left === "drained\n") return
  }
}

function toBytes(value: unknown): Uint8Array {
  return (value as { raw(): Uint8Array }).raw()
}
