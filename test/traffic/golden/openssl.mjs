// Every kind of TLS that openssl s_client and s_server speak with each other, on a port each: HTTP/1.0 for a file of its own.
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { facts } from "./facts.mjs"

const weak = ":@SECLEVEL=0"
const tls12 = (cipher, ...more) => ["-tls1_2", "-cipher", cipher + weak, ...more]
const tls13 = (...more) => ["-tls1_3", ...more]
const psk = ["-psk", "00112233445566778899aabbccddeeff"]
/** Flags of both, of the server, of the client; what the client types before its request. */
const cases = {
  "tls10-cbc": { both: ["-tls1", "-cipher", `AES128-SHA${weak}`] },
  "tls11-dhe": { both: ["-tls1_1", "-cipher", `DHE-RSA-AES256-SHA${weak}`] },
  "cbc-mac-then-encrypt": { both: tls12("ECDHE-RSA-AES128-SHA", "-no_etm") },
  "cbc-encrypt-then-mac": { both: tls12("ECDHE-RSA-AES256-SHA384") },
  "rsa-gcm": { both: tls12("AES256-GCM-SHA384") },
  ccm: { both: tls12("AES128-CCM") },
  ccm8: { both: tls12("DHE-RSA-AES256-CCM8") },
  chacha: { both: tls12("ECDHE-RSA-CHACHA20-POLY1305") },
  camellia: { both: tls12("ECDHE-RSA-CAMELLIA256-SHA384") },
  aria: { both: tls12("ECDHE-ARIA128-GCM-SHA256") },
  psk: { both: tls12("PSK-AES128-CBC-SHA256", ...psk), server: ["-nocert"], bare: true },
  "dhe-psk": { both: tls12("DHE-PSK-CHACHA20-POLY1305", ...psk) },
  anonymous: { both: tls12("AECDH-AES256-SHA"), server: ["-nocert"], bare: true },
  renegotiation: {
    both: tls12("ECDHE-RSA-AES128-GCM-SHA256"),
    server: ["-client_renegotiation"],
    client: ["-legacy_renegotiation"],
    typed: "R\n",
  },
  ticket: { both: tls12("ECDHE-RSA-AES256-GCM-SHA384"), resumed: true },
  "session-id": { both: tls12("ECDHE-RSA-AES128-SHA256"), server: ["-no_ticket"], resumed: true },
  "small-records": { both: tls12("AES128-SHA256"), server: ["-split_send_frag", "700", "-max_send_frag", "700"] },
  "client-certificate": { both: tls13(), server: ["-Verify", "1"], certified: true },
  "tls13-chacha": { both: tls13("-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256") },
  "tls13-ccm": { both: tls13("-ciphersuites", "TLS_AES_128_CCM_SHA256") },
  "tls13-ccm8": { both: tls13("-ciphersuites", "TLS_AES_128_CCM_8_SHA256") },
  "tls13-padded": { both: tls13("-record_padding", "512") },
  "hello-retry": { both: tls13(), server: ["-groups", "P-384"], client: ["-groups", "X25519:P-384"] },
  "key-update": { both: tls13(), typed: "K\nk\nK\n" },
  "tls13-psk": { both: tls13(...psk) },
  "tls13-resumed": { both: tls13(), resumed: true },
}

export async function openssl({ port, keys, truth, work }) {
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=golden.test"]
  execFileSync("openssl", [...request, "-keyout", "rsa-key.pem", "-out", "rsa-cert.pem"], { cwd: work, stdio: "ignore" })
  const all = Object.entries(cases)
  // A few at a time: keys that come late must still find the first of them.
  for (let from = 0; from < all.length; from += AT_ONCE)
    await Promise.all(
      all.slice(from, from + AT_ONCE).map(([name, plan], index) => one(name, plan, { port: port + from + index, keys, truth, work })),
    )
}

async function one(name, plan, { port, keys, truth, work }) {
  const body = Buffer.from(`${name} `.repeat(400))
  const head = `HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`
  writeFileSync(join(work, name), Buffer.concat([Buffer.from(head), body]))
  const { both = [], server = [], client = [], certified = false, bare = false } = plan
  const certificate = ["-cert", "rsa-cert.pem", "-key", "rsa-key.pem"]
  const serving = start(work, ["s_server", "-accept", String(port), "-HTTP", ...(bare ? [] : certificate), ...both, ...server])
  await sleep(1_500)
  const asking = ["s_client", "-connect", `127.0.0.1:${port}`, "-keylogfile", keys, "-legacy_server_connect", ...both, ...client]
  if (certified) asking.push(...certificate)
  if (!bare) asking.push("-servername", "golden.test")
  const session = join(work, `${name}.session`)
  for (const more of plan.resumed
    ? [
        ["-sess_out", session],
        ["-sess_in", session],
      ]
    : [[]]) {
    const answered = await ask(work, [...asking, ...more], { path: `/${name}`, typed: plan.typed ?? "" })
    if (!answered) throw new Error(`${name}: no answer`)
    const [request, response] = [facts(Buffer.alloc(0)), facts(body)]
    truth.exchanges.push({ version: "1.0", method: "GET", path: `/${name}`, status: 200, request, response })
  }
  serving.kill("SIGTERM")
  await once(serving, "exit")
}

const AT_ONCE = 6

/** Commands to s_client are single letters at the start of a line, each read for itself. */
async function ask(work, args, { path, typed }) {
  const client = start(work, args)
  let seen = ""
  client.stdout.setEncoding("latin1").on("data", (text) => (seen += text))
  await sleep(400)
  for (const line of typed.match(/.*\n/g) ?? []) {
    client.stdin.write(line)
    await sleep(700)
  }
  client.stdin.write(`GET ${path} HTTP/1.0\r\n\r\n`)
  const gone = once(client, "exit")
  for (let round = 0; round < 100 && !seen.includes("HTTP/1.0 200 OK"); round++) await Promise.race([gone, sleep(50)])
  // The rest of the answer, tickets, and the goodbye.
  await Promise.race([gone, sleep(250)])
  client.stdin.end("Q\n")
  await Promise.race([gone, sleep(250)])
  client.kill("SIGTERM")
  return seen.includes("HTTP/1.0 200 OK")
}

function start(work, args) {
  const child = spawn("openssl", args, { cwd: work, stdio: ["pipe", "pipe", "ignore"] })
  child.stdin.on("error", () => undefined)
  child.stdout.resume()
  return child
}
