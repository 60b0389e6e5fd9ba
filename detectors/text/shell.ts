// Reads a command line as the shell would after quoting and expansion, as far as that can be known without running it.
// Undone: quotes and backslashes inside words, $IFS and brace lists, $'..' escapes, variables set on the same line, printf and echo of literals,
// empty expansions ($@, ${x}), caret escapes of cmd.exe and ticks of PowerShell. What it does not know it leaves as it is.

/** The folded command, or undefined when nothing was hidden. */
export function foldShell(command: string): string | undefined {
  const limited = command.length > MAX_COMMAND ? command.slice(0, MAX_COMMAND) : command
  let text = limited
  if (text.includes("$")) text = expanded(text)
  text = printed(text)
  if (text.includes("{"))
    text = text.replace(/\{([^{}\s]{1,200},[^{}\s]{0,200})\}/g, (whole, list: string) =>
      /^[\w./:,-]+$/.test(list) ? list.replaceAll(",", " ") : whole,
    )
  if (text.includes("\\")) text = text.replace(/\\\r?\n/g, "").replace(/\\([A-Za-z0-9/._-])/g, "$1")
  if (text.includes('"') || text.includes("'")) text = unquoted(text)
  if (text.includes("^") || text.includes("`")) text = text.replace(/[\^`](?<=[A-Za-z].)(?=[A-Za-z])/g, "")
  return text === limited ? undefined : text
}

/** What begins with a dollar sign: $'..' escapes, $IFS, empty expansions, variables of the same line. */
function expanded(command: string): string {
  let text = ansiC(command)
  text = text.replace(/\$\{?IFS(?:%\?+|%%[^}]{0,8})?\}?(?:\$[1-9@*])?/g, " ")
  text = text.replace(/\$(?:[@*]|\{[@*]\})/g, "")
  return variables(text)
}

/** Quotes inside words and around parts of them. Each expression begins with the quote: looking for it is what most of a text costs. */
function unquoted(text: string): string {
  return text
    .replace(/(?:""|'')(?:(?<=[\w/.-]..)|(?=[\w/.-]))/g, "")
    .replace(/["'](?:(?<=[A-Za-z0-9/._-].)([A-Za-z0-9/._-]{1,64})["']|([A-Za-z0-9/._-]{1,64})["'](?=[A-Za-z0-9/._-]))/g, "$1$2")
}

/** $'\x63\x75' and friends. */
function ansiC(text: string): string {
  return text.replace(/\$'((?:[^'\\]|\\.){0,2000})'/g, (_, body: string) =>
    body.replace(/\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))/g, (_whole, hex, wide, octal, single) => {
      if (hex !== undefined || wide !== undefined) return String.fromCharCode(Number.parseInt(hex ?? wide, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      return { n: "\n", t: "\t", r: "\r" }[single as string] ?? (single as string)
    }),
  )
}

/** Values assigned literally on the line, put where they are used: `a=cu;b=rl;$a$b`. */
function variables(text: string): string {
  if (!text.includes("$")) return text
  const values = new Map<string, string>()
  for (const match of text.matchAll(
    /(?:^|[;&|\s])(?:export\s+|set\s+)?([A-Za-z_]\w{0,31})=(?:"([^"$`]{0,200})"|'([^']{0,200})'|([^\s;&|"'$`()]{1,200}))/g,
  )) {
    if (values.size < MAX_VARIABLES) values.set(match[1] ?? "", match[2] ?? match[3] ?? match[4] ?? "")
  }
  if (values.size === 0) return text
  return text.replace(/\$(?:\{([A-Za-z_]\w{0,31})\}|([A-Za-z_]\w{0,31}))/g, (whole, braced, bare) => values.get(braced ?? bare) ?? whole)
}

/** `$(printf '\143\165\162\154')` and `$(echo curl)` become what they print; so does a base64 literal piped to its decoder. */
function printed(text: string): string {
  if (!text.includes("echo") && !text.includes("printf")) return text
  return text
    .replace(
      /(?:echo|printf)(?:\s+-\w+)*\s+(?:'%s'\s+|"%s"\s+)?["']?([A-Za-z0-9+/]{8,8000}={0,2})["']?\s*\|\s*base64\s+(?:-d|-D|--decode)\b/g,
      (whole, body: string) => {
        const decoded = Buffer.from(body, "base64").toString("latin1")
        return /^[\x09\x0a\x0d\x20-\x7e]+$/.test(decoded) ? decoded : whole
      },
    )
    .replace(
      /(?:\$\(|`)\s*(?:printf|echo)(?:\s+-\w+)*\s+(?:"([^"`$]{0,400})"|'([^']{0,400})'|([^\s)`'"$]{1,400}))\s*(?:\)|`)/g,
      (_, double, single, bare) => ansiC(`$'${((double ?? single ?? bare) as string).replaceAll("'", "")}'`),
    )
}

const MAX_COMMAND = 65_536
const MAX_VARIABLES = 64
