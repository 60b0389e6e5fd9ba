// TLS hellos in one line each, from the oracle and from our rows, so that they can be compared as text.
import { SUITE_NAMES } from "../../collectors/wire/tls/suite-names.ts"
import type { Truth, TruthHellos } from "./truth.ts"

interface TlsRow {
  readonly sni?: string | undefined
  readonly version?: string | undefined
  readonly cipher?: string | undefined
  readonly ja3?: string | undefined
  readonly ja3s?: string | undefined
  readonly ja4?: string | undefined
}

/** The first hello of each connection: later ones are retries and renegotiations of it. tshark 4.0 knows no JA4. */
export function truthClients(truth: Truth): string[] {
  return hellosOf(truth).flatMap(({ client_hellos: [first] = [] }) => (first === undefined ? [] : [`${first.sni ?? ""} ${first.ja3}`]))
}
export function truthFingerprints(truth: Truth): string[] {
  return hellosOf(truth).flatMap(({ client_hellos: [first] = [] }) => (first?.ja4 == null ? [] : [first.ja4]))
}
export function truthServers(truth: Truth): string[] {
  return hellosOf(truth).flatMap(({ server_hellos: hellos = [] }) => {
    const real = hellos.find(({ ja3s }) => ja3s !== null) ?? hellos[0]
    return real === undefined ? [] : [`${real.version} ${real.cipher} ${real.ja3s ?? ""}`]
  })
}

export function ourClients(rows: readonly TlsRow[]): string[] {
  return rows.flatMap(({ sni, ja3 }) => (ja3 === undefined || ja3 === "" ? [] : [`${sni ?? ""} ${ja3}`]))
}
export function ourFingerprints(rows: readonly TlsRow[]): string[] {
  return rows.flatMap(({ ja4 }) => (ja4 === undefined || ja4 === "" ? [] : [ja4]))
}
export function ourServers(rows: readonly TlsRow[]): string[] {
  return rows.flatMap(({ version, cipher, ja3s }) =>
    cipher === undefined || cipher === "" ? [] : [`${versionOf(version)} ${numberOf(cipher)} ${ja3s ?? ""}`],
  )
}

function hellosOf(truth: Truth): TruthHellos[] {
  return [...truth.streams, ...truth.quic].flatMap(({ tls }) => (tls === undefined ? [] : [tls]))
}

function versionOf(name = ""): string {
  const draft = /^TLSv1\.3-draft(\d+)$/.exec(name)?.[1]
  return draft === undefined ? (VERSIONS[name] ?? name) : `0x7f${Number(draft).toString(16).padStart(2, "0")}`
}
function numberOf(cipher: string): string {
  return NUMBERS.get(cipher.replace(/^TLS_/, "")) ?? cipher
}

const NUMBERS = new Map([...SUITE_NAMES.matchAll(/([0-9a-f]{4}) (\S+)/g)].map(([, id = "", name = ""]) => [name, `0x${id}`]))
const VERSIONS: Readonly<Record<string, string>> = {
  SSLv3: "0x0300",
  "TLSv1.0": "0x0301",
  "TLSv1.1": "0x0302",
  "TLSv1.2": "0x0303",
  "TLSv1.3": "0x0304",
  "DTLSv1.0": "0xfeff",
  "DTLSv1.2": "0xfefd",
  "DTLSv1.3": "0xfefc",
}
