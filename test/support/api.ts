// An API over a store that answers with what the test gives it.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pino } from "pino"
import { Accounts } from "../../services/api/accounts.ts"
import type { Api } from "../../services/api/api.ts"
import { createApi } from "../../services/api/app.ts"
import { AuditTrail } from "../../services/api/audit.ts"
import type { ApiParts } from "../../services/api/parts.ts"
import { RateLimit } from "../../services/api/rate-limit.ts"
import type { Role } from "../../services/api/roles.ts"
import { Sessions } from "../../services/api/sessions.ts"
import { apiConfig } from "../../services/contracts/config/api.ts"
import type { Row } from "../../services/contracts/store.ts"

export interface TestApi {
  readonly app: Api
  readonly parts: ApiParts
  /** Every statement that was asked, with its parameters. */
  readonly asked: { sql: string; params: Readonly<Record<string, unknown>> }[]
  readonly inserted: { table: string; rows: readonly Row[] }[]
  readonly folder: string
  clock: { now: number }
  token(role: Role): Promise<string>
  get(path: string, token?: string): Promise<Response>
  send(method: string, path: string, options: { token?: string; body?: unknown; headers?: Record<string, string> }): Promise<Response>
  close(): void
}

export function openTestApi(
  answer: (sql: string, params: Readonly<Record<string, unknown>>) => Row[] = () => [],
  more: Partial<ApiParts> = {},
): TestApi {
  const folder = mkdtempSync(join(tmpdir(), "egret-api-"))
  const asked: TestApi["asked"] = []
  const inserted: TestApi["inserted"] = []
  const clock = { now: Date.UTC(2026, 10, 21, 12) }
  const parts: ApiParts = {
    config: apiConfig.parse({ stateDir: folder }),
    version: "0.0.0",
    store: {
      query: async <T>(sql: string, params: Readonly<Record<string, unknown>> = {}) => {
        asked.push({ sql, params })
        return answer(sql, params) as T[]
      },
      stream: () => {
        throw new Error("not streamed here")
      },
      insert: async (table, rows) => {
        inserted.push({ table, rows })
      },
    },
    accounts: new Accounts(folder),
    sessions: new Sessions(43_200_000),
    audit: new AuditTrail(folder),
    limits: new RateLimit(600),
    logger: pino({ level: "silent" }) as unknown as ApiParts["logger"],
    now: () => clock.now,
    ...more,
  }
  const app = createApi(parts)
  const send: TestApi["send"] = async (method, path, { token, body, headers = {} }) =>
    app.request(path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return {
    app,
    parts,
    asked,
    inserted,
    folder,
    clock,
    token: async (role) => (await parts.accounts.addToken({ name: role, role, now: clock.now })).token,
    get: (path, token) => send("GET", path, token === undefined ? {} : { token }),
    send,
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
