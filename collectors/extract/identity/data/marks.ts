// What a profile is made of. Every mark can be forged alone, so a profile lists marks of independent groups and identity needs two of them.
//
//   header   product headers        agent    User-Agent            prompt   how the system prompt begins
//   tools    names of the tools     body     shapes of the request  mcp      clientInfo of MCP

export type Group = "header" | "user-agent" | "prompt" | "tools" | "body" | "mcp" | "destination"

export interface Mark {
  readonly group: "header" | "user-agent" | "prompt" | "body" | "mcp" | "destination"
  /** Header name, or path into the body for `body` (`messages`: how the first messages begin); unused otherwise. */
  readonly field?: string
  readonly pattern: RegExp
}

export interface AgentProfile {
  readonly id: string
  readonly name: string
  readonly vendor: string
  readonly marks: readonly Mark[]
  /** Tools of its own: a call that offers most of these, or whose tools are mostly these. */
  readonly tools: readonly string[]
  /** The first group is the version. */
  readonly version?: { readonly field: string; readonly pattern: RegExp }
  /** Runtimes it ships on; a TLS fingerprint of another is a conflict. */
  readonly runtimes?: readonly string[]
}

export const ua = (pattern: RegExp): Mark => ({ group: "user-agent", pattern })
export const head = (field: string, pattern: RegExp = /./): Mark => ({ group: "header", field, pattern })
export const prompt = (pattern: RegExp): Mark => ({ group: "prompt", pattern })
export const mcp = (pattern: RegExp): Mark => ({ group: "mcp", pattern })
export const body = (field: string, pattern: RegExp = /./): Mark => ({ group: "body", field, pattern })
export const uaVersion = (pattern: RegExp) => ({ field: "user-agent", pattern })
/** One service behind Amazon Q and Kiro: it tells neither from the other. */
export const Q_HOST = /^(?:q|codewhisperer)\.[a-z0-9-]+\.amazonaws\.com$/
