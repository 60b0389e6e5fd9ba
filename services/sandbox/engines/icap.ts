// An ICAP server (RFC 3507) as an engine: what an antivirus gateway would do with the file in an upload. It has no memory of files, so there is no look-up.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { connect as connectTcp, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import type { SandboxEngineConfig } from "../../contracts/config/sandbox.ts"
import { type Engine, type EngineAnswer, EngineError, noOpinion, type Opinion } from "../engine.ts"
import { engineBase } from "./base.ts"
import { type IcapHead, optionsRequest, readHead, readPayload, reqmod } from "./icap-message.ts"
import { opinion } from "./upload.ts"

type IcapConfig = Extract<SandboxEngineConfig, { type: "icap" }>

export function icapEngine(config: IcapConfig): Engine {
  let known: { options: Options; until: number } | undefined

  async function optionsOf(signal: AbortSignal): Promise<Options> {
    if (known !== undefined && Date.now() < known.until) return known.options
    const { head } = await talk(config, { first: optionsRequest(config), rest: Buffer.alloc(0), signal })
    if (head.status !== 200) throw statusError(head.status)
    const options = readOptions(head)
    known = { options, until: Date.now() + options.lifetime }
    return options
  }

  return {
    ...engineBase(config, { canLookup: false }),
    submit: async (sample, signal) => {
      const upload = await sample.upload()
      if (upload === undefined) throw new EngineError("its bytes were not kept", { final: true })
      const options = await optionsOf(signal)
      if (!options.methods.includes("REQMOD"))
        return {
          state: "done",
          opinion: noOpinion("unsupported", `the service does ${options.methods.join(", ") || "nothing"}, not REQMOD`),
        }
      const preview = config.preview ? options.preview : undefined
      const answer = await talk(config, {
        ...reqmod(config, upload.name, { bytes: upload.bytes, preview, allow204: options.allow204 }),
        signal,
      })
      return judge(answer, upload.bytes)
    },
    test: async (signal) => {
      known = undefined
      const { methods, preview, tag, allow204 } = await optionsOf(signal)
      return `answers: ${methods.join(", ")}, preview ${preview ?? "none"}, 204 ${allow204 ? "allowed" : "not allowed"}, ISTag ${tag || "none"}`
    },
  }
}

interface Options {
  readonly methods: readonly string[]
  readonly preview: number | undefined
  readonly allow204: boolean
  readonly tag: string
  /** Milliseconds. */
  readonly lifetime: number
}

function readOptions({ headers }: IcapHead): Options {
  const preview = Number(headers.get("preview") ?? "NaN")
  const lifetime = Number(headers.get("options-ttl") ?? "NaN")
  return {
    methods: (headers.get("methods") ?? "")
      .split(/[\s,]+/)
      .filter((method) => method !== "")
      .map((method) => method.toUpperCase()),
    preview: Number.isInteger(preview) && preview >= 0 ? Math.min(preview, MAX_PREVIEW) : undefined,
    allow204: /\b204\b/.test(headers.get("allow") ?? ""),
    tag: (headers.get("istag") ?? "").replaceAll('"', ""),
    lifetime: Number.isFinite(lifetime) && lifetime > 0 ? Math.min(lifetime * 1_000, MAX_LIFETIME) : DEFAULT_LIFETIME,
  }
}

interface Talk {
  readonly head: IcapHead
  readonly heads: ReadonlyMap<string, string>
  readonly body: Buffer | undefined
}

