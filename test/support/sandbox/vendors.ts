// Vendors' interfaces as their documents describe them: keys, states on the way, quotas, answers to what is wrong. Each counts what it was asked.
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage["headers"]
  readonly form: ReadonlyMap<string, Buffer>
  readonly file: { readonly name: string; readonly bytes: Buffer; readonly sha256: string } | undefined
}

export interface Reply {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds before the answer. */
  readonly slow?: number
}

export interface Vendor {
  readonly url: string
  readonly asked: Asked[]
  /** What the next requests get instead of the ordinary answer. */
  readonly next: Reply[]
  close(): Promise<void>
}

export async function openVendor(answer: (asked: Asked) => Reply): Promise<Vendor> {
  const asked: Asked[] = []
  const next: Reply[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = read(request, Buffer.concat(chunks))
    asked.push(one)
    const { status = 200, body = {}, headers = {}, slow = 0 } = next.shift() ?? answer(one)
    if (slow > 0) await new Promise((resolve) => setTimeout(resolve, slow))
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    asked,
    next,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function read(request: IncomingMessage, body: Buffer): Asked {
  const url = new URL(request.url ?? "/", "http://vendor.example")
  const form = new Map<string, Buffer>()
  let file: Asked["file"]
  const boundary = /boundary=(\S+)/.exec(request.headers["content-type"] ?? "")?.[1]
  if (boundary !== undefined) {
    const text = body.toString("latin1")
    for (const part of text.split(`--${boundary}`).slice(1, -1)) {
      const end = part.indexOf("\r\n\r\n")
      const head = part.slice(0, end)
      const content = Buffer.from(part.slice(end + 4, -2), "latin1")
      const name = /\bname="([^"]*)"/.exec(head)?.[1] ?? ""
      const filename = /filename="([^"]*)"/.exec(head)?.[1]
      form.set(name, content)
      if (filename !== undefined) file = { name: filename, bytes: content, sha256: createHash("sha256").update(content).digest("hex") }
    }
  }
  return { method: request.method ?? "", path: url.pathname, query: url.searchParams, headers: request.headers, form, file }
}

interface Job {
  readonly id: string
  readonly sha256: string
  polls: number
}

/** Jobs that run for `polls` looks and then end. */
class Jobs {
  readonly #jobs = new Map<string, Job>()

