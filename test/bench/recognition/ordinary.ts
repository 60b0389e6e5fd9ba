// Ordinary exchanges: JSON that real software ships (manifests, schemas, API descriptions, data of our dependencies) as answers and as uploads at
// ordinary addresses, and the exchanges of real captures where they lie beside the checkout.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import type { HttpExchange, WireFact } from "../../../collectors/wire/facts.ts"
import { Wire } from "../../../collectors/wire/wire.ts"
import { exchange } from "../../collectors/extract/facts.ts"
import { chance } from "./samples.ts"

export interface Ordinary {
  readonly corpus: string
  readonly name: string
  readonly fact: HttpExchange
}

export function* shippedJson(root: string): Generator<Ordinary> {
  const random = chance(7)
  for (const { path, body } of documents(join(root, "node_modules"))) {
    const at = PATHS[Math.floor(random() * PATHS.length)] ?? "/"
    const json = [["content-type", "application/json"]] as const
    yield {
      corpus: "JSON of dependencies, as an answer",
      name: path,
      fact: exchange({
        host: "app.example",
        method: "GET",
        path: `${at}/${Math.floor(random() * 1e6)}`,
        response: { headers: json, body },
      }),
    }
    yield {
      corpus: "JSON of dependencies, as an upload",
      name: path,
      fact: exchange({
        host: "app.example",
        path: at,
        request: { headers: json, body },
        response: { headers: json, body: { ok: true, id: 7 } },
      }),
    }
  }
}

/** Whole files, and what lies at their top: APIs answer with such parts. */
function* documents(folder: string): Generator<{ readonly path: string; readonly body: Uint8Array }> {
  for (const path of jsonFiles(folder)) {
    const whole = readFileSync(path)
    yield { path, body: whole }
    let parts: unknown[] = []
    try {
      parts = Object.values(JSON.parse(whole.toString("utf8")) as object)
    } catch {
      continue
    }
    for (const part of parts.filter((one) => typeof one === "object" && one !== null).slice(0, MAX_PARTS))
      yield { path, body: Buffer.from(JSON.stringify(part)) }
  }
}

function* jsonFiles(folder: string): Generator<string> {
  const left = [folder]
  let found = 0
  for (let next = left.pop(); next !== undefined && found < MAX_FILES; next = left.pop()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = join(next, entry.name)
      if (entry.isDirectory()) left.push(path)
      else if (entry.isFile() && entry.name.endsWith(".json") && statSync(path).size < MAX_SIZE && ++found < MAX_FILES) yield path
    }
  }
}

export async function* captured(root: string): AsyncGenerator<Ordinary> {
  const folder = join(root, "../shared/captures")
  if (!existsSync(folder)) return
  for (const path of readdirSync(folder, { recursive: true }) as string[]) {
    if (!/\.pcap(?:ng)?$/.test(path)) continue
    const facts: WireFact[] = []
    const wire = new Wire({
      sink: { fact: (_flow, fact) => facts.push(fact), closed: () => undefined, problem: () => undefined },
      keys: new KeyStore(),
    })
    try {
      for await (const batch of readCaptureFile(join(folder, path), { bytes: 0 })) wire.read(batch)
    } catch {
      continue
    }
    wire.end()
    for (const fact of facts) if (fact.type === "exchange") yield { corpus: "real captures", name: path, fact }
  }
}

const PATHS = [
  "/api/v1/items",
  "/api/search",
  "/data",
  "/graphql",
  "/v1/config",
  "/rest/things",
  "/api/messages",
  "/v2/users",
  "/ws/feed",
  "/api/v1/models",
  "/rpc",
]
const MAX_FILES = 6_000
const MAX_PARTS = 20
const MAX_SIZE = 512 * 1024
