// What the Grafana ClickHouse data source makes of a query before it sends it: its macros, then the dashboard's variables.

export interface Expansion {
  /** Milliseconds. */
  readonly from: number
  readonly to: number
  readonly intervalSeconds: number
  /** Values of each variable; "all" is Grafana's own All. */
  readonly variables: Readonly<Record<string, readonly string[] | "all">>
}

export function expand(sql: string, expansion: Expansion): string {
  const { from, to, intervalSeconds, variables } = expansion
  const macros: Readonly<Record<string, (args: string) => string>> = {
    timeFilter: (column) => `${column} >= toDateTime(${Math.floor(from / 1000)}) AND ${column} <= toDateTime(${Math.floor(to / 1000)})`,
    timeFilter_ms: (column) => `${column} >= fromUnixTimestamp64Milli(${from}) AND ${column} <= fromUnixTimestamp64Milli(${to})`,
    timeInterval: (column) => `toStartOfInterval(toDateTime(${column}), INTERVAL ${intervalSeconds} second)`,
    conditionalAll: (args) => {
      const comma = args.lastIndexOf(",")
      const name = args
        .slice(comma + 1)
        .trim()
        .replace(/^\$/, "")
      return variables[name] === "all" ? "1=1" : args.slice(0, comma)
    },
  }
  return replaceVariables(replaceMacros(sql, macros), variables)
}

function replaceMacros(sql: string, macros: Readonly<Record<string, (args: string) => string>>): string {
  let out = sql
  for (;;) {
    const found = /\$__([a-zA-Z_]+)\(/.exec(out)
    if (found === null) return out
    const [whole, name = ""] = found
    const open = found.index + whole.length
    const close = closing(out, open)
    const macro = macros[name]
    if (macro === undefined) throw new Error(`the data source has no macro $__${name}`)
    out = out.slice(0, found.index) + macro(out.slice(open, close)) + out.slice(close + 1)
  }
}

function closing(text: string, from: number): number {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === "(") depth += 1
    if (text[at] === ")") depth -= 1
    if (depth === 0) return at
  }
  throw new Error(`a macro is not closed: ${text}`)
}

function replaceVariables(sql: string, variables: Expansion["variables"]): string {
  return sql.replace(/\$\{(\w+):singlequote\}/g, (whole, name: string) => {
    const values = variables[name]
    if (values === undefined) throw new Error(`the dashboard has no variable ${whole}`)
    return values === "all" ? "''" : values.map((value) => `'${value.replace(/'/g, "\\'")}'`).join(",")
  })
}
