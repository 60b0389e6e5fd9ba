// How an MCP client finds its authorization: RFC 9728 and RFC 8414 documents, challenges, registration. Never a token, code or secret.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import { type JsonObject, maybe } from "../json/read.ts"
import { cut } from "../llm/parts.ts"
import { worst } from "../rows.ts"
import type { ExchangeView } from "../view.ts"

type McpData = ActivityData<"mcp">

export function oauthRow(view: ExchangeView, direction: McpData["direction"]): McpData | undefined {
  const found = discovery(view) ?? challenge(view) ?? registration(view)
  if (found === undefined) return undefined
  return {
    transport: "streamable-http",
    certainty: "probable",
    reasons: [found.reason],
    host: view.host,
    path: view.exchange.path,
    sender: "client",
    direction,
    method: found.method,
    notification: false,
    tools: [],
    resources: [],
    prompts: [],
    mismatch: [],
    completeness: worst(view.exchange.request?.body.completeness, view.exchange.response?.body.completeness),
    ...(view.exchange.status >= 400 &&
      found.method !== "oauth/challenge" && { error: { code: view.exchange.status, message: "not found or refused" } }),
    ...maybe("raw", found.facts === undefined ? undefined : cut(JSON.stringify(found.facts), MAX_RAW)),
  }
}

interface Found {
  readonly method: string
  readonly reason: string
  readonly facts: JsonObject | undefined
}

function discovery(view: ExchangeView): Found | undefined {
  const document = view.path.includes("/.well-known/")
    ? /\/\.well-known\/(oauth-protected-resource|oauth-authorization-server)(?:\/|$)/.exec(view.path)?.[1]
    : undefined
  if (document === undefined) return undefined
  return {
    method: `oauth/${document}`,
    reason: `reads /.well-known/${document}`,
    facts: view.responseObject && chosen(view.responseObject),
  }
}

/** 401 or 403 that names the metadata document, with the scope that is asked for. */
function challenge(view: ExchangeView): Found | undefined {
  if (view.exchange.status !== 401 && view.exchange.status !== 403) return undefined
  const value = view.responseHeader("www-authenticate")
  if (value === undefined || !(value.includes("resource_metadata=") || value.includes("insufficient_scope"))) return undefined
  const facts: Record<string, string> = {}
  for (const [, name = "", quoted, plain] of value.slice(0, MAX_HEADER).matchAll(/(\w{1,32})=(?:"([^"]{0,1024})"|([^\s,"]{1,256}))/g))
    facts[name] = quoted ?? plain ?? ""
  return { method: "oauth/challenge", reason: "challenge names resource metadata", facts }
}

function registration(view: ExchangeView): Found | undefined {
  if (view.exchange.method !== "POST" || !/\/register$/.test(view.path)) return undefined
  const asked = view.requestObject
  if (asked === undefined || !Array.isArray(asked["redirect_uris"])) return undefined
  return { method: "oauth/register", reason: "registers a client", facts: { ...chosen(asked), ...chosen(view.responseObject ?? {}) } }
}

function chosen(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([key]) => PUBLIC.has(key)))
}

const PUBLIC = new Set([
  "resource",
  "authorization_servers",
  "scopes_supported",
  "bearer_methods_supported",
  "resource_name",
  "issuer",
  "authorization_endpoint",
  "token_endpoint",
  "registration_endpoint",
  "client_id_metadata_document_supported",
  "code_challenge_methods_supported",
  "grant_types_supported",
  "client_id",
  "client_name",
  "client_uri",
  "redirect_uris",
  "grant_types",
  "scope",
  "token_endpoint_auth_method",
])
const MAX_RAW = 16 * 1024
const MAX_HEADER = 4_096
