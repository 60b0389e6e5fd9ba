// The oracle: captures that others published, with what tshark says of them. Lies beside the checkout, never in it.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { capturesFolder } from "../support/requires.ts"

export interface TruthBody {
  readonly len: number
  readonly sha256: string
}
export interface TruthBytes {
  readonly bytes: number
  readonly sha256: string
  readonly gap_bytes?: number
}
export interface TruthHellos {
  readonly client_hellos?: readonly {
    readonly sni: string | null
    readonly alpn_offered: readonly string[]
    readonly ja3: string
    readonly ja4: string | null
  }[]
  readonly server_hellos?: readonly { readonly version: string; readonly cipher: string; readonly ja3s: string | null }[]
  readonly alpn?: string
}
export interface TruthStream {
  readonly a: string
  readonly b: string
  readonly packets: number
  readonly a_to_b: TruthBytes
  readonly b_to_a: TruthBytes
  readonly syn?: boolean
  readonly tls?: TruthHellos
  /** What was inside TLS, decrypted. */
  readonly tls_plain?: { readonly a_to_b: TruthBytes; readonly b_to_a: TruthBytes } | null
}
export interface Truth {
  readonly file: string
  readonly confidence: "agreed" | "adjudicated" | "weak"
  readonly keyfile: string | null
  readonly packets: number
  readonly http_requests: readonly {
    readonly method: string
    readonly host: string | null
    readonly uri: string
    readonly body: TruthBody | null
  }[]
  readonly http_responses: readonly { readonly status: number; readonly body: TruthBody | null }[]
  readonly sni: readonly string[]
  readonly dns: readonly string[]
  readonly websocket: readonly { readonly opcode: number; readonly text: string | null }[]
  readonly streams: readonly TruthStream[]
  readonly quic: readonly { readonly version: string; readonly tls?: TruthHellos }[]
}

export function readTruth(): Truth[] {
  return readFileSync(join(capturesFolder, "truth.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Truth)
}
