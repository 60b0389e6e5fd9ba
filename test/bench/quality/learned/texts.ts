// What the learned model is trained on: the project's own texts (test/bench/quality/training and the older rounds), and, as what honest text reads like,
// documents of the installed dependencies. Other documents of the dependencies are kept for its thresholds.
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Group } from "../../../../detectors/injection/learned/model.ts"
import { groupOf } from "../../../../detectors/injection/learned/verdict.ts"
import type { Place } from "../../../../services/contracts/inspection.ts"
import { labelledSamples, type SetName } from "../corpora.ts"

export interface Example {
  readonly author: string
  readonly attack: boolean
  readonly group: Group
  readonly kind: string
  readonly text: string
}

/** Everything committed that the weights are made of. Round 3 and the evaluation rounds after it are never among it. */
export function trainingTexts(): Example[] {
  return [...writtenTexts(), ...olderTexts()]
}

/** Names the committed training set; the weights carry it, and a test compares. */
export function trainingHash(): string {
  const hash = createHash("sha256")
  for (const { author, attack, group, text } of trainingTexts()) hash.update(JSON.stringify([author, attack, group, text]))
  return hash.digest("hex").slice(0, 16)
}

/** Pieces of what the dependencies wrote, documents and some of their sources: half of the packages to learn from, half to set thresholds by. */
export function honestDocuments(half: "learn" | "measure"): Example[] {
  const root = join(import.meta.dirname, "../../../../node_modules")
  const found: Example[] = []
  for (const path of filesIn(root, "")) {
    const isDocument = /\.(?:md|markdown)$/i.test(path)
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path
    if (digit(name) % 2 !== (half === "learn" ? 0 : 1) || (!isDocument && digit(path) >= SOURCES)) continue
    const text = readFileSync(join(root, path), "utf8").slice(0, MAX_TEXT)
    const [length, parts] = half === "learn" ? [3_000, isDocument ? 8 : 2] : [8_000, isDocument ? 8 : 2]
    for (let at = 0, part = 0; at < text.length && part < parts; at += length, part++) {
      const piece = text.slice(at, at + length)
      if (piece.trim().length < 200) continue
      found.push({ author: "documents", attack: false, group: turn[found.length % turn.length] ?? "data", kind: "document", text: piece })
    }
  }
  return found
}

/** 0 to 255, always the same for a name. */
function digit(name: string): number {
  return createHash("sha256").update(name).digest()[0] ?? 0
}

interface Line {
  readonly label: "attack" | "benign"
  readonly place: Place
  readonly kind: string
  readonly text: string
}

function writtenTexts(): Example[] {
  const folder = join(import.meta.dirname, "../training")
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => exampleOf(name.replace(/\.jsonl$/, ""), JSON.parse(line) as Line)),
    )
}

function exampleOf(author: string, { label, place, kind, text }: Line): Example {
  return { author, attack: label === "attack", group: groupOf(place, "inbound") ?? "data", kind, text }
}

function olderTexts(): Example[] {
  return olderSets.flatMap((set) => {
    const seen = new Set<string>()
    return labelledSamples(set)
      .filter(
        // An order in one of a few carriers would teach that carriers are attacks.
        ({ family, text }) => !/^(?:disguised|payload|carrier)/.test(family) && !seen.has(text) && seen.add(text),
      )
      .map(({ attack, family, place, direction, text }) => ({
        author: set.replace(/-(?:dev|held-out)$/, ""),
        attack,
        group: groupOf(place, direction) ?? "typed",
        kind: family,
        text,
      }))
  })
}

function* filesIn(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".")) yield* filesIn(root, path)
    } else if (/\.(?:md|markdown|js|ts|ya?ml)$/i.test(entry.name)) yield path
  }
}

const olderSets: readonly SetName[] = ["round-1-dev", "round-1-held-out", "round-2-dev", "round-2-held-out"]
// A person pastes documents too, and a skill is one.
const turn: readonly Group[] = ["data", "typed", "data", "definition", "data"]
// Of 256 sources so many are read.
const SOURCES = 32
const MAX_TEXT = 64_000
