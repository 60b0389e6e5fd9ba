// Our ICAP client and a real server: c-icap with libclamav, which knows one signature, of ours. It looks for signatures in one place of the machine only, so
// it gets a mount of its own there.
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { sandboxConfig } from "../../../services/contracts/config/sandbox.ts"
import type { Engine, EngineAnswer } from "../../../services/sandbox/engine.ts"
import { openEngine } from "../../../services/sandbox/open-engines.ts"
import { freePort } from "../../support/ports.ts"
import { cIcap, requires } from "../../support/requires.ts"

const need = requires("mount namespace", "c-icap")
const signature = ["PELICAN", "TEST", "SIGNATURE"].join("-")
const never = new AbortController().signal

describe.skipIf(need.missing)("c-icap with ClamAV", () => {
  let folder: string
  let server: ChildProcess
  let engine: Engine
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "egret-c-icap-"))
    const port = await freePort("tcp")
    server = start(folder, port)
    engine = engineAt(port)
    for (let tries = 0; ; tries++) {
      const up = await engine.test(never).then(
        () => true,
        () => false,
      )
      if (up) break
      if (tries > 100 || server.exitCode !== null)
        throw new Error(`c-icap did not start: ${readFileSync(join(folder, "out"), "utf8").slice(-500)}`)
      await sleep(100)
    }
  })
  afterAll(() => {
    server?.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    ["a harmless text", Buffer.from("harmless"), "clean"],
    ["nothing", Buffer.alloc(0), "clean"],
    ["a short file with the signature", Buffer.from(`x ${signature} y`), "malicious"],
    ["three megabytes", randomBytes(3_000_000), "clean"],
    [
      "the signature after two megabytes",
      Buffer.concat([randomBytes(2_000_000), Buffer.from(signature), randomBytes(100_000)]),
      "malicious",
    ],
  ])("judges %s", async (_, bytes, result) => {
    const answer = await submit(engine, bytes)
    expect(answer).toMatchObject({ state: "done", opinion: { result } })
    if (answer.state !== "done") return
    expect(answer.opinion.labels[0]).toMatch(/^istag:CI0001-/)
    if (result === "malicious") expect(answer.opinion.labels).toContain("Egret.Test.Pelican.UNOFFICIAL")
  })

  it("that has no such service is an error, not a clean bill", async () => {
    const other = engineAt(Number(/Port 127\.0\.0\.1:(\d+)/.exec(readFileSync(join(folder, "conf"), "utf8"))?.[1]), "nothing")
    await expect(submit(other, Buffer.from("x"))).rejects.toThrow(/404/)
  })
})

function engineAt(port: number, service = "avscan"): Engine {
  const [config] = sandboxConfig.parse({
    engines: [{ type: "icap", name: "av", host: "127.0.0.1", port, service, timeout: "10s" }],
  }).engines
  if (config === undefined) throw new Error("no engine")
  return openEngine(config)
}

function submit(engine: Engine, bytes: Buffer): Promise<EngineAnswer> {
  const info = {
    subject: "file",
    sha256: "",
    name: "a b.bin",
    kind: "other",
    mediaType: "",
    bytes: bytes.length,
    direction: "inbound",
    whole: true,
  } as const
  return engine.submit({ ...info, files: async () => [], upload: async () => ({ name: "a b.bin", bytes }) }, never)
}

function start(folder: string, port: number): ChildProcess {
  const found = cIcap()
  if (found === undefined) throw new Error("no c-icap")
  const modules = join(found.libraries.split(":")[0] ?? "", "c_icap")
  mkdirSync(join(folder, "tmp"))
  writeFileSync(join(folder, "egret.ndb"), `Egret.Test.Pelican:0:*:${Buffer.from(signature).toString("hex")}\n`)
  const settings: Readonly<Record<string, string | number>> = {
    PidFile: join(folder, "pid"),
    CommandsSocket: join(folder, "ctl"),
    StartServers: 1,
    MaxServers: 1,
    ThreadsPerChild: 4,
    Port: `127.0.0.1:${port}`,
    TmpDir: join(folder, "tmp"),
    ModulesDir: modules,
    ServicesDir: modules,
    TemplateDir: join(found.root, "usr/share/c_icap/templates/"),
    LoadMagicFile: join(found.root, "etc/c-icap/c-icap.magic"),
    ServerLog: join(folder, "log"),
    AccessLog: join(folder, "access"),
    Service: "antivirus virus_scan.so",
    ServiceAlias: "avscan virus_scan?allow204=on&sizelimit=off&mode=simple",
    "virus_scan.ScanFileTypes": "TEXT DATA EXECUTABLE ARCHIVE GRAPHICS DOCUMENT",
    "virus_scan.Allow204Responces": "on",
    "virus_scan.MaxObjectSize": "50M",
    "virus_scan.DefaultEngine": "clamav",
    Module: "common clamav_mod.so",
    "clamav_mod.TmpDir": join(folder, "tmp"),
  }
  writeFileSync(
    join(folder, "conf"),
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(""),
  )
  const script =
    'mount -t tmpfs none /var/lib && mkdir /var/lib/clamav && cp "$1/egret.ndb" /var/lib/clamav && LD_LIBRARY_PATH="$3" exec "$2/usr/bin/c-icap" -N -D -d 1 -f "$1/conf" >"$1/out" 2>&1'
  return spawn("unshare", ["-m", "-p", "--fork", "--kill-child", "sh", "-c", script, "sh", folder, found.root, found.libraries], {
    stdio: "ignore",
  })
}
