// X.509 certificates of our own small authority (RFC 5280), P-256 with SHA-256. node:crypto signs but does not issue, so the structure is written here.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto"
import { isIP } from "node:net"
import { bits, boolean, integer, objectId, octets, sequence, setOf, tagged, time, utf8 } from "./der.ts"

export interface KeyAndCertificate {
  /** PEM. */
  readonly key: string
  readonly certificate: string
}

export interface IssueRequest {
  readonly name: string
  readonly publicKey: KeyObject
  readonly use: "authority" | "server" | "client"
  /** DNS names and addresses, for servers. */
  readonly hosts?: readonly string[]
  readonly days: number
  readonly now: Date
}

export function newKeyPair(): { readonly key: string; readonly publicKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), publicKey }
}

export function newAuthority(name: string, now: Date): KeyAndCertificate {
  const { key, publicKey } = newKeyPair()
  return { key, certificate: issue({ name, publicKey, use: "authority", days: AUTHORITY_DAYS, now }, { key, name }) }
}

/** `authority`: PEM key and the name in its certificate. */
export function issue(request: IssueRequest, authority: { readonly key: string; readonly name: string }): string {
  const spki = request.publicKey.export({ type: "spki", format: "der" })
  const issuerSpki = createPublicKey(createPrivateKey(authority.key)).export({ type: "spki", format: "der" })
  const until = new Date(request.now.getTime() + request.days * DAY_MILLIS)
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    nameOf(authority.name),
    // An hour back: clocks of hosts differ.
    sequence(time(new Date(request.now.getTime() - HOUR_MILLIS)), time(until)),
    nameOf(request.name),
    spki,
    tagged(0xa3, sequence(...extensionsOf(request, spki, issuerSpki))),
  )
  const signature = sign("sha256", body, createPrivateKey(authority.key))
  const der = sequence(body, ECDSA_SHA256, bits(signature))
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}

function extensionsOf({ use, hosts = [] }: IssueRequest, spki: Buffer, issuerSpki: Buffer): Buffer[] {
  const authority = use === "authority"
  // keyCertSign and cRLSign; digitalSignature.
  const usage = authority ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7)
  const found = [
    extension("2.5.29.19", sequence(...(authority ? [boolean(true)] : [])), true),
    extension("2.5.29.15", usage, true),
    extension("2.5.29.14", octets(keyId(spki))),
    extension("2.5.29.35", sequence(tagged(0x80, keyId(issuerSpki)))),
  ]
  if (!authority) found.push(extension("2.5.29.37", sequence(objectId(use === "server" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"))))
  if (hosts.length > 0) found.push(extension("2.5.29.17", sequence(...hosts.map(hostName))))
  return found
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value))
}

function hostName(host: string): Buffer {
  if (isIP(host) === 4) return tagged(0x87, Buffer.from(host.split(".").map(Number)))
  return isIP(host) === 6 ? tagged(0x87, addressBytes(host)) : tagged(0x82, Buffer.from(host, "latin1"))
}

function addressBytes(text: string): Buffer {
  const [head = "", tail] = (text.split("%")[0] ?? "").split("::")
  const words = (part: string) => part.split(":").filter((word) => word !== "")
  const before = words(head)
  const after = tail === undefined ? [] : words(tail)
  const all = [...before, ...new Array(8 - before.length - after.length).fill("0"), ...after]
  return Buffer.from(all.map((word) => word.padStart(4, "0")).join(""), "hex")
}

function nameOf(commonName: string): Buffer {
  return sequence(setOf(sequence(objectId("2.5.4.3"), utf8(commonName))))
}

function keyId(spki: Buffer): Buffer {
  return createHash("sha1").update(spki).digest()
}

const ECDSA_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"))
const AUTHORITY_DAYS = 3_650
const HOUR_MILLIS = 3_600_000
const DAY_MILLIS = 24 * HOUR_MILLIS
