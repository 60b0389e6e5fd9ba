// Microsoft Sentinel by the Logs Ingestion API: rows to a data collection rule, with a token of an Entra application (client credentials).
import type { SocDestination } from "../../contracts/config/soc.ts"
import { sentinelRow } from "../formats/sentinel.ts"
import type { Sender, SenderOptions, Sent } from "../sender.ts"
import { jsonPost } from "./each.ts"
import { judge, parseJson, post } from "./http.ts"

type SentinelDestination = Extract<SocDestination, { type: "sentinel" }>

export function sentinelSender(destination: SentinelDestination, { version, now }: SenderOptions): Sender {
  const tokens = new EntraTokens(destination, now)
  const { endpoint, rule, stream, timeout, content } = destination
  const url = `${endpoint.replace(/\/$/, "")}/dataCollectionRules/${rule}/streams/${stream}?api-version=${API_VERSION}`
  return {
    send: async (records) => {
      const token = await tokens.get()
      if (typeof token !== "string") return token
      const rows = records.map((record) => sentinelRow(record, { version, content }))
      const answer = await post(jsonPost(url, rows, { timeout, headers: { authorization: `Bearer ${token}` } }))
      // Revoked, or its key was rotated: the next try asks for another.
      if (!("outcome" in answer) && answer.status === 401) tokens.forget()
      return judge(answer)
    },
    close: async () => {},
  }
}

class EntraTokens {
  readonly #destination: SentinelDestination
  readonly #now: () => number
  #token: { readonly value: string; readonly until: number } | undefined

  constructor(destination: SentinelDestination, now: () => number) {
    this.#destination = destination
    this.#now = now
  }

  /** Kept until shortly before it expires. Every refusal here is about the settings, so records wait. */
  async get(): Promise<string | Extract<Sent, { outcome: "retry" }>> {
    if (this.#token !== undefined && this.#now() < this.#token.until) return this.#token.value
    const { login, tenant, clientId, clientSecret, timeout } = this.#destination
    const form = { client_id: clientId, client_secret: clientSecret.reveal(), scope: SCOPE, grant_type: "client_credentials" }
    const answer = await post({
      url: `${login.replace(/\/$/, "")}/${tenant}/oauth2/v2.0/token`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      timeout,
    })
    if ("outcome" in answer) return answer
    const given = (parseJson(answer.body) ?? {}) as {
      access_token?: unknown
      expires_in?: unknown
      error?: unknown
      error_description?: unknown
    }
    if (answer.status !== 200 || typeof given.access_token !== "string") {
      const sent = judge(answer)
      const why = `no token from Entra: ${String(given.error ?? `HTTP ${answer.status}`)} ${String(given.error_description ?? "").slice(0, 150)}`
      return { outcome: "retry", reason: why.trim(), ...(sent.outcome === "retry" && sent.after !== undefined && { after: sent.after }) }
    }
    const seconds = Number(given.expires_in)
    const lasts = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : DEFAULT_LIFE
    this.#token = { value: given.access_token, until: this.#now() + Math.max(lasts - EARLY, lasts / 2) }
    return given.access_token
  }

  forget(): void {
    this.#token = undefined
  }
}

const API_VERSION = "2023-01-01"
// The double slash is the documented form of this scope.
const SCOPE = "https://monitor.azure.com//.default"
const DEFAULT_LIFE = 3_600_000
// A token is renewed so long before its end that no request under way meets it.
const EARLY = 300_000