  add(sha256: string, prefix = ""): string {
    const id = `${prefix}${this.#jobs.size + 1}`
    this.#jobs.set(id, { id, sha256, polls: 0 })
    return id
  }
  /** Undefined: no such job. */
  look(id: string, polls: number): "running" | "ended" | undefined {
    const job = this.#jobs.get(id)
    if (job === undefined) return undefined
    job.polls++
    return job.polls > polls ? "ended" : "running"
  }
  of(sha256: string): Job | undefined {
    return [...this.#jobs.values()].filter((job) => job.sha256 === sha256).at(-1)
  }
  get size(): number {
    return this.#jobs.size
  }
}

export interface Behaviour {
  /** Looks before a job has ended. */
  readonly polls?: number
  /** How it ends: a word of the vendor's own, or a score on its scale. */
  readonly verdict?: string | number
  readonly failed?: string
}

export function capeVendor({ polls = 1, verdict = 1, failed }: Behaviour = {}): Promise<Vendor> {
  const jobs = new Jobs()
  return openVendor(({ method, path, headers, file }) => {
    if (headers.authorization !== "Token cape-token") return { status: 401, body: { detail: "Invalid token." } }
    const [, , , action, ...rest] = path.split("/")
    if (method === "POST" && path === "/apiv2/tasks/create/file/") {
      if (file === undefined) return { body: { error: true, error_value: "No file was submitted" } }
      if (file.bytes.length === 0) return { body: { error: true, error_value: "You uploaded an empty file." } }
      const id = jobs.add(file.sha256)
      return { body: { error: false, data: { task_ids: [Number(id)], message: `Task ID ${id} has been submitted` }, errors: [], url: [] } }
    }
    if (action === "search") {
      const job = jobs.of(rest[1] ?? "")
      return {
        body: { error: false, data: job === undefined ? [] : [{ id: Number(job.id), status: job.polls > polls ? "reported" : "running" }] },
      }
    }
    if (action === "status") {
      const state = jobs.look(rest[0] ?? "", polls)
      if (state === undefined) return { body: { error: true, error_value: "Task does not exist" } }
      return { body: { error: false, data: state === "running" ? "running" : (failed ?? "reported") } }
    }
    if (action === "get" && rest[0] === "report")
      return { body: { malscore: verdict, malfamily: "Testware", signatures: [{ name: "persistence_autorun" }] } }
    if (path === "/apiv2/cuckoo/status/") return { body: { error: false, data: { version: "2.4-CAPE" } } }
    return { status: 404 }
  })
}

export function cuckoo3Vendor({ polls = 1, verdict = 0, failed }: Behaviour = {}): Promise<Vendor> {
  const jobs = new Jobs()
  return openVendor(({ method, path, headers, file }) => {
    if (headers.authorization !== "token cuckoo-key") return { status: 401, body: { error: "Invalid API key" } }
    if (method === "POST" && path === "/submit/file")
      return file === undefined
        ? { status: 400, body: { error: "No file" } }
        : { body: { analysis_id: jobs.add(file.sha256, "20261121-") } }
    if (path === "/analyses/") return { body: [] }
    const state = jobs.look(path.replace("/analysis/", ""), polls)
    if (state === undefined) return { status: 404, body: { error: "Analysis not found" } }
    return {
      body: { id: path, state: state === "running" ? "tasks_pending" : (failed ?? "finished"), score: verdict, families: ["testware"] },
    }
  })
}

export function assemblylineVendor({ polls = 1, verdict = 0, failed }: Behaviour & { readonly errors?: number } = {}): Promise<Vendor> {
  const jobs = new Jobs()
  const wrap = (body: unknown, status = 200, message = ""): Reply => ({
    status,
    body: { api_response: body, api_error_message: message, api_server_version: "4.7.4", api_status_code: status },
  })
  return openVendor(({ method, path, query, headers, file, form }) => {
    if (headers["x-user"] !== "egret" || headers["x-apikey"] !== "al-key") return wrap("", 401, "Invalid API key")
    if (!path.endsWith("/")) return { status: 404, body: "<html>not found</html>" }
    if (method === "POST" && path === "/api/v4/submit/") {
      if (file === undefined || !form.has("json")) return wrap("", 400, "No file in the form")
      return wrap({ sid: jobs.add(file.sha256, "sid"), state: "submitted" })
    }
    if (path === "/api/v4/search/submission/") {
      const job = jobs.of((query.get("query") ?? "").replace("files.sha256:", ""))
      return wrap({ items: job === undefined ? [] : [{ sid: job.id }], total: job === undefined ? 0 : 1 })
    }
    if (path === "/api/v4/user/whoami/") return wrap({ username: "egret" })
    const state = jobs.look(path.split("/")[4] ?? "", polls)
    if (state === undefined) return wrap("", 404, "Submission not found")
    return wrap({ state: state === "running" ? "submitted" : (failed ?? "completed"), max_score: verdict, error_count: 0, errors: [] })
  })
}

export function virusTotalVendor({
  polls = 1,
  known = {},
  verdict = 0,
}: Behaviour & { readonly known?: Readonly<Record<string, Readonly<Record<string, number>>>> } = {}): Promise<Vendor> {
  const jobs = new Jobs()
  const problem = (status: number, code: string): Reply => ({ status, body: { error: { code, message: code } } })
  const statsOf = (malicious: unknown) => ({
    malicious,
    suspicious: 0,
    undetected: typeof malicious === "number" ? 70 - malicious : 70,
    harmless: 0,
    timeout: 1,
    failure: 0,
    "type-unsupported": 3,
  })
  return openVendor(({ method, path, headers, file }) => {
    if (headers["x-apikey"] !== "vt-key") return problem(401, "WrongCredentialsError")
    if (method === "POST" && path === "/files")
      return file === undefined
        ? problem(400, "BadRequestError")
        : { body: { data: { type: "analysis", id: jobs.add(file.sha256, "vt=") } } }
    if (path.startsWith("/files/")) {
      const stats = known[path.slice(7)]
      if (stats === undefined) return problem(404, "NotFoundError")
      return {
        body: {
          data: {
            id: path.slice(7),
            attributes: { last_analysis_stats: stats, popular_threat_classification: { suggested_threat_label: "trojan.testware" } },
          },
        },
      }
    }
    const state = jobs.look(decodeURIComponent(path.replace("/analyses/", "")), polls)
    if (state === undefined) return problem(404, "NotFoundError")
    return {
      body: {
        data: {
          attributes: state === "running" ? { status: "queued", stats: statsOf(0) } : { status: "completed", stats: statsOf(verdict) },
        },
      },
    }
  })
}

export function joeVendor({
  polls = 1,
  verdict = "clean",
  known = [],
}: Behaviour & { readonly known?: readonly string[] } = {}): Promise<Vendor> {
  const jobs = new Jobs()
  const analysis = {
    webid: "179",
    detection: verdict,
    score: verdict === "malicious" ? 96 : 12,
    status: "finished",
    threatname: "Testware",
  }
  return openVendor(({ method, path, form, file }) => {
    if (method !== "POST") return { status: 405, body: { errors: [{ code: 1, message: "method not allowed" }] } }
    if (form.get("apikey")?.toString() !== "joe-key") return { status: 403, body: { errors: [{ code: 2, message: "invalid api key" }] } }
    if (path === "/v2/analysis/search") return { body: { data: known.includes(form.get("q")?.toString() ?? "") ? [{ webid: "179" }] : [] } }
    if (path === "/v2/analysis/info") return { body: { data: analysis } }
    if (path === "/v2/server/online") return { body: { data: { online: true } } }
    if (path === "/v2/submission/new") {
      if (form.get("accept-tac")?.toString() !== "1")
        return { status: 400, body: { errors: [{ code: 3, message: "terms and conditions not accepted" }] } }
      return file === undefined
        ? { status: 400, body: { errors: [{ code: 3, message: "no sample" }] } }
        : { body: { data: { submission_id: jobs.add(file.sha256) } } }
    }
    const state = jobs.look(form.get("submission_id")?.toString() ?? "", polls)
    if (state === undefined) return { status: 404, body: { errors: [{ code: 4, message: "submission not found" }] } }
    return {
      body: {
        data:
          state === "running"
            ? { status: "running", most_relevant_analysis: null }
            : { status: "finished", most_relevant_analysis: analysis },
      },
    }
  })
}

export function hybridVendor({
  polls = 1,
  verdict = "no specific threat",
  failed,
  known = {},
}: Behaviour & { readonly known?: Readonly<Record<string, string>> } = {}): Promise<Vendor> {
  const jobs = new Jobs()
  return openVendor(({ method, path, headers, file, form }) => {
    if (headers["user-agent"] !== "Falcon Sandbox") return { status: 403, body: { message: "wrong user agent" } }
    if (headers["api-key"] !== "ha-key") return { status: 401, body: { message: "The API key is not valid" } }
    if (method === "POST" && path === "/submit/file") {
      if (file === undefined || !form.has("environment_id"))
        return { status: 400, body: { message: "Validation failed", validation_errors: [{ field: "file", errors: ["missing"] }] } }
      return { status: 201, body: { job_id: jobs.add(file.sha256, "job"), environment_id: 310, sha256: file.sha256 } }
    }
    if (path.startsWith("/overview/")) {
      const word = known[path.slice(10)]
      return word === undefined
        ? { status: 404, body: { message: "Not found" } }
        : { body: { sha256: path.slice(10), verdict: word, threat_score: word === "malicious" ? 90 : 0 } }
    }
    if (path === "/key/current") return { body: { auth_level: 1 } }
    const [, , id = "", what] = path.split("/")
    if (what === "summary") return { body: { verdict, threat_score: verdict === "malicious" ? 100 : 0, vx_family: "Testware" } }
    const state = jobs.look(id, polls)
    if (state === undefined) return { status: 404, body: { message: "Not found" } }
    if (state === "running") return { body: { state: "IN_PROGRESS" } }
    return { body: failed === undefined ? { state: "SUCCESS" } : { state: "ERROR", error: "File not supported", error_type: failed } }
  })
}
