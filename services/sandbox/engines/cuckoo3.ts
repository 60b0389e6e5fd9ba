// Cuckoo 3: submit, then the analysis by its id. It has no search by hash: a submission whose answer got lost is made again.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, EngineError, noOpinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { numberAt, textAt, textsAt } from "./json.ts"
import { formWithSample, opinion } from "./upload.ts"
import { WebClient } from "./web-client.ts"

export function cuckoo3Engine(config: Extract<SandboxEngineConfig, { type: "cuckoo3" }>): Engine {
  const client = new WebClient({
    url: config.url,
    timeout: config.timeout,
    tls: config.tls,
    headers: { authorization: `token ${config.token.reveal()}` },
  })
  return {
    ...engineBase(config, { canLookup: false }),
    submit: async (sample, signal) => {
      const form = await formWithSample(sample, "file", [{ name: "settings", value: JSON.stringify(config.settings) }])
      // 503: written down, though the daemon that works on it is not up.
      const { status, json } = await client.ask({ method: "POST", path: "/submit/file", ...form, allow: [400, 503], signal })
      const id = textAt(json, "analysis_id")
      if (id !== "") return { state: "running", ref: id }
      if (status === 400) return { state: "done", opinion: noOpinion("unsupported", textAt(json, "error") || "HTTP 400") }
      throw new EngineError(`HTTP ${status}: ${textAt(json, "error") || "no analysis_id"}`)
    },
    poll: async (ref, _sample, signal) => {
      const { status, json } = await client.ask({ path: `/analysis/${encodeURIComponent(ref)}`, allow: [404], signal })
      if (status === 404) return { state: "unknown" }
      const state = textAt(json, "state")
      if (state === "fatal_error")
        return {
          state: "done",
          opinion: noOpinion("error", textAt(json, "errors.fatal[0].error") || "the analysis ended in a fatal error", true),
        }
      if (state === "no_selected")
        return { state: "done", opinion: noOpinion("unsupported", "it found nothing in the file that it could run") }
      if (state !== "finished") return { state: "running", ref }
      const score = numberAt(json, "score")
      if (score === undefined) return { state: "done", opinion: noOpinion("partial", "the analysis holds no score") }
      const labels = [...textsAt(json, "families"), ...textsAt(json, "tags")]
      const result = score >= MALICIOUS ? "malicious" : score >= SUSPICIOUS ? "suspicious" : "clean"
      return {
        state: "done",
        opinion: opinion(result, score * 10, {
          text: `score ${score} of 10`,
          labels,
          reportUrl: `${config.url.replace(/\/+$/, "")}/analysis/${encodeURIComponent(ref)}`,
        }),
      }
    },
    test: async (signal) => {
      await client.ask({ path: "/analyses/?limit=1", signal })
      return "answers"
    },
  }
}

const MALICIOUS = 7
const SUSPICIOUS = 4
