import { execFile } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { request } from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer } from "node:tls"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { enrol, readProfiles } from "../../../collectors/keys/enrolment.ts"
import { KeyAuthority } from "../../../collectors/keys/key-authority.ts"
import { KeyPusher } from "../../../collectors/keys/key-pusher.ts"
import { keyLogEnvironment, runWithKeys, whatCannotBeLogged } from "../../../collectors/keys/key-run.ts"
import { type KeyServer, startKeyServer } from "../../../collectors/keys/key-server.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import { requires } from "../../support/requires.ts"
import { TlsPlayer } from "../../support/tls/play-tls.ts"
import { startRecorder } from "../../support/tls/recorded-session.ts"

const RANDOM = "cd".repeat(32)
const LINE = `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${"0e".repeat(32)}\n`
const TOKEN = "enrolment token of this test"

describe.skipIf(requires("openssl").missing)("keys pushed to a sensor", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-push-"))
  const profiles = join(folder, "profiles")
  const store = new KeyStore()
  let authority: KeyAuthority
  let server: KeyServer
  let url = ""
  beforeAll(async () => {
    authority = await KeyAuthority.open(join(folder, "authority"), ["sensor.test"])
    server = await startKeyServer({ listen: { host: "127.0.0.1", port: 0 }, authority, token: TOKEN, onKey: (entry) => store.add(entry) })
    url = `https://127.0.0.1:${server.port}`
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })
  const enrolled = async () => {
    await enrol({ url, token: TOKEN, fingerprint: authority.fingerprint, name: "host-1", folder: profiles })
    return await readProfiles(profiles, [url])
  }
  const post = (path: string, body: string, more: object = {}) =>
    new Promise<number>((resolve, reject) => {
      const asking = request(new URL(path, url), { method: "POST", ca: authority.certificate, ...more }, (answer) => {
        answer.resume()
        answer.on("end", () => resolve(answer.statusCode ?? 0))
      })
      asking.on("error", reject)
      asking.end(body)
    })

  it("keeps its authority over restarts, readable by nobody else, and names every host in the server's certificate", async () => {
    const again = await KeyAuthority.open(join(folder, "authority"), [])
    expect(again.fingerprint).toBe(authority.fingerprint)
    expect(statSync(join(folder, "authority", "ca.key")).mode & 0o777).toBe(0o600)
    const certificate = new X509Certificate(authority.serverCertificate().certificate)
    for (const name of ["sensor.test", "localhost"]) expect(certificate.checkHost(name)).toBe(name)
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1")
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true)
  })

  it("makes certificates that OpenSSL verifies", async () => {
    const [access] = await enrolled()
    writeFileSync(join(folder, "client.pem"), access?.certificate ?? "")
    const args = [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslclient",
      "-CAfile",
      join(folder, "authority", "ca.pem"),
      join(folder, "client.pem"),
    ]
    expect((await promisify(execFile)("openssl", args)).stdout).toContain("OK")
  })

  it("takes keys from an enrolled host over mutual TLS, exporter secrets left at home", async () => {
    const pusher = new KeyPusher({ sensors: await enrolled(), onProblem: () => undefined })
    const source = pusher.newSource()
    source(Buffer.from(`${LINE.slice(0, 50)}`))
    source(Buffer.from(`${LINE.slice(50)}EXPORTER_SECRET ${RANDOM} ${"0e".repeat(32)}\n`))
    await pusher.close()
    expect(pusher).toMatchObject({ sent: 1, dropped: 0 })
    expect(store.find("CLIENT_TRAFFIC_SECRET_0", RANDOM)).toEqual(new Uint8Array(32).fill(14))
    expect(server.counts).toMatchObject({ exportersRefused: 0 })
    expect(statSync(join(profiles, readdirSync(profiles)[0] ?? "")).mode & 0o777).toBe(0o600)
  })

  it("takes the token instead, refuses who has neither, and a certificate of another authority", async () => {
    const other = await KeyAuthority.open(join(folder, "other"), [])
    const foreign = other.serverCertificate()
    expect(await post("/v1/keys", LINE, { headers: { authorization: `Bearer ${TOKEN}` } })).toBe(200)
    // More than once: a resumed session must not pass for a certificate.
    for (let again = 0; again < 3; again++) expect(await post("/v1/keys", LINE)).toBe(401)
    expect(await post("/v1/keys", LINE, { headers: { authorization: "Bearer wrong" } })).toBe(401)
    expect(await post("/v1/keys", LINE, { key: foreign.key, cert: foreign.certificate })).toBe(401)
    expect(await post("/v1/other", LINE)).toBe(404)
  })

  it("refuses a body without end", async () => {
    const status = await post("/v1/keys", "x".repeat(5_000_000), { headers: { authorization: `Bearer ${TOKEN}` } }).catch(() => 413)
    expect(status).toBe(413)
  })

  it("does not show the token to a sensor with another fingerprint", async () => {
    const asked = enrol({ url, token: TOKEN, fingerprint: "00".repeat(32), name: "host-1", folder: profiles })
    await expect(asked).rejects.toMatchObject({ name: "ConfigError", path: "--fingerprint", got: authority.fingerprint })
    await expect(enrol({ url, token: "wrong", fingerprint: authority.fingerprint, name: "h", folder: profiles })).rejects.toThrow(/401/)
    await expect(readProfiles(join(folder, "none"), [])).rejects.toMatchObject({ name: "ConfigError" })
  })

  it("sends again what a sensor that was away has missed", async () => {
    const [access] = await enrolled()
    if (access === undefined) throw new Error("enrolled")
    const problems: string[] = []
    const away = await startKeyServer({ listen: { host: "127.0.0.1", port: 0 }, authority, token: undefined, onKey: () => undefined })
    await away.close()
    const pusher = new KeyPusher({
      sensors: [{ ...access, url: `https://127.0.0.1:${away.port}` }],
      onProblem: (text) => problems.push(text),
    })
    pusher.newSource()(Buffer.from(LINE))
    await expect.poll(() => problems.length).toBe(1)
    const back = await startKeyServer({
      listen: { host: "127.0.0.1", port: away.port },
      authority,
      token: undefined,
      onKey: () => undefined,
    })
    await pusher.close()
    expect(back.counts.keys).toBe(1)
    await back.close()
  })

  // Node writes its key log in the background: what calls process.exit at once may lose its last lines, so this agent ends by itself.
  const clients: readonly (readonly ["node" | "python3" | "curl", (port: number) => string[]])[] = [
    [
      "node",
      (port) => [
        process.execPath,
        "-e",
        `fetch("https://127.0.0.1:${port}/agent").then((r) => r.text()).then((t) => { process.exitCode = t === "done" ? 7 : 1 })`,
      ],
    ],
    [
      "python3",
      (port) => [
        "python3",
        "-c",
        `import ssl,sys,urllib.request as u
c=ssl.create_default_context();c.check_hostname=False;c.verify_mode=ssl.CERT_NONE
sys.exit(7 if u.urlopen("https://127.0.0.1:${port}/agent",context=c).read()==b"done" else 1)`,
      ],
    ],
    ["curl", (port) => ["sh", "-c", `[ "$(curl -sk https://127.0.0.1:${port}/agent)" = done ] && exit 7`]],
  ]
  it.each(clients)(
    "runs a real %s with key logging on, and its traffic decrypts with what arrives at the sensor",
    async (name, command) => {
      if (name !== "node" && requires(name).missing) return
      const mine = authority.serverCertificate()
      const website = createServer({ key: mine.key, cert: mine.certificate }, (socket) => {
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone"))
        socket.on("error", () => undefined)
      })
      await new Promise<void>((resolve) => website.listen(0, "127.0.0.1", resolve))
      const recorder = await startRecorder((website.address() as AddressInfo).port)
      const pusher = new KeyPusher({ sensors: await enrolled(), onProblem: () => undefined })
      const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0" }
      expect(await runWithKeys({ command: command(recorder.port), env, onBytes: pusher.newSource() })).toBe(7)
      await pusher.close()
      expect(pusher.counts.keys).toBeGreaterThan(0)
      await expect.poll(() => recorder.events.filter((event) => event.type === "end").length).toBe(2)
      recorder.close()
      website.close()
      const player = new TlsPlayer({ keys: store }).play(recorder.events)
      expect(player.result.tls).toMatchObject({ decryption: "full", version: "TLSv1.3" })
      expect(player.result.plain.client.toString()).toContain("GET /agent HTTP/1.1")
      expect(player.result.plain.server.toString()).toMatch(/done$/)
    },
  )

  it("adds to options that the agent has already, and leaves no folder behind", async () => {
    const env = keyLogEnvironment(
      { NODE_OPTIONS: "--max-old-space-size=100", PATH: "/bin", EMPTY: undefined },
      "/run/keys",
      "/opt/agent.jar",
    )
    expect(env).toEqual({
      NODE_OPTIONS: "--max-old-space-size=100 --tls-keylog=/run/keys",
      BUN_OPTIONS: "--tls-keylog=/run/keys",
      JAVA_TOOL_OPTIONS: "-javaagent:/opt/agent.jar=/run/keys",
      SSLKEYLOGFILE: "/run/keys",
      PATH: "/bin",
    })
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("egret-keys-")).length
    await expect(runWithKeys({ command: ["/nowhere/at-all"], env: {}, onBytes: () => undefined })).rejects.toMatchObject({
      name: "ConfigError",
    })
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("egret-keys-")).length).toBeLessThanOrEqual(before)
  })

  it("says which runtimes cannot log", async () => {
    const go = join(folder, "agent")
    writeFileSync(go, `\x7fELF${"\0".repeat(200)}Go build ID: "abc"`)
    expect(await whatCannotBeLogged([go], "")).toMatch(/Go program/)
    expect(await whatCannotBeLogged(["bun", "run"], "")).toMatch(/fetch/)
    expect(await whatCannotBeLogged(["java", "-jar"], "")).toMatch(/--java-agent/)
    expect(await whatCannotBeLogged(["java", "-jar"], "", "/a.jar")).toBeUndefined()
    expect(await whatCannotBeLogged([process.execPath], "")).toBeUndefined()
  })
})
