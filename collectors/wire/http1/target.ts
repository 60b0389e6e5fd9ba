// The four forms of a request target (RFC 9112 §3.2): origin "/path", absolute "http://host/path", authority "host:port" of CONNECT, asterisk "*".
export interface Target {
  /** "" when the target names none. */
  readonly authority: string
  readonly path: string
  readonly scheme?: "http" | "https"
}

export function readTarget(method: string, target: string): Target {
  if (method === "CONNECT" && !target.startsWith("/")) return { authority: target, path: "" }
  if (target.startsWith("/") || target === "*") return { authority: "", path: target }
  const scheme = SCHEME.exec(target)?.[1]?.toLowerCase()
  if (scheme === undefined) return { authority: "", path: target }
  const from = scheme.length + 3
  const slash = target.slice(from).search(/[/?#]/)
  const authority = slash < 0 ? target.slice(from) : target.slice(from, from + slash)
  const rest = slash < 0 ? "/" : target.slice(from + slash)
  const secure = scheme === "https" || scheme === "wss"
  // User and password are no part of the authority we name (RFC 9110 §4.2.4).
  return {
    authority: authority.slice(authority.lastIndexOf("@") + 1),
    path: rest.startsWith("/") ? rest : `/${rest}`,
    scheme: secure ? "https" : "http",
  }
}

const SCHEME = /^(https?|wss?):\/\//i
