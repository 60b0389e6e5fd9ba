// `egret respond reset` on a real interface: what the signed list names is cut off on both sides, what it does not name goes on, and a forged list changes nothing.
// Only ever on loopback, at addresses of this test's own.
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { DenyListFile } from "../../services/respond/deny-list.ts"
import { startEgret } from "../support/egret.ts"
import { requires } from "../support/requires.ts"

const DENIED = "127.83.0.9"
const FREE = "127.83.0.10"
const HOUR = 3_600_000

describe.skipIf(requires("pcap", "root").missing)("resetting connections", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-reset-"))
  const list = new DenyListFile(folder, Date.now)
  const entry = (kind: "ip" | "host", value: string) => ({ kind, value, id: "r-1", reason: "test", until: Date.now() + HOUR })
  let child: ChildProcess
  let log = ""
  let servers: Server[]
  let accepted: Socket[] = []
  beforeAll(async () => {
    servers = await Promise.all([DENIED, FREE].map(echoAt))
    await list.read()
    writeFileSync(join(folder, "key.pem"), list.publicKey())
    child = startEgret(["respond", "reset", "--device", "lo", "--list", join(folder, "deny-list.json"), "--key", join(folder, "key.pem")], {
      env: { EGRET__METRICS__ENABLED: "false", EGRET__LOG__FORMAT: "json" },
    })
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text
    })
    await until(() => log.includes('"msg":"running"'))
  })
  afterAll(async () => {
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    expect(await ended).toEqual([0, null])
    for (const server of servers) server.close()
    for (const socket of accepted) socket.destroy()
    rmSync(folder, { recursive: true })
  })

  it("ends an open connection to a denied address on both sides, and leaves others alone", async () => {
    const [cut, free] = await Promise.all([open(DENIED), open(FREE)])
    expect(await echo(cut)).toBe("hello")
    const endings = [ending(cut), ...accepted.filter(({ localAddress }) => localAddress === DENIED).map(ending)]
    await list.put(entry("ip", DENIED))
    await until(() => log.includes('"version":2'))
    await sayUntilCut(cut, "more")
    expect(await Promise.all(endings)).toEqual(["ECONNRESET", "ECONNRESET"])
    expect(await echo(free)).toBe("hello")
    free.destroy()
    await until(() => log.includes("a connection was reset"))
  })

  it("refuses a new connection to it, until the entry is taken off the list", async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const socket = await open(DENIED).catch(() => undefined)
      if (socket !== undefined) await sayUntilCut(socket, "hello")
    }
    await list.remove(entry("ip", DENIED))
    await until(() => log.includes('"version":3'))
    await expect.poll(() => open(DENIED).then(echo), { timeout: PATIENCE }).toBe("hello")
  })

  it("cuts off a request that names a denied host, whatever its address", async () => {
    await list.put(entry("host", "bad.example"))
    await until(() => log.includes('"version":4'))
    const socket = await open(FREE)
    const ended = ending(socket)
    await sayUntilCut(socket, "GET / HTTP/1.1\r\nHost: api.bad.example\r\n\r\n")
    expect(await ended).toBe("ECONNRESET")
    const other = await open(FREE)
    other.write("GET / HTTP/1.1\r\nHost: good.example\r\n\r\n")
    expect(await echo(other)).toContain("hello")
    other.destroy()
  })

  it("keeps to the last list when another is put in its place that nobody signed, and says so", async () => {
    writeFileSync(
      join(folder, "deny-list.json"),
      JSON.stringify({ ...(await list.read()), payload: '{"v":1,"version":99,"issuedAt":0,"entries":[]}' }),
    )
    await until(() => log.includes("the signature does not fit"))
    expect(child.exitCode).toBeNull()
  })

  async function echoAt(host: string): Promise<Server> {
    const server = createServer((socket) => {
      accepted = [...accepted, socket]
      socket.on("error", () => undefined).pipe(socket)
    }).listen(0, host)
    await once(server, "listening")
    return server
  }

  async function open(host: string): Promise<Socket> {
    const server = servers.find((each) => addressOf(each).address === host)
    const socket = connect({ host, port: server === undefined ? 0 : addressOf(server).port })
    socket.on("error", () => undefined)
    await once(socket, "connect")
    return socket
  }
})

function addressOf(server: Server): { address: string; port: number } {
  return server.address() as { address: string; port: number }
}

async function echo(socket: Socket): Promise<string> {
  socket.write("hello")
  const [data] = (await once(socket, "data")) as [Buffer]
  return data.toString()
}

/** A reset answers a packet, so something must be said; the first words may still get through. */
async function sayUntilCut(socket: Socket, words: string): Promise<void> {
  for (const last = Date.now() + PATIENCE; !socket.destroyed; await sleep(50)) {
    if (Date.now() > last) throw new Error("never cut off")
    socket.write(words)
  }
}

function ending(socket: Socket): Promise<string | undefined> {
  return new Promise((done) => {
    socket.on("error", ({ code }: NodeJS.ErrnoException) => done(code))
    socket.on("close", () => done(undefined))
  })
}

async function until(met: () => boolean): Promise<void> {
  for (const last = Date.now() + PATIENCE; !met(); await sleep(20)) if (Date.now() > last) throw new Error("waited in vain")
}

const PATIENCE = 60_000
