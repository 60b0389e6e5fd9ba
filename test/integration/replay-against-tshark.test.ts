// A session of real clients on loopback, written by tcpdump: `egret replay` tells the exchanges, sizes and hashes that tshark exports from the same file.
import { execFile, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { egret } from "../support/egret.ts"
import { requires } from "../support/requires.ts"

const run = promisify(execFile)

describe.skipIf(requires("tcpdump", "tshark", "curl", "root").missing)("a capture of tcpdump", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-tcpdump-"))
  const capture = join(folder, "session.pcap")
  let server: Server

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const sent = Buffer.concat(chunks)
        if (request.url === "/empty") return response.writeHead(204).end()
        if (request.url === "/large") return response.end(Buffer.alloc(300_000, "large body "))
        if (request.url === "/chunked") {
          response.write("in ")
          response.write("three ")
          return response.end("pieces")
        }
        response.writeHead(sent.length > 0 ? 201 : 200, { "content-length": String(sent.length + 2) }).end(`ok${sent.toString()}`)
      })
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    await record(port, async () => {
      const base = `http://127.0.0.1:${port}`
      await run("curl", ["-s", `${base}/first`, `${base}/second`])
      await run("curl", ["-s", "-X", "POST", "--data", "question=answer", `${base}/posted`])
      await run("curl", [
        "-s",
        `${base}/chunked`,
        `${base}/empty`,
        `${base}/large`,
        "-o",
        "/dev/null",
        "-o",
        "/dev/null",
        "-o",
        "/dev/null",
      ])
      await (await fetch(`${base}/fetched`, { method: "PUT", body: "x".repeat(70_000) })).arrayBuffer()
    })
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The file is whole when its size no longer grows after the last answer. */
  async function record(port: number, talk: () => Promise<void>): Promise<void> {
    const tcpdump = spawn("tcpdump", ["-i", "lo", "-U", "-s", "0", "-w", capture, `tcp port ${port}`], {
      stdio: ["ignore", "ignore", "pipe"],
    })
    const exited = once(tcpdump, "exit")
    await once(tcpdump.stderr, "data")
    await talk()
    let before = -1
    for (let size = 0; size !== before; size = statSync(capture).size) {
      before = size
      await sleep(500)
    }
    tcpdump.kill("SIGINT")
    await exited
  }

  it("is replayed to the statuses, sizes and hashes that tshark exports", async () => {
    const { code, stdout } = await egret(["replay", capture, "--format", "ndjson"])
    expect(code).toBe(0)
    const told = stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Envelope)
      .filter(({ kind }) => kind === "http")
      .map(({ data }) => data)
    const { stdout: fields } = await run("tshark", [
      ...["-r", capture, "-Y", "http.response", "-T", "fields", "-E", "separator=;", "-e", "http.response.code"],
    ])
    expect(told.map(({ status }) => String(status))).toEqual(fields.trim().split("\n"))
    expect(told.map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...["GET /first", "GET /second", "POST /posted", "GET /chunked", "GET /empty", "GET /large", "PUT /fetched"],
    ])
    const bodies = told.flatMap(({ request, response }) => [request, response]).filter(({ bytes }) => bytes > 0)
    expect(bodies.map(({ bytes, sha256 }) => `${bytes} ${sha256}`).sort()).toEqual((await exported()).sort())
    expect(told.every(({ completeness }) => completeness === "full")).toBe(true)
  })

  /** Every body of either direction, as tshark puts it together. */
  async function exported(): Promise<string[]> {
    const objects = join(folder, "objects")
    mkdirSync(objects)
    await run("tshark", ["-r", capture, "-q", "--export-objects", `http,${objects}`])
    return readdirSync(objects).map((name) => {
      const bytes = readFileSync(join(objects, name))
      return `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`
    })
  }
})

interface Message {
  readonly bytes: number
  readonly sha256: string
}
interface Envelope {
  readonly kind: string
  readonly data: {
    readonly status: number
    readonly method: string
    readonly path: string
    readonly request: Message
    readonly response: Message
    readonly completeness: string
  }
}
