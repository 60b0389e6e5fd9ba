// What the arguments of a tool's call say that no honest argument says: paths to what must not be read or written, and input made to break out of
// the place it is put in (a shell's line, a statement of SQL, a template, XML, a logger).
import { type CommandRule, SECRET_FILE } from "./command-rules.ts"

/** Each pattern begins at the end of a key and reads one value with one lazy count: linear in what is there. */
const VALUE = `["']\\s{0,3}:\\s{0,3}(?:\\[[^\\]\\n]{0,240}?|["'][^"'\\n]{0,160}?)`
const PATHS =
  "path|paths|file|files|filepath|file_path|filename|file_name|uri|uris|source|src|target|destination|dest|location|resource|cwd|dir|directory"
/** What a shell runs next when an argument breaks out of its place. */
const RUNS =
  "(?:cat|curl|wget|id|whoami|uname|hostname|env|printenv|nc|ncat|(?:ba|da|z)?sh|rm|ls|ps|python3?|perl|ruby|php|node|powershell|touch|sleep|ping|nslookup|dig|echo|chmod|kill|reboot|sudo|tee|base64|find|dir|type)"
const ARGUMENTS =
  "host|hostname|ip|address|domain|target|url|uri|file|filename|file_name|path|name|user|username|branch|ref|tag|repo|repository|to|image|package|id|query|q|search|filter|key|email|title|input|arg|value"

