// Questions with a name, typed parameters and typed answers: the API, the console, Grafana's tests and the bench all ask the same ones.
// Values are bound by the engine, never spliced; column names come from the lists here, never from a caller.
import type { z } from "zod"
import type { StoreReader } from "../../contracts/store.ts"

export interface Statement {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface NamedQuery<P extends z.ZodType, R> {
  readonly name: string
  readonly description: string
  readonly params: P
  /** Reads prompts, bodies or arguments: only for the content role. */
  readonly content?: true
  readonly build: (params: z.output<P>) => Statement
  /** Never set: carries the type of a row. */
  readonly row?: R
}

export function defineQuery<R>() {
  return <P extends z.ZodType>(query: NamedQuery<P, R>): NamedQuery<P, R> => query
}

export async function runQuery<P extends z.ZodType, R>(store: StoreReader, query: NamedQuery<P, R>, params: z.input<P>): Promise<R[]> {
  const { sql, params: values } = query.build(query.params.parse(params))
  return store.query<R>(sql, values)
}

/** Gathers conditions and the values they bind. */
export class Where {
  readonly #conditions: string[] = []
  readonly params: Record<string, unknown> = {}

  /** `sql` names the value as {name:Type}. */
  and(sql: string, values: Readonly<Record<string, unknown>> = {}): this {
    this.#conditions.push(sql)
    Object.assign(this.params, values)
    return this
  }

  /** Only when there is something to ask. */
  equals(column: string, value: string | number | undefined, type = "String"): this {
    return value === undefined ? this : this.and(`${column} = {${column}:${type}}`, { [column]: value })
  }

  oneOf(column: string, values: readonly string[] | undefined): this {
    return values === undefined || values.length === 0 ? this : this.and(`${column} IN {${column}:Array(String)}`, { [column]: values })
  }

  range(column: string, { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined }): this {
    if (from !== undefined) this.and(`${column} >= ${micros("from")}`, { from })
    if (to !== undefined) this.and(`${column} < ${micros("to")}`, { to })
    return this
  }

  toString(): string {
    return this.#conditions.length === 0 ? "1" : this.#conditions.join(" AND ")
  }
}

/** A bound time in microseconds, as the tables hold it. */
export function micros(param: string): string {
  return `fromUnixTimestamp64Micro({${param}:Int64}, 'UTC')`
}

/** Times leave as microseconds: exact, and the viewer's zone is the viewer's business. */
export function asMicros(expression: string, name: string): string {
  return `toUnixTimestamp64Micro(${expression}) AS ${name}`
}
