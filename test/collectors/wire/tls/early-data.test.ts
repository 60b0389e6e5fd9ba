// 0-RTT and key updates, which node:tls cannot be asked for: openssl s_client and s_server.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freePort } from "../../../support/ports.ts"
import { requires } from "../../../support/requires.ts"
import { playTls } from "../../../support/tls/play-tls.ts"
import { makeCertificate, type RecordedSession, startRecorder } from "../../../support/tls/recorded-session.ts"

const EARLY = "early words of the agent\n"

describe.skipIf(requires("openssl").missing)("TLS 1.3 early data and key updates", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-early-"))
  const file = (name: string) => join(folder, name)
  let certificate: ReturnType<typeof makeCertificate>
  beforeAll(() => {
    certificate = makeCertificate("ec")
    writeFileSync(file("early"), EARLY)
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
    rmSync(certificate.path, { recursive: true })
  })

  it("reads early data that the server took, before the rest of the request", async () => {
    const session = await resume({ server: ["-early_data"], talk: ["then this\n"] })
    const played = playTls(session.events, session.keyLog)
    expect(session.keyLog).toContain("CLIENT_EARLY_TRAFFIC_SECRET")
    expect(played.tls).toMatchObject({ decryption: "full", resumed: true })
    expect(played.plain.client.toString()).toBe(`${EARLY}then this\n`)
    expect(played.plain.server.toString()).toBe("answer\n")
    expect(played.anomalies).toEqual([])
  })

  it("does not report early data that the server refused, and reads what follows", async () => {
    const session = await resume({
      server: ["-early_data"],
      second: ["-early_data", "-anti_replay", "-num_tickets", "1"],
      talk: ["only this\n"],
      refuse: true,
    })
    const played = playTls(session.events, session.keyLog)
    expect(played.plain.client.toString()).toBe("only this\n")
    expect(played.plain.server.toString()).toBe("answer\n")
    expect(played.anomalies).toEqual([])
  })

  it("says what is missing when the log lacks the early secret, and reads the rest", async () => {
    const session = await resume({ server: ["-early_data"], talk: ["then this\n"] })
    const played = playTls(session.events, session.keyLog.replace(/^CLIENT_EARLY.*$/gm, ""))
    expect(played.tls).toMatchObject({ decryption: "partial", reason: "no-key" })
    expect(played.plain.client.toString()).toContain("then this\n")
    expect(played.plain.client.toString()).not.toContain("early words")
    expect(played.anomalies).toEqual([])
  })

  it("follows key updates of both sides", async () => {
    const keyFile = file("update.keys")
    const server = await startServer(["-tls1_3"])
    const recorder = await startRecorder(server.port)
    const client = spawn("openssl", ["s_client", "-connect", `127.0.0.1:${recorder.port}`, "-keylogfile", keyFile])
    const talk = async (text: string) => {
      client.stdin.write(text)
      await waitFor(server.child, text.trim())
    }
    await talk("first\n")
    // "K" alone on a line: update the keys and ask the peer to do the same; "k": only ours.
    client.stdin.write("K\n")
    await waitFor(client, "KEYUPDATE")
    await talk("second\n")
    client.stdin.write("k\n")
    await waitFor(client, "KEYUPDATE")
    await talk("third\n")
    server.child.stdin?.write("answer\n")
    await waitFor(client, "answer")
    const closed = new Promise<void>((resolve) => recorder.onClosed(resolve))
    client.stdin.end()
    await closed
    recorder.close()
    server.child.kill()
    const played = playTls(recorder.events, readFileSync(keyFile, "latin1"))
    expect(played.plain.client.toString()).toBe("first\nsecond\nthird\n")
    expect(played.plain.server.toString()).toBe("answer\n")
    expect(played.tls?.decryption).toBe("full")
    expect(played.anomalies).toEqual([])
  })

  interface Resume {
    readonly server: readonly string[]
    readonly second?: readonly string[]
    readonly talk: readonly string[]
    /** The second server is another process, which knows nothing of the ticket. */
    readonly refuse?: boolean
  }

  async function resume({ server: flags, second = flags, talk, refuse = false }: Resume): Promise<RecordedSession> {
    const session = file("session")
    let server = await startServer(["-tls1_3", ...flags])
    const first = spawn("openssl", ["s_client", "-connect", `127.0.0.1:${server.port}`, "-sess_out", session])
    first.stdin.write("hello\n")
    await waitFor(server.child, "hello")
    await new Promise((resolve) => setTimeout(resolve, 100))
    const left = new Promise((resolve) => first.once("close", resolve))
    first.stdin.end()
    await left
    if (refuse) {
      server.child.kill()
      server = await startServer(["-tls1_3", ...second])
    }
    const recorder = await startRecorder(server.port)
    const keyFile = file("keys")
    rmSync(keyFile, { force: true })
    const client = spawn("openssl", [
      ...["s_client", "-connect", `127.0.0.1:${recorder.port}`, "-sess_in", session, "-early_data", file("early"), "-keylogfile", keyFile],
    ])
    await waitFor(client, /Verify return code[\s\S]*---/)
    for (const text of talk) {
      client.stdin.write(text)
      await waitFor(server.child, text.trim())
    }
    server.child.stdin?.write("answer\n")
    await waitFor(client, "answer")
    const closed = new Promise<void>((resolve) => recorder.onClosed(resolve))
    client.stdin.end()
    await closed
    recorder.close()
    server.child.kill()
    return { events: recorder.events, keyLog: readFileSync(keyFile, "latin1"), sent: { client: Buffer.alloc(0), server: Buffer.alloc(0) } }
  }

  async function startServer(flags: readonly string[]): Promise<{ child: ChildProcess; port: number }> {
    const port = await freePort("tcp")
    const files = ["-key", join(certificate.path, "key.pem"), "-cert", join(certificate.path, "cert.pem")]
    const child = spawn("openssl", ["s_server", "-accept", `127.0.0.1:${port}`, ...files, ...flags])
    await waitFor(child, "ACCEPT")
    return { child, port }
  }
})

const texts = new WeakMap<ChildProcess, { text: string }>()

/** Looks at all that the process has printed since it was last waited for. */
async function waitFor(child: ChildProcess, wanted: string | RegExp): Promise<void> {
  let seen = texts.get(child)
  if (seen === undefined) {
    const made = { text: "" }
    seen = made
    texts.set(child, made)
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes: Buffer) => (made.text += bytes.toString("latin1")))
  }
  const state = seen
  await expect
    .poll(() => (typeof wanted === "string" ? state.text.includes(wanted) : wanted.test(state.text)), { timeout: 10_000, interval: 10 })
    .toBe(true)
  state.text = ""
}
