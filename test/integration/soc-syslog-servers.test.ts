// What real syslog servers make of our messages: every field where it belongs, hostile text whole and on one line, over UDP, TCP and TLS.
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { cef } from "../../services/soc/formats/lines.ts"
import { requires, syslogNg, which } from "../support/requires.ts"
import { eventRecord, until } from "../support/soc.ts"
import { selfSigned } from "../support/soc-certificate.ts"
import { senderOf } from "../support/soc-destination.ts"

const openssl = requires("openssl")
const servers = [
  { name: "rsyslog", need: requires("rsyslog"), start: startRsyslog },
  { name: "syslog-ng", need: requires("syslog-ng"), start: startSyslogNg },
]

interface Ports {
  readonly udp: number
  readonly tcp: number
  readonly tls: number
}
interface Parsed {
  readonly pri: string
  readonly program: string
  readonly msgid: string
  readonly date: string
  readonly msg: string
}

const records = [
  eventRecord("plain"),
  eventRecord("hostile", { title: 'a|b=c\\ "q" ]', summary: "line\r\nfeed <14>1 - - - - - - forged", destination: "x\u0000y" }),
  eventRecord("foreign", { title: "Schlüssel 鍵 🔑", summary: "ü".repeat(500), severity: "critical" }),
]

for (const { name, need, start } of servers)
  describe.skipIf(need.missing || openssl.missing)(`${name} reads our syslog`, () => {
    let folder: string
    let ports: Ports
    let server: ChildProcess
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), `egret-${name}-`))
      ports = { udp: await freePort(), tcp: await freePort(), tls: await freePort() }
      server = start(folder, ports)
      await sleep(2_000)
      if (server.exitCode !== null) throw new Error(`${name} ended: ${readFileSync(join(folder, "log"), "utf8").slice(-500)}`)
    })
    afterAll(async () => {
      server.kill("SIGKILL")
      await sleep(50)
      rmSync(folder, { recursive: true, force: true })
    })

    it.each(["udp", "tcp", "tls"] as const)("over %s", async (transport) => {
      const out = join(folder, `${transport}.out`)
      const sender = senderOf({
        type: "syslog",
        host: "127.0.0.1",
        port: ports[transport],
        transport,
        ...(transport === "tls" && { tls: { ca: selfSigned().path, serverName: "localhost" } }),
      })
      expect(await sender.send(records)).toMatchObject({ outcome: "delivered" })
      await until(() => existsSync(out) && readFileSync(out, "utf8").trim().split("\n").length >= records.length, 10_000)
      const got = readFileSync(out, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Parsed)
      expect(got.map(({ pri, program, msgid }) => [pri, program, msgid])).toEqual([
        ["131", "egret", "event"],
        ["131", "egret", "event"],
        ["130", "egret", "event"],
      ])
      for (const [index, { msg, date }] of got.entries()) {
        const record = records[index]
        if (record === undefined) throw new Error("more than was sent")
        // As it was sent: control characters are spaces, and nothing else has changed.
        expect(msg.replace(/^\ufeff/, "")).toBe(cef(record, "1.2.3").replaceAll("\u0000", " "))
        expect(new Date(date).getTime()).toBe(1_795_000_000_000)
      }
      await sender.close()
    })
  })

function startRsyslog(folder: string, { udp, tcp, tls }: Ports): ChildProcess {
  const { path, keyPath } = selfSigned()
  const outputs = ["udp", "tcp", "tls"].map(
    (name) => `ruleset(name="${name}") { action(type="omfile" file="${join(folder, `${name}.out`)}" template="json" asyncWriting="off") }`,
  )
  writeFileSync(
    join(folder, "conf"),
    `global(workDirectory="${folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriverCAFile="${path}" defaultNetstreamDriverCertFile="${path}" defaultNetstreamDriverKeyFile="${keyPath}")
module(load="imudp")
module(load="imtcp")
template(name="json" type="list") {
  constant(value="{") property(name="pri" outname="pri" format="jsonf") constant(value=",") property(name="programname" outname="program" format="jsonf")
  constant(value=",") property(name="msgid" outname="msgid" format="jsonf") constant(value=",")
  property(name="timereported" dateFormat="rfc3339" outname="date" format="jsonf") constant(value=",") property(name="msg" outname="msg" format="jsonf") constant(value="}\\n")
}
${outputs.join("\n")}
input(type="imudp" address="127.0.0.1" port="${udp}" ruleset="udp")
input(type="imtcp" address="127.0.0.1" port="${tcp}" ruleset="tcp")
input(type="imtcp" address="127.0.0.1" port="${tls}" ruleset="tls" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
`,
  )
  return run(which("rsyslogd") ?? "rsyslogd", ["-n", "-f", join(folder, "conf"), "-i", join(folder, "pid")], { folder })
}

function startSyslogNg(folder: string, { udp, tcp, tls }: Ports): ChildProcess {
  const found = syslogNg()
  const { path, keyPath } = selfSigned()
  const sources = {
    udp: `syslog(ip("127.0.0.1") port(${udp}) transport("udp"))`,
    tcp: `syslog(ip("127.0.0.1") port(${tcp}) transport("tcp"))`,
    tls: `syslog(ip("127.0.0.1") port(${tls}) transport("tls") tls(key-file("${keyPath}") cert-file("${path}") peer-verify(optional-untrusted)))`,
  }
  const template = "$(format-json pri=$PRI program=$PROGRAM msgid=$MSGID date=$ISODATE msg=$MSG)\\n"
  const logs = Object.entries(sources).map(
    ([name, source]) => `log { source { ${source}; }; destination { file("${join(folder, `${name}.out`)}" template("${template}")); }; };`,
  )
  writeFileSync(
    join(folder, "conf"),
    `@version: 3.38\noptions { log-msg-size(65536); keep-timestamp(yes); time-reopen(1); frac-digits(3); };\n${logs.join("\n")}\n`,
  )
  const args = ["-F", "-f", join(folder, "conf"), "--no-caps", "--stderr", `--module-path=${found?.modules}`]
  const files = ["persist-file", "pidfile", "control"].map((name) => `--${name}=${join(folder, name)}`)
  return run(found?.command ?? "syslog-ng", [...args, ...files], { folder, libraries: found?.libraries ?? "" })
}

function run(command: string, args: readonly string[], { folder, libraries = "" }: { folder: string; libraries?: string }): ChildProcess {
  const env = { ...process.env, ...(libraries !== "" && { LD_LIBRARY_PATH: libraries }) }
  const child = spawn("sh", ["-c", 'exec "$0" "$@" >"$EGRET_LOG" 2>&1', command, ...args], {
    env: { ...env, EGRET_LOG: join(folder, "log") },
    stdio: "ignore",
  })
  return child
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}
