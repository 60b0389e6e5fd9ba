// Joe Sandbox, Web API v2: every call is a form with the key; {data} or {errors: [{code, message}]}.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { at, listAt, numberAt, textAt, textsAt } from "./json.ts"
import { formWithSample, opinion } from "./upload.ts"
import { type FormPart, formOf, WebClient } from "./web-client.ts"

export function joeEngine(config: Extract<SandboxEngineConfig, { type: "joe" }>): Engine {
  const client = new WebClient({ url: config.url, timeout: config.timeout, tls: config.tls })
  const key: FormPart = { name: "apikey", value: config.apiKey.reveal() }

  async function call(path: string, parts: readonly FormPart[], signal: AbortSignal): Promise<unknown> {
    const { json } = await client.ask({ method: "POST", path, ...formOf([key, ...parts]), signal })
    return json
  }

  function judged(analysis: unknown): EngineAnswer {
    const detection = textAt(analysis, "detection")
    const webid = textAt(analysis, "webid")
    const score = numberAt(analysis, "score") ?? 0
    const labels = [...textsAt(analysis, "threatname"), ...textsAt(analysis, "tags")]
    const reportUrl = webid === "" ? "" : `${config.url.replace(/\/api\/?$/, "")}/analysis/${encodeURIComponent(webid)}`
    const text = `detection ${detection || "none"}, score ${score}`
    if (detection === "malicious" || detection === "suspicious" || detection === "clean")
      return {
        state: "done",
        opinion: opinion(detection, detection === "clean" ? Math.min(39, score) : Math.max(detection === "malicious" ? 80 : 40, score), {
          text,
          labels,
          reportUrl,
        }),
      }
    return {
      state: "done",
      opinion: { ...noOpinion(detection === "unknown" ? "unsupported" : "error", text, true), ...(reportUrl !== "" && { reportUrl }) },
    }
  }

  return {
    ...engineBase(config, { canLookup: true }),
    lookup: async ({ sha256 }, signal) => {
      const found = listAt(await call("/v2/analysis/search", [{ name: "q", value: sha256 }], signal), "data")[0]
      const webid = textAt(found, "webid")
      if (webid === "") return { state: "unknown" }
      const info = at(await call("/v2/analysis/info", [{ name: "webid", value: webid }], signal), "data")
      if (textAt(info, "status") !== "finished") return { state: "running", ref: `analysis:${webid}` }
      return judged(info)
    },
    submit: async (sample, signal) => {
      const form = await formWithSample(sample, "sample", [key, { name: "accept-tac", value: "1" }])
      const { status, json } = await client.ask({ method: "POST", path: "/v2/submission/new", ...form, allow: [400], signal })
      const id = textAt(json, "data.submission_id")
      if (id !== "") return { state: "running", ref: `submission:${id}` }
      const problem = textAt(json, "errors[0].message") || `HTTP ${status}`
      if (/not supported|unsupported|file type|too large/i.test(problem))
        return { state: "done", opinion: noOpinion("unsupported", problem) }
      throw new EngineError(problem, { final: true })
    },
    poll: async (ref, _sample, signal) => {
      const [kind, id = ""] = ref.split(":")
      if (kind === "analysis") {
        const info = at(await call("/v2/analysis/info", [{ name: "webid", value: id }], signal), "data")
        return textAt(info, "status") === "finished" ? judged(info) : { state: "running", ref }
      }
      const info = at(await call("/v2/submission/info", [{ name: "submission_id", value: id }], signal), "data")
      if (textAt(info, "status") !== "finished") return { state: "running", ref }
      return judged(at(info, "most_relevant_analysis"))
    },
    test: async (signal) => {
      const json = await call("/v2/server/online", [], signal)
      return at(json, "data.online") === false ? "answers, and says that it is offline" : "answers, and takes the key"
    },
  }
}
