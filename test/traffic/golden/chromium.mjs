// Chromium against servers on loopback: HTTP/2 with WebSocket over it (extended CONNECT) and server-sent events, or HTTP/3.
import { spawn } from "node:child_process"
import { createHash, X509Certificate } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { WebSocket } from "ws"
import { facts } from "./facts.mjs"

/** Asks for one of each kind, and says at last that it is done. */
export const page = (webSocket) => `<!doctype html><title>golden</title><script>
const events = () => new Promise((resolve) => {
  const source = new EventSource("/browser/events?source")
  source.addEventListener("delta", (event) => { if (event.lastEventId === "11") { source.close(); resolve() } })
})
const socket = () => new Promise((resolve) => {
  const socket = new WebSocket("wss://" + location.host + "/browser/chat", "mcp")
  const send = ["", "hello", "x".repeat(126), "\\u{1f9a9}".repeat(9000), new Uint8Array(300)]
  socket.onopen = () => socket.send(send.shift())
  socket.onmessage = () => (send.length > 0 ? socket.send(send.shift()) : socket.close(1000, "done"))
  socket.onclose = resolve
})
const ask = async () => {
  await Promise.all(["identity", "gzip", "missing"].map((kind) => fetch("/browser/" + kind + "?n=1").then((answer) => answer.text())))
  ${webSocket ? "await events()" : 'await (await fetch("/browser/events?fetch")).text()'}
  for (const size of [1, 900, 20000]) await (await fetch("/browser/identity?size=" + size, { method: "POST", body: "y".repeat(size) })).text()
  ${webSocket ? "await socket()" : ""}
  await fetch("/browser/done")
}
ask()
</script>`

/** Until `done` is told. `flags` beside those that make it quiet. */
export async function browse(url, { done, flags = [] }) {
  const profile = mkdtempSync(join(tmpdir(), "egret-chromium-"))
  const quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
  const child = spawn("chromium", [...quiet, `--user-data-dir=${profile}`, ...flags, url], { stdio: "ignore" })
  const gone = once(child, "exit")
  await Promise.race([done, sleep(60_000)])
  await sleep(500)
  child.kill("SIGTERM")
  await gone
  await sleep(300)
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
}

/** WebSocket over a stream of HTTP/2 (RFC 8441): echoes. */
export function echoOverConnect(server, truth) {
  server.on("connect", ({ stream }) => {
    stream.respond({ ":status": 200, "sec-websocket-protocol": "mcp" })
    const socket = new WebSocket(null, undefined, {})
    stream.setNoDelay = () => stream
    socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 1 << 20, allowSynchronousEvents: true, skipUTF8Validation: false })
    socket.on("message", (data, binary) => {
      for (const side of ["client", "server"]) truth.messages.push({ side, opcode: binary ? "binary" : "text", ...facts(data) })
      socket.send(data, { binary })
    })
  })
}

/** What Chromium wants to know of a certificate that nobody signed. */
export function spkiOf(certificate) {
  const key = new X509Certificate(readFileSync(certificate)).publicKey.export({ type: "spki", format: "der" })
  return createHash("sha256").update(key).digest("base64")
}
