// `egret up`, embedded, as a user runs it: mirrored packets in, audit rows and findings out, also when it is told to stop right after the last packet.
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, describe, expect, it } from "vitest"
import { range } from "../support/contract/bus.ts"
import { egret, startEgret } from "../support/egret.ts"
import { tcpPacket, vxlan } from "../support/packets.ts"
import { freePort } from "../support/ports.ts"
import { requires } from "../support/requires.ts"

const chdb = requires("chdb")
const folder = mkdtempSync(join(tmpdir(), "egret-up-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(chdb.missing)("egret up", () => {
  it("turns mirrored packets into audit rows, findings and events, and on SIGTERM finishes what it has received", async () => {
    const port = await freePort("udp")
    const env = {
      EGRET__SENSOR__CAPTURE__UDP__LISTEN: `127.0.0.1:${port}`,
      EGRET__SENSOR__CAPTURE__UDP__GENEVE_PORT: "-1",
      EGRET__METRICS__LISTEN: "127.0.0.1:0",
      EGRET__API__ENABLED: "false",
      EGRET__LOG__FORMAT: "json",
    }
    const child = startEgret(["up"], { env, cwd: folder })
    let log = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text
    })
    const exited = once(child, "exit")
    try {
      for (const last = Date.now() + 90_000; !log.includes('"msg":"running"'); await sleep(50))
        if (child.exitCode !== null || Date.now() > last) throw new Error(`not running: ${log}`)
      await send(port, [...range(CALLS).flatMap(conversation), ...download()])
      await sleep(300)
      child.kill("SIGTERM")
      expect(await exited).toEqual([0, null])
    } finally {
      child.kill("SIGKILL")
    }
    expect(await ask("SELECT count() AS n FROM llm_calls")).toEqual({ n: CALLS })
    expect(await ask("SELECT count() AS n FROM findings WHERE rule = 'secret/aws-access-key-id'")).toEqual({ n: CALLS })
    expect((await ask("SELECT count() AS n FROM events"))["n"]).toBeGreaterThan(0)
    const kept =
      "SELECT groupUniqArray(lower(hex(SHA256(data)))) = groupUniqArray(sha256) AS whole, any(length(data)) AS bytes FROM file_part"
    expect(await ask(`${kept} WHERE sha256 = (SELECT any(file_sha256) FROM activity WHERE kind = 'file')`)).toEqual({
      whole: 1,
      bytes: SCRIPT.length,
    })
  })
})

/** A script that an agent fetches: its bytes are evidence. */
function download(): Uint8Array[] {
  const up = Buffer.from("GET /tools/install.sh HTTP/1.1\r\nhost: downloads.example.com\r\n\r\n")
  const down = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: text/x-sh\r\ncontent-length: ${SCRIPT.length}\r\n\r\n${SCRIPT}`)
  return exchange({ client: "10.1.0.99", port: 42_000, up, down })
}

/** One call of a model over clear HTTP, from a client of its own, as the mirror sees it. */
function conversation(n: number): Uint8Array[] {
  const clear = ["AK", "IA", "Q3EGRET7X2ZPQ", "WXYZABCDEFGHIJK"[n % 15], "TR"].join("")
  const request = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: `is ${clear} still in use?` }] })
  const answer = JSON.stringify({
    id: `chatcmpl-${n}`,
    object: "chat.completion",
    model: "gpt-4o-mini",
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "No." } }],
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
  })
  const up = Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: api.openai.com\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(request)}\r\n\r\n${request}`,
  )
  const down = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
  )
  return exchange({ client: `10.1.0.${n + 1}`, port: 41_000 + n, up, down })
}

function exchange({ client: from, port, up, down }: { client: string; port: number; up: Buffer; down: Buffer }): Uint8Array[] {
  const client = { from, to: "203.0.113.9", sport: port, dport: 80 }
  const server = { from: client.to, to: client.from, sport: 80, dport: client.sport }
  return [
    tcpPacket({ ...client, seq: 100, flags: "S" }),
    tcpPacket({ ...server, seq: 500, ack: 101, flags: "SA" }),
    tcpPacket({ ...client, seq: 101, ack: 501, flags: "A" }),
    tcpPacket({ ...client, seq: 101, ack: 501, flags: "AP", payload: up }),
    tcpPacket({ ...server, seq: 501, ack: 101 + up.length, flags: "AP", payload: down }),
    tcpPacket({ ...server, seq: 501 + down.length, ack: 101 + up.length, flags: "FA" }),
    tcpPacket({ ...client, seq: 101 + up.length, ack: 502 + down.length, flags: "FA" }),
  ]
}

async function send(port: number, packets: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket("udp4")
  for (const packet of packets) await new Promise((done) => socket.send(vxlan(7, packet), port, "127.0.0.1", done))
  socket.close()
}

async function ask(sql: string): Promise<Record<string, number>> {
  const { stdout, stderr, code } = await egret(["query", sql, "--format", "ndjson", "--data", join(folder, ".egret/store")])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return Object.fromEntries(Object.entries(JSON.parse(stdout) as Record<string, unknown>).map(([key, value]) => [key, Number(value)]))
}

const CALLS = 15
const SCRIPT = "#!/bin/sh\nset -eu\necho installing the pelican tools\n"
