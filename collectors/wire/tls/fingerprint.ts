// JA3 and JA3S (MD5 of the hello's numbers in order), and JA4 of the client (sorted, so that shuffled extensions give one value). The other members
// of the JA4 family are under a licence that we cannot take.
import { createHash } from "node:crypto"
import { type ClientHello, newestVersion } from "./client-hello.ts"
import { EXTENSION, isGrease } from "./extensions.ts"
import type { ServerHello } from "./server-hello.ts"

export function ja3(hello: ClientHello): string {
  const lists = [hello.ciphers, hello.extensions.map((each) => each.type), hello.groups, hello.pointFormats]
  const text = [String(hello.version), ...lists.map((list) => list.filter((value) => !isGrease(value)).join("-"))].join(",")
  return md5(text)
}

export function ja3s(hello: ServerHello): string {
  return md5([hello.legacyVersion, hello.cipher, hello.extensions.map((each) => each.type).join("-")].join(","))
}

/** `transport`: t for TCP, q for QUIC, d for DTLS. */
export function ja4(hello: ClientHello, transport: "t" | "q" | "d"): string {
  const ciphers = hello.ciphers.filter((id) => !isGrease(id))
  const types = hello.extensions.map((each) => each.type).filter((type) => !isGrease(type))
  const named = types.includes(EXTENSION.serverName) ? "d" : "i"
  const head = `${transport}${JA4_VERSIONS[newestVersion(hello)] ?? "00"}${named}${count(ciphers.length)}${count(types.length)}${alpnMark(hello.alpn[0])}`
  const sorted = types.filter((type) => type !== EXTENSION.serverName && type !== EXTENSION.alpn).map(hex4)
  const algorithms = hello.signatureAlgorithms.filter((id) => !isGrease(id)).map(hex4)
  const tail = sorted.sort().join(",") + (algorithms.length > 0 ? `_${algorithms.join(",")}` : "")
  return `${head}_${sha12(ciphers.map(hex4).sort().join(","))}_${types.length === 0 ? EMPTY : sha12(tail)}`
}

/** First and last character of the first ALPN, of its hexadecimal when it is not of letters and digits. */
function alpnMark(first: string | undefined): string {
  if (first === undefined || first === "") return "00"
  const ends = first.charAt(0) + first.charAt(first.length - 1)
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends
  const raw = Buffer.from(
    first.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    "latin1",
  ).toString("hex")
  return raw.charAt(0) + raw.charAt(raw.length - 1)
}

function count(value: number): string {
  return String(Math.min(value, 99)).padStart(2, "0")
}
function hex4(value: number): string {
  return value.toString(16).padStart(4, "0")
}
function md5(text: string): string {
  return createHash("md5").update(text).digest("hex")
}
function sha12(text: string): string {
  return text === "" ? EMPTY : createHash("sha256").update(text).digest("hex").slice(0, 12)
}

const EMPTY = "000000000000"
const JA4_VERSIONS: Readonly<Record<number, string>> = {
  2: "s2",
  768: "s3",
  769: "10",
  770: "11",
  771: "12",
  772: "13",
  65279: "d1",
  65277: "d2",
  65276: "d3",
}
