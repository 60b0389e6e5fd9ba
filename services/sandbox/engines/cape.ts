// CAPEv2, /apiv2/. Every answer is {error, data} or {error: true, error_value}; an archive becomes a task for each file in it.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion, type Opinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { at, listAt, numberAt, textAt, textsAt } from "./json.ts"
import { formWithSample, opinion } from "./upload.ts"
import { WebClient } from "./web-client.ts"

export function capeEngine(config: Extract<SandboxEngineConfig, { type: "cape" }>): Engine {
  const client = new WebClient({
    url: config.url,
    timeout: config.timeout,
    tls: config.tls,
    ...(config.token !== undefined && { headers: { authorization: `Token ${config.token.reveal()}` } }),
  })
  const get = async (path: string, signal: AbortSignal): Promise<unknown> => (await client.ask({ path: `/apiv2${path}`, signal })).json

  async function poll(ref: string, signal: AbortSignal): Promise<EngineAnswer> {
    const opinions: Opinion[] = []
    for (const id of ref.split(",").slice(0, MAX_TASKS)) {
      const answer = await get(`/tasks/status/${encodeURIComponent(id)}/`, signal)
      if (at(answer, "error") === true)
        return /not (?:exist|found)/i.test(textAt(answer, "error_value"))
          ? { state: "unknown" }
          : { state: "later", reason: textAt(answer, "error_value") }
      const state = textAt(answer, "data")
      if (state.startsWith("failed_") || state === "banned") opinions.push(noOpinion("error", `the task ended as ${state}`, true))
      else if (state !== "reported") return { state: "running", ref }
      else opinions.push(await report(id, signal))
    }
    return { state: "done", opinion: opinions.reduce(worse, opinions[0] ?? noOpinion("error", "the engine made no task of it", true)) }
  }

  async function report(id: string, signal: AbortSignal): Promise<Opinion> {
    let answer = await get(`/tasks/get/report/${encodeURIComponent(id)}/lite/`, signal)
    if (numberAt(answer, "malscore") === undefined) answer = await get(`/tasks/get/report/${encodeURIComponent(id)}/json/`, signal)
    const score = numberAt(answer, "malscore")
    const labels = [
      ...textsAt(answer, "malfamily"),
      ...listAt(answer, "signatures").map((each) => textAt(each, "name")),
      ...textsAt(answer, "detections"),
    ]
    const reportUrl = `${config.url.replace(/\/+$/, "")}/analysis/${encodeURIComponent(id)}/`
    if (score === undefined)
      return {
        ...noOpinion("partial", "the report holds no malscore; it is off by default in CAPE's web.conf"),
        labels: labels.slice(0, 20),
        reportUrl,
      }
    return opinion(score >= MALICIOUS ? "malicious" : score >= SUSPICIOUS ? "suspicious" : "clean", score * 10, {
      text: `malscore ${score}`,
      labels,
      reportUrl,
    })
  }

  return {
    ...engineBase(config, { canLookup: true }),
    lookup: async ({ sha256 }, signal) => {
      const tasks = listAt(await get(`/tasks/search/sha256/${sha256}/`, signal), "data").filter(
        (task) => !/^(?:failed|banned)/.test(textAt(task, "status")),
      )
      const newest = tasks.reduce<number>((best, task) => Math.max(best, numberAt(task, "id") ?? 0), 0)
      return newest === 0 ? { state: "unknown" } : poll(String(newest), signal)
    },
    submit: async (sample, signal) => {
      const form = await formWithSample(
        sample,
        "file",
        Object.entries(config.options).map(([name, value]) => ({ name, value })),
      )
      const { json } = await client.ask({ method: "POST", path: "/apiv2/tasks/create/file/", ...form, signal })
      const ids = listAt(json, "data.task_ids").filter((id) => typeof id === "number" || typeof id === "string")
      if (ids.length > 0) return { state: "running", ref: ids.join(",") }
      const problem = textAt(json, "error_value") || textsAt(json, "errors")[0] || "it made no task of the file"
      if (UNSUPPORTED.test(problem)) return { state: "done", opinion: noOpinion("unsupported", problem) }
      throw new EngineError(problem, { final: true })
    },
    poll: (ref, _sample, signal) => poll(ref, signal),
    test: async (signal) => `answers, version ${textAt(await get("/cuckoo/status/", signal), "data.version") || "unknown"}`,
  }
}

function worse(one: Opinion, other: Opinion): Opinion {
  return rank.indexOf(other.result) < rank.indexOf(one.result) || (other.result === one.result && other.score > one.score) ? other : one
}

const rank: readonly Opinion["result"][] = ["malicious", "suspicious", "partial", "timeout", "error", "clean", "unsupported"]
// CAPE's own words for its score: "Malicious" from 7, "Suspicious" from 4.
const MALICIOUS = 7
const SUSPICIOUS = 4
const MAX_TASKS = 20
const UNSUPPORTED = /not supported|unsupported|no machine|file type|empty/i
