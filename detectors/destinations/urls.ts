// Addresses in a text, as a client would read them.
export interface FoundUrl {
  readonly scheme: string
  readonly userinfo: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly start: number
  readonly end: number
  /** The address that carries this one in a parameter: what a fetcher behind it is asked to get. */
  readonly within?: string
}

/** At most a few dozen; a text of nothing but addresses is judged by its first ones. */
export function urlsIn(text: string): FoundUrl[] {
  const found: FoundUrl[] = []
  for (const match of text.matchAll(URL_SHAPE)) {
    if (found.length >= MAX_URLS) break
    const [whole, scheme = "", userinfo = "", host = "", port = "", path = ""] = match
    found.push({
      scheme: scheme.toLowerCase(),
      userinfo: userinfo.slice(0, -1),
      host: host.replace(/^\[|\]$/g, ""),
      port,
      path,
      start: match.index,
      end: match.index + whole.length,
    })
    if (path.includes("%") || path.includes("://"))
      for (const inner of carriedIn(path)) found.push({ ...inner, start: match.index, end: match.index + whole.length, within: host })
  }
  return found
}

/** Addresses escaped once or twice inside a path or query. Those that come back to the machine of the person who asked (OAuth) go nowhere else. */
function carriedIn(path: string): FoundUrl[] {
  const found: FoundUrl[] = []
  for (const match of path.matchAll(CARRIED)) {
    if (found.length >= MAX_CARRIED) break
    const [, name = "", escaped = ""] = match
    if (RETURNS.test(name)) continue
    const plain = unescaped(unescaped(escaped))
    const inner = /^([a-z]{2,8}):\/\/([^\s/@]{1,200}@)?(\[[0-9a-f:.]{2,60}\]|[^\s/:?#"'<>]{0,253})(?::(\d{1,5}))?([/?#]\S{0,600})?/i.exec(
      plain,
    )
    if (inner === null) continue
    const [, scheme = "", userinfo = "", host = "", port = "", rest = ""] = inner
    found.push({
      scheme: scheme.toLowerCase(),
      userinfo: userinfo.slice(0, -1),
      host: host.replace(/^\[|\]$/g, ""),
      port,
      path: rest,
      start: 0,
      end: 0,
    })
  }
  return found
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const CARRIED =
  /(?:[?&;]([\w.[\]-]{1,40})=)?((?:https?|gopher|dict|ldaps?|file|ftp|tftp)(?::|%(?:25)?3a)(?:%(?:25)?2f|\/){2}[^\s&#"'<>]{1,600})/gi
const RETURNS = /^(?:redirect_ur[il]|redirect|callback(?:_url)?|return(?:_?to|_?url)?|next|continue|service|origin|referrer|state)$/i
const MAX_CARRIED = 4

// Bounded everywhere; the host stops at what ends an authority.
const URL_SHAPE =
  /\b(https?|wss?|ftp|gopher|dict|ldaps?|tftp|sftp|file|jar|netdoc|php|expect):\/\/([^\s/@?#"'<>\\]{1,200}@)?(\[[0-9a-fA-F:.%]{2,60}\]|[^\s/:?#"'<>\\,;)}\]`|]{0,253})(?::(\d{1,5}))?([/?#][^\s"'<>\\`]{0,2000})?/gi
const MAX_URLS = 64
