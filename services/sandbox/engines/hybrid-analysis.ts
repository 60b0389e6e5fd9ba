// Hybrid Analysis (Falcon Sandbox), API v2: what is known of a hash, a submission, its state, its summary.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { numberAt, textAt, textsAt } from "./json.ts"
import { formWithSample, opinion } from "./upload.ts"
import { WebClient } from "./web-client.ts"

export function hybridAnalysisEngine(config: Extract<SandboxEngineConfig, { type: "hybrid-analysis" }>): Engine {
  const client = new WebClient({
    url: config.url,
    timeout: config.timeout,
    tls: config.tls,
    // The service refuses other user agents.
    headers: { "api-key": config.apiKey.reveal(), "user-agent": "Falcon Sandbox" },
  })
  return {
    ...engineBase(config, { canLookup: true }),
    lookup: async ({ sha256 }, signal) => {
      const { status, json } = await client.ask({ path: `/overview/${sha256}`, allow: [404], signal })
      return status === 404 ? { state: "unknown" } : judged(json, sha256)
    },
    submit: async (sample, signal) => {
      const form = await formWithSample(sample, "file", [{ name: "environment_id", value: String(config.environment) }])
      const { status, json } = await client.ask({ method: "POST", path: "/submit/file", ...form, allow: [400], signal })
      const id = textAt(json, "job_id")
      if (id !== "") return { state: "running", ref: id }
      const problem = textAt(json, "message") || textAt(json, "validation_errors[0].errors[0]") || `HTTP ${status}`
      if (/type|format|support|size|large/i.test(problem)) return { state: "done", opinion: noOpinion("unsupported", problem) }
      throw new EngineError(problem, { final: true })
    },
    poll: async (ref, { sha256 }, signal) => {
      const id = encodeURIComponent(ref)
      const { status, json } = await client.ask({ path: `/report/${id}/state`, allow: [404], signal })
      if (status === 404) return { state: "unknown" }
      const state = textAt(json, "state")
      if (state === "ERROR") {
        const problem = textAt(json, "error") || "the analysis failed"
        return {
          state: "done",
          opinion: noOpinion(textAt(json, "error_type") === "FILE_TYPE_BAD_ERROR" ? "unsupported" : "error", problem, true),
        }
      }
      if (state !== "SUCCESS") return { state: "running", ref }
      return judged((await client.ask({ path: `/report/${id}/summary`, signal })).json, sha256)
    },
    test: async (signal) => {
      await client.ask({ path: "/key/current", signal })
      return "answers, and takes the key"
    },
  }
}

function judged(json: unknown, sha256: string): EngineAnswer {
  const word = textAt(json, "verdict").toLowerCase()
  const score = numberAt(json, "threat_score") ?? 0
  const labels = [...textsAt(json, "vx_family"), ...textsAt(json, "tags")]
  const reportUrl = `https://www.hybrid-analysis.com/sample/${sha256}`
  const text = `verdict ${word || "none"}, threat score ${score}`
  const result = words[word]
  if (result === undefined) return { state: "done", opinion: { ...noOpinion("unsupported", text, true), reportUrl } }
  const least = result === "malicious" ? 80 : result === "suspicious" ? 40 : 0
  return {
    state: "done",
    opinion: opinion(result, result === "clean" ? Math.min(39, score) : Math.max(least, score), { text, labels, reportUrl }),
  }
}

// "no verdict" is none.
const words: Readonly<Record<string, "malicious" | "suspicious" | "clean">> = {
  malicious: "malicious",
  suspicious: "suspicious",
  "no specific threat": "clean",
  whitelisted: "clean",
}
