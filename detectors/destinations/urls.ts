// Addresses in a text, as a client would read them.
export interface FoundUrl {
  readonly scheme: string
  readonly userinfo: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly start: number
  readonly end: number
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
  }
  return found
}

// Bounded everywhere; the host stops at what ends an authority.
const URL_SHAPE =
  /\b(https?|wss?|ftp|gopher|dict|ldaps?|tftp|sftp|file|jar|netdoc|php|expect):\/\/([^\s/@?#"'<>\\]{1,200}@)?(\[[0-9a-fA-F:.%]{2,60}\]|[^\s/:?#"'<>\\,;)}\]`|]{0,253})(?::(\d{1,5}))?([/?#][^\s"'<>\\`]{0,2000})?/gi
const MAX_URLS = 64
