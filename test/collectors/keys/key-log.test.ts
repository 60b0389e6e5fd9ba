import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type KeyLogEntry, KeyLogReader, keyLogLine } from "../../../collectors/keys/key-log.ts"

const RANDOM = "ab".repeat(32)
const SECRET = "0f".repeat(32)
const line = `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${SECRET}`

function read(text: string | readonly string[]): { entries: KeyLogEntry[]; counts: KeyLogReader["counts"] } {
  const entries: KeyLogEntry[] = []
  const reader = new KeyLogReader((entry) => entries.push(entry))
  for (const part of typeof text === "string" ? [text] : text) reader.push(Buffer.from(part, "latin1"))
  reader.settle()
  return { entries, counts: reader.counts }
}

describe("KeyLogReader", () => {
  it("reads lines that end in LF, CR or CRLF, and a last line without an end", () => {
    const other = line.replace("CLIENT", "SERVER")
    for (const end of ["\n", "\r", "\r\n"]) {
      const { entries, counts } = read(`# made by a test${end}${end}${line}${end}${other}`)
      expect(entries.map((entry) => entry.label)).toEqual(["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"])
      expect(counts).toMatchObject({ keys: 2, comments: 1, garbage: 0 })
    }
  })

  it("takes hexadecimal of either case and a byte order mark", () => {
    const { entries } = read(`\u00ef\u00bb\u00bf${line.toUpperCase()}\n`)
    expect(entries).toEqual([{ label: "CLIENT_TRAFFIC_SECRET_0", id: RANDOM, secret: new Uint8Array(32).fill(15) }])
  })

  it("refuses exporter secrets, which allow more than decryption", () => {
    const { entries, counts } = read(`EXPORTER_SECRET ${RANDOM} ${SECRET}\nEARLY_EXPORTER_SECRET ${RANDOM} ${SECRET}\n`)
    expect(entries).toEqual([])
    expect(counts.exportersRefused).toBe(2)
  })

  it("skips and counts lines cut short, odd hexadecimal, wrong secret lengths and binary rubbish", () => {
    const { entries, counts } = read(
      [
        line.slice(0, -1),
        line.slice(0, -2),
        "CLIENT_RANDOM",
        "\u0000\u0001\u0002 \u00ff x",
        `CLIENT_RANDOM ${RANDOM} ${SECRET}`,
        `${line} 00`,
        "",
      ].join("\n"),
    )
    expect(entries).toEqual([])
    expect(counts.garbage + counts.unknownLabels).toBe(6)
  })

  it("reads the older RSA lines and the old QUIC names", () => {
    const master = "11".repeat(48)
    const { entries, counts } = read(
      `RSA ${"22".repeat(8)} ${master}\nRSA Session-ID:${"33".repeat(32)} Master-Key:${master}\nQUIC_${line}\nSOMETHING_NEW ${RANDOM} ${SECRET}\n`,
    )
    expect(entries.map(({ label, id }) => [label, id.slice(0, 4)])).toEqual([
      ["RSA", "2222"],
      ["RSA_SESSION_ID", "3333"],
      ["CLIENT_TRAFFIC_SECRET_0", "abab"],
    ])
    expect(counts.unknownLabels).toBe(1)
  })

  it("finds a key line behind the time and level that a tool printed before it", () => {
    expect(read(`2026-11-21T08:00:00Z INF ${line}\n`).entries).toMatchObject([{ label: "CLIENT_TRAFFIC_SECRET_0", id: RANDOM }])
  })

  it("writes what it reads", () => {
    const session = `RSA Session-ID:${"33".repeat(32)} Master-Key:${"11".repeat(48)}`
    for (const text of [line, session]) expect(read(text).entries.map(keyLogLine)).toEqual([`${text}\n`])
  })

  it("throws away a line without end instead of growing, and reads the next one", () => {
    const { entries, counts } = read(["x".repeat(10_000), "y".repeat(10_000), `\n${line}\n`])
    expect(entries).toHaveLength(1)
    expect(counts.garbage).toBe(1)
  })

  it("does not settle on half a line", () => {
    const entries: KeyLogEntry[] = []
    const reader = new KeyLogReader((entry) => entries.push(entry))
    reader.push(Buffer.from(line.slice(0, 100)))
    reader.settle()
    reader.push(Buffer.from(`${line.slice(100)}\n`))
    expect(entries).toHaveLength(1)
  })

  it("reads the same entries however the bytes are cut", () => {
    const text = `# c\r\n${line}\r${line.replace("CLIENT", "SERVER")}\nrubbish\n`
    const whole = read(text)
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length]
        const parts = edges.slice(1).map((edge, at) => text.slice(edges[at], edge))
        expect(read(parts)).toEqual(whole)
      }),
      { numRuns: 100 },
    )
  })

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (parts) => {
        const reader = new KeyLogReader(() => undefined)
        for (const part of parts) reader.push(part)
        reader.settle()
      }),
      { numRuns: 100 },
    )
  })
})
