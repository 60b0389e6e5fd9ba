// The oracle: captures that others published, with what tshark says of them. Lies beside the checkout, never in it.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { capturesFolder } from "../support/requires.ts"

export interface TruthBody {
  readonly len: number
  readonly sha256: string
}
export interface TruthStream {
  readonly a: string
  readonly b: string
  readonly packets: number
  readonly a_to_b: { readonly bytes: number; readonly sha256: string }
  readonly b_to_a: { readonly bytes: number; readonly sha256: string }
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
}

export function readTruth(): Truth[] {
  return readFileSync(join(capturesFolder, "truth.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Truth)
}
