// Assemblyline 4. Submitted, not ingested: the messages of an ingest queue are gone once they are read, a submission's id can be asked again after a crash.
// Every answer is {api_response, api_error_message, api_status_code}; the last slash of a path matters.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { listAt, numberAt, textAt } from "./json.ts"
import { formWithSample, opinion } from "./upload.ts"
import { WebClient } from "./web-client.ts"

export function assemblylineEngine(config: Extract<SandboxEngineConfig, { type: "assemblyline" }>): Engine {
  const client = new WebClient({
    url: config.url,
    timeout: config.timeout,
    tls: config.tls,
    headers: { "x-user": config.user, "x-apikey": config.apiKey.reveal() },
  })

  async function submission(sid: string, signal: AbortSignal): Promise<EngineAnswer> {
    const { status, json } = await client.ask({ path: `/api/v4/submission/${encodeURIComponent(sid)}/`, allow: [404], signal })
    if (status === 404) return { state: "unknown" }
    const state = textAt(json, "api_response.state")
    if (state === "failed")
      return { state: "done", opinion: noOpinion("error", textAt(json, "api_response.error_message") || "the submission failed", true) }
    if (state !== "completed") return { state: "running", ref: sid }
    const score = numberAt(json, "api_response.max_score")
    const failures = numberAt(json, "api_response.error_count") ?? listAt(json, "api_response.errors").length
    const reportUrl = `${config.url.replace(/\/+$/, "")}/submission/${encodeURIComponent(sid)}`
    if (score === undefined) return { state: "done", opinion: noOpinion("partial", "the submission holds no score") }
    const result = score >= MALICIOUS ? "malicious" : score >= SUSPICIOUS ? "suspicious" : failures > 0 ? "partial" : "clean"
    const text = `max score ${score}${failures > 0 ? `, ${failures} of its services failed` : ""}`
    return { state: "done", opinion: opinion(result, score / 10, { text, reportUrl, again: result === "partial" }) }
  }

  return {
    ...engineBase(config, { canLookup: true }),
    lookup: async ({ sha256 }, signal) => {
      const { json } = await client.ask({
        path: `/api/v4/search/submission/?query=files.sha256:${sha256}&sort=${encodeURIComponent("times.submitted desc")}&rows=1`,
        signal,
      })
      const sid = textAt(listAt(json, "api_response.items")[0], "sid") || textAt(listAt(json, "api_response.items")[0], "id")
      return sid === "" ? { state: "unknown" } : submission(sid, signal)
    },
    submit: async (sample, signal) => {
      const form = await formWithSample(sample, "bin", [
        { name: "json", value: JSON.stringify({ name: sample.name, params: config.params, metadata: { source: "egret" } }) },
      ])
      const { status, json } = await client.ask({ method: "POST", path: "/api/v4/submit/", ...form, allow: [400, 413], signal })
      const sid = textAt(json, "api_response.sid")
      if (sid !== "") return { state: "running", ref: sid }
      const problem = textAt(json, "api_error_message") || `HTTP ${status}`
      if (status === 413 || /too (?:large|big)|empty|file size/i.test(problem))
        return { state: "done", opinion: noOpinion("unsupported", problem) }
      throw new EngineError(problem, { final: true })
    },
    poll: (ref, _sample, signal) => submission(ref, signal),
    test: async (signal) => {
      const { json } = await client.ask({ path: "/api/v4/user/whoami/", signal })
      return `answers, user ${textAt(json, "api_response.username") || "unknown"}, version ${textAt(json, "api_server_version") || "unknown"}`
    },
  }
}

// Assemblyline's own scale: from 1000 malicious, from 300 suspicious (700 highly), below informative.
const MALICIOUS = 1_000
const SUSPICIOUS = 300
