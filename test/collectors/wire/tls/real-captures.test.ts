// Hellos of real captures against what tshark says of them; the captures lie beside the checkout, never in it.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { observe } from "../../../differential/observe.ts"
import { capturesFolder, requires } from "../../../support/requires.ts"

interface TlsTruth {
  readonly client_hellos: readonly { readonly sni: string | null; readonly ja3: string; readonly ja4?: string | null }[]
  readonly server_hellos: readonly { readonly ja3s: string; readonly hello_retry_request: boolean }[]
}
interface CaptureTruth {
  readonly file: string
  readonly keyfile: string | null
  readonly streams?: readonly { readonly tls?: TlsTruth }[]
  readonly quic?: readonly { readonly tls?: TlsTruth }[]
}

const need = requires("captures")
const truths = need.missing ? [] : readTruth()

describe.skipIf(need.missing)("TLS and QUIC hellos of real captures", () => {
  it.each(truths)("$file: SNI, JA3, JA4 and JA3S equal tshark's", async ({ file, keyfile, streams, quic }) => {
    const observed = await observe(join(capturesFolder, file), keyfile === null ? undefined : join(capturesFolder, keyfile))
    const facts = observed.envelopes.flatMap((envelope) => (envelope.kind === "tls" ? [envelope.data] : []))
    const seen = new Set(facts.map(({ sni, ja3 }) => `${sni} ${ja3}`))
    const seenJa4 = new Set(facts.map(({ ja4 }) => ja4))
    const seenAnswers = new Set(facts.map(({ ja3s }) => ja3s))
    for (const { tls } of [...(streams ?? []), ...(quic ?? [])]) {
      for (const { sni, ja3, ja4 } of tls?.client_hellos ?? []) {
        expect(seen).toContain(`${sni ?? undefined} ${ja3}`)
        if (typeof ja4 === "string" && ja4 !== "") expect(seenJa4).toContain(ja4)
      }
      for (const { ja3s, hello_retry_request } of tls?.server_hellos ?? []) if (!hello_retry_request) expect(seenAnswers).toContain(ja3s)
    }
  })
})

function readTruth(): CaptureTruth[] {
  const all = readFileSync(join(capturesFolder, "truth.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CaptureTruth)
  return all.filter(({ streams, quic }) => [...(streams ?? []), ...(quic ?? [])].some(({ tls }) => (tls?.client_hellos.length ?? 0) > 0))
}
