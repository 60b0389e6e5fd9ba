// An ICAP server as RFC 3507 describes one: OPTIONS, previews with 100 Continue, 204, changed and refused requests, and each of its bad days.

import type { AddressInfo } from "node:net"
import { createServer, type Socket } from "node:net"
import { dechunk } from "../../../services/sandbox/engines/icap-message.ts"

export interface IcapDay {
  readonly preview?: number
  readonly allow204?: boolean
  readonly methods?: string
  /** Bytes of an answer that are written at once; 0: all. */
  readonly slice?: number
  readonly status?: number
  readonly breakOff?: boolean
}

export async function openIcap(day: IcapDay = {}) {
  const got: { body: Buffer; previewed: boolean; continued: boolean }[] = []
  let optionsAsked = 0
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    let body: Buffer = Buffer.alloc(0)
    let head: string | undefined
    let continued = false
    socket.on("error", () => socket.destroy())
    socket.on("data", (data) => {
      bytes = Buffer.concat([bytes, data])
      if (head === undefined) {
        const end = bytes.indexOf("\r\n\r\n")
        if (end < 0) return
        head = bytes.subarray(0, end).toString("latin1")
        bytes = bytes.subarray(end + 4)
        if (head.startsWith("OPTIONS ")) {
          optionsAsked++
          return write(
            socket,
            day.status === 404
              ? "ICAP/1.0 404 Service Not Found\r\nEncapsulated: null-body=0\r\n\r\n"
              : `ICAP/1.0 200 OK\r\nMethods: ${day.methods ?? "REQMOD"}\r\nISTag: "sigs-2026-11-21"\r\nOptions-TTL: 60\r\n${day.preview === undefined ? "" : `Preview: ${day.preview}\r\n`}${
                  day.allow204 === false ? "" : "Allow: 204\r\n"
                }Encapsulated: null-body=0\r\n\r\n`,
            day,
          )
        }
        const offset = Number(/req-body=(\d+)/.exec(head)?.[1] ?? "0")
        bytes = bytes.subarray(offset)
      }
      // Never more than the preview before it was asked for.
      const whole = dechunk(bytes)
      if (whole === undefined || whole === "broken") return
      const ended = /\r?\n?0; ieof\r\n\r\n$/.test(bytes.toString("latin1"))
      body = Buffer.concat([body, whole])
      bytes = Buffer.alloc(0)
      const previewed = /\r\nPreview: /i.test(head)
      if (previewed && !ended && !continued) {
        continued = true
        socket.write("ICAP/1.0 100 Continue\r\n\r\n")
        return
      }
      got.push({ body, previewed, continued })
      write(socket, answer(body, day), day)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    got,
    options: () => optionsAsked,
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function answer(body: Buffer, { status, allow204 }: IcapDay): string {
  if (status !== undefined) return `ICAP/1.0 ${status} No\r\nISTag: "t"\r\nEncapsulated: null-body=0\r\n\r\n`
  const text = body.toString("latin1")
  const page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n"
  const html = "<html>blocked</html>"
  const refused = (more: string): string =>
    `ICAP/1.0 200 OK\r\nISTag: "sigs-2026-11-21"\r\n${more}Encapsulated: res-hdr=0, res-body=${page.length}\r\n\r\n${page}${html.length.toString(16)}\r\n${html}\r\n0\r\n\r\n`
  if (text.includes("virus")) return refused("X-Infection-Found: Type=0; Resolution=2; Threat=Test.Skill.A;\r\n")
  if (text.includes("policy")) return refused("")
  const request = "POST http://egret.invalid/x HTTP/1.1\r\nHost: egret.invalid\r\n\r\n"
  const back = text.includes("macro") ? body.subarray(0, 3) : body
  if (allow204 === false || back !== body) {
    return `ICAP/1.0 200 OK\r\nISTag: "sigs-2026-11-21"\r\nEncapsulated: req-hdr=0, req-body=${request.length}\r\n\r\n${request}${back.length.toString(16)}\r\n${back.toString("latin1")}\r\n0\r\n\r\n`
  }
  return 'ICAP/1.0 204 No Content\r\nISTag: "sigs-2026-11-21"\r\nEncapsulated: null-body=0\r\n\r\n'
}

function write(socket: Socket, text: string, { slice = 0, breakOff }: IcapDay): void {
  const bytes = Buffer.from(text, "latin1")
  if (breakOff === true) return void socket.end(bytes.subarray(0, bytes.length - 9))
  if (slice === 0) return void socket.write(bytes)
  void (async () => {
    for (let at = 0; at < bytes.length; at += slice) {
      socket.write(bytes.subarray(at, at + slice))
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
}
