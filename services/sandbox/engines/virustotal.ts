// VirusTotal v3. By hash unless uploads were allowed in so many words: an upload publishes the file.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion, type Opinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { numberAt, textAt, textsAt } from "./json.ts"
import { formWithSample, opinion } from "./upload.ts"
import { WebClient } from "./web-client.ts"

type VirusTotalConfig = Extract<SandboxEngineConfig, { type: "virustotal" }>

export function virusTotalEngine(config: VirusTotalConfig): Engine {
  const client = new WebClient({
    url: config.url,
    timeout: config.timeout,
    tls: config.tls,
    headers: { "x-apikey": config.apiKey.reveal() },
  })
  return {
    ...engineBase(config, { canLookup: true }),
    lookup: async ({ sha256 }, signal) => {
      const { status, json } = await client.ask({ path: `/files/${sha256}`, allow: [404], signal })
      if (status === 404) return { state: "unknown" }
      const attributes = "data.attributes"
      const labels = [
        textAt(json, `${attributes}.popular_threat_classification.suggested_threat_label`),
        ...textsAt(json, `${attributes}.tags`),
      ]
      return answerOf(config, { json, stats: `${attributes}.last_analysis_stats`, labels, sha256 })
    },
    submit: async (sample, signal) => {
      const form = await formWithSample(sample, "file")
      const path = sample.bytes > DIRECT ? textAt((await client.ask({ path: "/files/upload_url", signal })).json, "data") : "/files"
      if (path === "") throw new EngineError("it gave no address for a large file")
      const { json } = await client.ask({ method: "POST", path: checked(path, config.url), ...form, signal })
      const id = textAt(json, "data.id")
      if (id === "") throw new EngineError("it gave no analysis id", { final: true })
      return { state: "running", ref: id }
    },
    poll: async (ref, { sha256 }, signal) => {
      const { status, json } = await client.ask({ path: `/analyses/${encodeURIComponent(ref)}`, allow: [404], signal })
      if (status === 404) return { state: "unknown" }
      if (textAt(json, "data.attributes.status") !== "completed") return { state: "running", ref }
      return answerOf(config, { json, stats: "data.attributes.stats", labels: [], sha256 })
    },
    test: async (signal) => {
      // The test file of the EICAR is known to every engine there is.
      await client.ask({ path: `/files/${EICAR}`, signal })
      return "answers, and takes the key"
    },
  }
}

interface Report {
  readonly json: unknown
  readonly stats: string
  readonly labels: readonly string[]
  readonly sha256: string
}

function answerOf({ malicious: from }: VirusTotalConfig, { json, stats, labels, sha256 }: Report): EngineAnswer {
  const count = (name: string): number | undefined => numberAt(json, `${stats}.${name}`)
  const bad = count("malicious")
  const doubtful = count("suspicious") ?? 0
  if (bad === undefined) return { state: "done", opinion: noOpinion("error", "its answer does not say how many found something") }
  const fine = (count("harmless") ?? 0) + (count("undetected") ?? 0)
  const judged = bad + doubtful + fine
  const reportUrl = `https://www.virustotal.com/gui/file/${sha256}`
  if (judged === 0)
    return { state: "done", opinion: { ...noOpinion("unsupported", "none of its engines judged the file", true), reportUrl } }
  const result: Opinion["result"] = bad >= from ? "malicious" : bad + doubtful > 0 ? "suspicious" : "clean"
  const score = result === "malicious" ? 80 + (20 * bad) / judged : result === "suspicious" ? 50 : 0
  // What nobody detects today may be detected tomorrow.
  return {
    state: "done",
    opinion: opinion(result, score, {
      text: `${bad} of ${judged} engines say malicious, ${doubtful} suspicious`,
      labels,
      reportUrl,
      again: result === "clean",
    }),
  }
}

/** Large files go to an address that the service names: on its own host, or the key would travel elsewhere. */
function checked(path: string, base: string): string {
  if (!path.startsWith("http")) return path
  const host = new URL(path).host
  const own = new URL(base).host
  if (host === own || host.endsWith(".virustotal.com")) return path
  throw new EngineError(`it named an upload address on another host: ${host}`, { final: true })
}

const DIRECT = 32 * 1024 * 1024
const EICAR = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
