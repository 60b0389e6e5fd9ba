// The first certificate of a chain: who it says it is. OpenSSL reads the ASN.1; what it refuses gives no facts, not an error.
//   TLS 1.2 Certificate = list<0..2^24-1> of cert<1..2^24-1>
//   TLS 1.3 Certificate = context<0..255> list<0..2^24-1> of (cert<1..2^24-1> extensions<0..2^16-1>)     RFC 8446 section 4.4.2
import { createHash, X509Certificate } from "node:crypto"
import { Cursor } from "../cursor.ts"
import type { TlsCertificate } from "../facts.ts"

export function readCertificateMessage(body: Uint8Array, tls13: boolean): TlsCertificate | undefined {
  const cursor = new Cursor(body)
  if (tls13) cursor.skip(cursor.u8())
  cursor.u24()
  const der = cursor.take(cursor.u24())
  return cursor.ok && der.length > 0 ? readCertificate(der) : undefined
}

export function readCertificate(der: Uint8Array): TlsCertificate | undefined {
  try {
    const read = new X509Certificate(der)
    return {
      subject: oneLine(read.subject),
      issuer: oneLine(read.issuer),
      names: namesOf(read.subjectAltName),
      sha256: createHash("sha256").update(der).digest("hex"),
      notBefore: isoOf(read.validFrom),
      notAfter: isoOf(read.validTo),
    }
  } catch {
    return undefined
  }
}

/** "CN=a\nO=b" becomes "CN=a, O=b". A certificate without a subject has undefined here. */
function oneLine(text: string | undefined): string {
  return (text ?? "").split("\n").join(", ").slice(0, MAX_TEXT)
}

function namesOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(", ")
    .flatMap((each) => (each.startsWith("DNS:") ? [each.slice(4)] : each.startsWith("IP Address:") ? [each.slice(11)] : []))
    .slice(0, MAX_NAMES)
}

function isoOf(text: string): string {
  const parsed = Date.parse(text)
  return Number.isNaN(parsed) ? text : new Date(parsed).toISOString()
}

// A certificate of a content network may carry hundreds of names; the first say enough.
const MAX_NAMES = 100
const MAX_TEXT = 1_024
