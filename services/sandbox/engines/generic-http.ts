// Any engine with an HTTP interface: the configuration says which request sends a file and where the answer holds the id, the state and the verdict.
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, type Opinion, type Sample } from "../engine.ts"
import { engineBase } from "./base.ts"
import { listAt, numberAt, textAt, textsAt } from "./json.ts"
import { formOf, WebClient } from "./web-client.ts"

type HttpConfig = Extract<SandboxEngineConfig, { type: "http" }>

export function genericHttpEngine(config: HttpConfig): Engine {
  const { lookup, report, submit } = config
  const client = new WebClient({
    url: config.url,
    timeout: config.timeout,
    tls: config.tls,
    headers: { ...config.headers, ...(config.authorization !== undefined && { authorization: config.authorization.reveal() }) },
  })
  return {
    ...engineBase(config, { canLookup: lookup !== undefined }),
    ...(lookup !== undefined && {
      lookup: async (sample, signal) => {
        const answer = await client.ask({ path: filled(lookup, { sha256: sample.sha256 }), allow: [404], signal })
        return answer.status === 404 ? { state: "unknown" } : answerOf(config, answer.json)
      },
    }),
    submit: async (sample, signal) => {
      const { body, headers } = await bodyOf(config, sample)
      const answer = await client.ask({
        method: "POST",
        path: filled(submit.path, { sha256: sample.sha256 }),
        headers,
        body,
        allow: [413, 415],
        signal,
      })
      if (answer.status === 413 || answer.status === 415)
        return {
          state: "done",
          opinion: { result: "unsupported", score: 0, labels: [], reasons: [{ text: `the engine answered HTTP ${answer.status}` }] },
        }
      const id = textAt(answer.json, submit.id)
      if (report !== undefined && id !== "") return { state: "running", ref: id }
      return answerOf(config, answer.json)
    },
    ...(report !== undefined && {
      poll: async (ref, sample, signal) => {
        const answer = await client.ask({ path: filled(report, { id: ref, sha256: sample.sha256 }), allow: [404], signal })
        if (answer.status === 404) return { state: "unknown" }
        return answerOf(config, answer.json, ref)
      },
    }),
    test: async (signal) => {
      const { status } = await client.ask({
        path: filled(lookup ?? report ?? submit.path, { sha256: "0".repeat(64), id: "0" }),
        allow: [400, 404, 405],
        signal,
      })
      return `answers (HTTP ${status})`
    },
  }
}

async function bodyOf({ submit }: HttpConfig, sample: Sample): Promise<{ body: Uint8Array; headers: Record<string, string> }> {
  const upload = await sample.upload()
  if (upload === undefined) throw new EngineError("its bytes were not kept", { final: true })
  if (submit.as === "raw") return { body: upload.bytes, headers: { "content-type": "application/octet-stream" } }
  const values = { sha256: sample.sha256, name: upload.name, kind: sample.kind }
  return formOf([
    ...Object.entries(submit.fields).map(([name, value]) => ({
      name,
      value: value.replaceAll(/\{(sha256|name|kind)\}/g, (_, key: keyof typeof values) => values[key]),
    })),
    { name: submit.field, value: upload.bytes, filename: upload.name },
  ])
}

function answerOf({ running, verdict }: HttpConfig, json: unknown, ref = ""): EngineAnswer {
  if (json === undefined) throw new EngineError("the answer is no JSON", { final: true })
  if (running?.values.includes(textAt(json, running.field)) === true) return { state: "running", ref: ref !== "" ? ref : "" }
  const word = textAt(json, verdict.field).toLowerCase()
  const score = verdict.score === undefined ? undefined : numberAt(json, verdict.score)
  const named = (["malicious", "suspicious", "clean", "unsupported"] as const).find((result) =>
    verdict[result].some((each) => each.toLowerCase() === word),
  )
  const result = named ?? byScore(score, verdict)
  const link = verdict.link === undefined ? "" : textAt(json, verdict.link)
  const labels = verdict.labels === undefined ? [] : labelsAt(json, verdict.labels)
  return {
    state: "done",
    opinion: {
      result: result ?? "error",
      score: Math.min(100, Math.max(0, score ?? scores[result ?? ""] ?? 0)),
      labels,
      reasons: [
        {
          text:
            result === undefined
              ? `an answer we cannot read: ${verdict.field} is "${word.slice(0, 60)}"`
              : `${word === "" ? "score" : word}${score === undefined ? "" : ` ${score}`}`,
        },
      ],
      ...(/^https?:\/\//.test(link) && { reportUrl: link }),
    },
  }
}

/** A score alone makes a file bad or clean; none at all is no verdict. */
function byScore(score: number | undefined, { maliciousFrom, suspiciousFrom }: HttpConfig["verdict"]): Opinion["result"] | undefined {
  if (score === undefined) return undefined
  return score >= maliciousFrom ? "malicious" : score >= suspiciousFrom ? "suspicious" : "clean"
}

function labelsAt(json: unknown, path: string): string[] {
  const texts = textsAt(json, path)
  return texts.length > 0
    ? texts
    : listAt(json, path)
        .map((each) => textAt(each, "name"))
        .filter((name) => name !== "")
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(sha256|id)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ""))
}

const scores: Readonly<Record<string, number>> = { malicious: 100, suspicious: 60, clean: 0, unsupported: 0 }