export const callRules: readonly CommandRule[] = [
  {
    id: "credential-path",
    title: "A tool is pointed at a credential store",
    severity: "high",
    confidence: 0.8,
    keywords: keysOf(PATHS),
    pattern: new RegExp(
      `(?:${PATHS})${VALUE}(?:${SECRET_FILE}|etc(?:\\/|%2f)passwd|windows[\\\\/]{1,4}(?:win\\.ini|system32[\\\\/]{1,4}config[\\\\/]{1,4}sam))`,
      "i",
    ),
    references: ["T1552.001", "T1083", "ASI02"],
  },
  {
    id: "path-traversal",
    title: "A path that climbs out of where it belongs",
    severity: "high",
    confidence: 0.75,
    keywords: ["../../..", "..\\..\\..", "..%2f..%2f", "..%5c..%5c", "%2e%2e%2f", "....//....//", "..%252f", "%c0%ae"],
    pattern:
      /(?:(?:\.{2,4}|%2e%2e|%c0%ae%c0%ae)(?:[\\/]{1,2}|%(?:25)?2f|%(?:25)?5c|%c0%af)){2,24}(?:(?:\.{2,4}|%2e%2e)(?:[\\/]{1,2}|%(?:25)?2f|%(?:25)?5c))?(?:etc|root|home|proc|var|windows|winnt|users|boot|sys|\.ssh|\.aws|\.env|app[\\/]\.env)\b/i,
    references: ["T1083", "ASI02"],
  },
  {
    id: "argument-injection",
    title: "A command hidden in an argument",
    severity: "high",
    confidence: 0.8,
    keywords: keysOf(ARGUMENTS),
    pattern: new RegExp(
      `(?:${ARGUMENTS})["']\\s{0,3}:\\s{0,3}"[^"\\n]{0,160}?(?:(?:;|\\|{1,2}|&{1,2}|\\\\n)\\s{0,3}${RUNS}(?=[\\s;|&"'\\\\]|$)|\\$\\(\\s{0,3}${RUNS}\\b[^"\\n]{0,80}\\)|\`\\s{0,3}${RUNS}\\b[^"\`\\n]{0,80}\`|--upload-pack|--exec=|-oproxycommand)`,
      "i",
    ),
    references: ["T1059", "ASI05"],
  },
  {
    id: "sql-injection",
    title: "SQL that breaks out of its statement",
    severity: "high",
    confidence: 0.75,
    keywords: [
      "' or ", "\" or ", "'or'", "' and ", "union select", "union all select", "; drop ", ";drop ", "xp_cmdshell", "to program", "into outfile", "into dumpfile", "load_file(", "pg_read_file", "pg_sleep(",
      "waitfor delay", "benchmark(", "sleep(", "information_schema", "'--", "' --", "extractvalue(", "updatexml(", "lo_import(", "attach database", "utl_http",
    ], // biome-ignore format: a table of words
    pattern:
      /(?:['"]\)?\s{0,3}(?:or|and)\s{1,3}(?:\(\s?)?['"]?[\w]{1,12}['"]?\s{0,3}(?:=|like|>)\s{0,3}['"]?[\w]{1,12}['"]?(?=\s{0,3}(?:--|#|\/\*|;|'|"|$|\)))|['"]\s{0,3}\)?\s{0,3}union\s{1,3}(?:all\s{1,3})?select\s|['"]?\s{0,3};\s{0,3}drop\s{1,3}(?:table|database)\s{1,3}\w{1,64}\s{0,3};?\s{0,3}(?:--|#)|['"]\s{0,3};\s{0,3}(?:drop|delete|insert|update|exec)\s|xp_cmdshell|to\s{1,3}program\s{1,3}\\?["']|into\s{1,3}(?:out|dump)file\s|load_file\s?\(|pg_read_file\s?\(|lo_import\s?\(|['"]\s{0,3}(?:;|or|and|\|\|)\s{0,3}(?:select\s{1,3})?(?:pg_sleep|sleep|benchmark)\s?\(|waitfor\s{1,3}delay\s|union\s{1,3}(?:all\s{1,3})?select[^\n]{0,120}(?:information_schema|password|passwd|@@version|null\s?,\s?null)|['"]\s?--\s{0,2}["']?(?:[,}]|$)|(?:extractvalue|updatexml)\s?\(\s?\d|utl_http\.request)/i,
    references: ["T1190", "ASI02"],
  },
  {
    id: "template-injection",
    title: "Code where a template, a document or a log entry belongs",
    severity: "high",
    confidence: 0.85,
    keywords: [
      "__mro__",
      "__subclasses__",
      "__globals__",
      "__builtins__",
      "{{7*7}}",
      "{7*7}",
      "t(java.lang",
      "jndi:",
      "<!entity",
      "freemarker",
      "getruntime",
      "__import__",
      "class.forname",
      "child_process",
      "<%=",
      "#{system",
      "php://",
      "expect://",
      "${${",
      "constructor.constructor",
      "__proto__",
    ],
    pattern:
      /(?:__(?:mro__|subclasses__\s?\(|globals__\s?[.[]|builtins__\s?[.[])|\{\{\s?7\s?\*\s?'?7'?\s?\}\}|\$\{\s?7\s?\*\s?7\s?\}|T\(java\.lang\.(?:Runtime|System|ProcessBuilder)|\$\{(?:jndi|\$\{[^}\n]{1,40}\}ndi|j\$\{[^}\n]{1,40}\}):?|jndi:(?:ldaps?|rmi|dns|iiop|nis|corba)[:$]|<!ENTITY\s{1,3}%?\s{0,3}\w{1,40}\s{1,3}(?:SYSTEM|PUBLIC)\s|freemarker\.template\.utility\.Execute|getRuntime\(\)\.exec|__import__\s?\(\s?['"\\]{1,3}(?:os|subprocess|pty|socket|commands|builtins)['"\\]{1,3}\s?\)\s?\.|Class\.forName\(\s?['"\\]{1,3}java\.lang|require\(\s?['"\\]{1,3}(?:node:)?child_process['"\\]{1,3}\s?\)\s?\.\s?(?:exec|spawn|fork)|<%=\s{0,3}(?:system|`|IO\.popen|File\.(?:open|read))|#\{\s?(?:system|`|IO\.popen)|php:\/\/(?:filter|input)|expect:\/\/|constructor\.constructor\(|process\.mainModule\.require)/i,
    back: [0, 40],
    references: ["T1190", "ASI05"],
  },
  {
    id: "protected-write",
    title: "A tool writes where programs start, log in or are guarded",
    severity: "high",
    confidence: 0.82,
    keywords: keysOf(PATHS),
    pattern: new RegExp(
      `(?:${PATHS})${VALUE}(?:authorized_keys|\\/etc\\/(?:cron|passwd|sudoers|ld\\.so|rc\\.local|systemd\\/system|profile|hosts|init\\.d)|\\.(?:bashrc|zshrc|bash_profile|profile|zshenv|zprofile)\\b|Launch(?:Agents|Daemons)|\\.git\\/hooks\\/|Programs\\\\{1,4}Startup|\\.cursor\\/mcp\\.json|\\.mcp\\.json|\\.claude\\/settings(?:\\.local)?\\.json)(?<=(?:write|edit|create|append|save|put|replace|patch|upload|move|copy|insert)\\w{0,24}["'][^\\n]{0,360})`,
      "i",
    ),
    references: ["T1546", "T1098.004", "ASI05"],
  },
]

/** A key and the quote that ends it: `path"`. */
function keysOf(names: string): string[] {
  return names.split("|").flatMap((name) => [`${name}"`, `${name}'`])
}
