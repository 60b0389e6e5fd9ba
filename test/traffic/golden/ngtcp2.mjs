// HTTP/3 as ngtcp2 with GnuTLS speaks it: the fixed bit greased, datagrams captured before segmentation, every suite, a Retry, early data, key updates.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { facts } from "./facts.mjs"

const suite = (name) => [`--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+${name}`]
/** What the client is told, the length of the answer, of the request's body; `retry`: to the server that asks for a proof of address. */
const cases = [
  { name: "aes256", flags: suite("AES-256-GCM"), length: 20_000 },
  { name: "chacha", flags: suite("CHACHA20-POLY1305"), length: 20_000 },
  { name: "ccm", flags: suite("AES-128-CCM"), length: 20_000 },
  { name: "update", flags: ["--key-update=1ms"], length: 60_000 },
  { name: "retry", flags: [], length: 3_000, retry: true },
  { name: "first", flags: ["--session-file=session", "--tp-file=parameters"], length: 100 },
  { name: "early", flags: ["--session-file=session", "--tp-file=parameters"], length: 3_000, body: 9_000 },
]

export async function ngtcp2({ port, keys, truth, work }) {
  const folder = join(work, "documents")
  mkdirSync(folder, { recursive: true })
  const certificate = [join(work, "key.pem"), join(work, "cert.pem")]
  const servers = [[], ["-V"]].map((flags, index) =>
    spawn("gtlsserver", ["-q", ...flags, "-d", folder, "127.0.0.1", String(port + index), ...certificate], { stdio: "ignore" }),
  )
  await sleep(500)
  for (const { name, flags, length, body = 0, retry = false } of cases) {
    const answer = Buffer.from(Array.from({ length }, (_, at) => 97 + ((at * 7) % 26)))
    const sent = Buffer.alloc(body, `${name} `)
    writeFileSync(join(folder, name), answer)
    writeFileSync(join(work, "sent"), sent)
    const data = body > 0 ? ["-m", "POST", "-d", "sent"] : []
    const url = `https://localhost:${port + Number(retry)}/${name}`
    const arguments_ = [
      "-q",
      "--exit-on-all-streams-close",
      "--timeout=3s",
      ...flags,
      ...data,
      "localhost",
      String(port + Number(retry)),
      url,
    ]
    const client = spawn("gtlsclient", arguments_, { cwd: work, stdio: "ignore", env: { ...process.env, SSLKEYLOGFILE: keys } })
    await once(client, "exit")
    const method = body > 0 ? "POST" : "GET"
    truth.exchanges.push({ version: "3", method, path: `/${name}`, status: 200, request: facts(sent), response: facts(answer) })
  }
  for (const server of servers) server.kill()
}