/** One request, one answer, one connection. */
function talk(config: IcapConfig, { first, rest, signal }: { first: Buffer; rest: Buffer; signal: AbortSignal }): Promise<Talk> {
  return new Promise((resolve, reject) => {
    const socket = open(config)
    let bytes: Buffer = Buffer.alloc(0)
    let pieces: Buffer[] = []
    let size = 0
    let tail = ""
    let continued = false
    const fail = (error: Error): undefined => {
      socket.destroy()
      reject(error instanceof EngineError ? error : new EngineError((error as NodeJS.ErrnoException).code ?? error.message))
    }
    const look = (ended: boolean): undefined => {
      bytes = Buffer.concat([bytes, ...pieces])
      pieces = []
      const head = readHead(bytes)
      if (head === undefined) return ended ? fail(new EngineError("the connection broke off")) : undefined
      if (head.status === 0) return fail(new EngineError("the answer is no ICAP", { final: true }))
      if (head.status === 100 && !continued) {
        continued = true
        bytes = bytes.subarray(head.length)
        socket.write(rest)
        return look(ended)
      }
      const payload = readPayload(bytes.subarray(head.length), head.headers.get("encapsulated") ?? "null-body=0")
      if (payload === "broken") return fail(new EngineError("the answer's encapsulated parts do not fit", { final: true }))
      if (payload === undefined) return ended ? fail(new EngineError("the answer broke off")) : undefined
      socket.destroy()
      resolve({ head, ...payload })
    }
    socket.setTimeout(config.timeout, () => void fail(new EngineError("no answer in time")))
    signal.addEventListener("abort", () => void fail(new EngineError("stopping")), { once: true })
    socket.on("error", fail)
    socket.on("data", (data: Buffer) => {
      pieces.push(data)
      size += data.length
      tail = (tail + data.subarray(-4).toString("latin1")).slice(-4)
      if (size > MAX_ANSWER) fail(new EngineError("the answer is too large", { final: true }))
      // Every head and every body ends so; looking at a large body again with each piece of it would cost its square.
      else if (tail === "\r\n\r\n") look(false)
    })
    socket.on("end", () => look(true))
    socket.write(first)
  })
}

function open({ host, port, transport, tls }: IcapConfig): Socket {
  if (transport === "tcp") return connectTcp({ host, port })
  return connectTls({
    host,
    port,
    servername: tls?.serverName ?? host,
    ...(tls?.ca !== undefined && { ca: readFileSync(tls.ca) }),
    ...(tls?.cert !== undefined && { cert: readFileSync(tls.cert) }),
    ...(tls?.key !== undefined && { key: tls.key.reveal() }),
  })
}

function judge({ head, heads, body }: Talk, sent: Uint8Array): EngineAnswer {
  const { status, headers } = head
  const tag = (headers.get("istag") ?? "").replaceAll('"', "").slice(0, 60)
  const labels = tag === "" ? [] : [`istag:${tag}`]
  const done = (result: Opinion["result"], score: number, text: string, more: readonly string[] = []): EngineAnswer => ({
    state: "done",
    opinion: opinion(result, score, { text, labels: [...labels, ...more] }),
  })
  if (status === 204) return done("clean", 0, "passed as it is (204)")
  if (status !== 200 && status !== 201) throw statusError(status)
  const threat = threatIn(headers)
  if (threat !== undefined) return done("malicious", 100, `found ${threat}`, [threat])
  const page = heads.get("res-hdr")
  if (page !== undefined)
    return done("suspicious", 70, `refused with "${page.split("\r\n")[0]?.slice(0, 80) ?? ""}", without naming a threat`, ["blocked"])
  if (body === undefined) return { state: "done", opinion: noOpinion("partial", "the answer holds neither the file nor a reason") }
  const same = createHash("sha256").update(body).digest("hex") === createHash("sha256").update(sent).digest("hex")
  return same ? done("clean", 0, "passed as it is (200)") : done("suspicious", 60, "the server changed the file", ["changed"])
}

/** The names in use: draft-stecher-icap-subid for the first two; vendors' own for the rest. */
function threatIn(headers: ReadonlyMap<string, string>): string | undefined {
  const infection = /Threat=([^;]{1,200})/i.exec(headers.get("x-infection-found") ?? "")?.[1]?.trim()
  if (infection !== undefined) return infection
  for (const name of [
    "x-virus-id",
    "x-virus-name",
    "x-infection-found",
    "x-violations-found",
    "x-fsecure-infection-name",
    "x-block-reason",
  ]) {
    const value = headers.get(name)?.trim()
    if (value !== undefined && value !== "" && value !== "0" && !/^(?:no|none|clean)\b/i.test(value)) return value.slice(0, 200)
  }
  return undefined
}

/** 408 and 5xx may pass; the rest says that we and the service do not fit. */
function statusError(status: number): EngineError {
  return new EngineError(`ICAP ${status}`, { final: status < 500 && status !== 408 })
}

const MAX_PREVIEW = 1024 * 1024
const MAX_LIFETIME = 3_600_000
const DEFAULT_LIFETIME = 300_000
const MAX_ANSWER = 80 * 1024 * 1024
