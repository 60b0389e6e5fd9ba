// The labelled samples beside this file, read into texts with a place. All are written by hand. "dev" was looked at while tuning, "held-out" was not.
// A round is a later pair of files, written without a look at the rules; its even lines ("round-1-dev") may be looked at after the first measurement,
// its odd ones ("round-1-held-out") never.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Place, places } from "../../../services/contracts/inspection.ts"
import type { Direction } from "../../../services/contracts/primitives.ts"
import { disguises } from "./disguises.ts"

export type SetName = "dev" | "held-out" | `round-${number}-${"dev" | "held-out"}`

export interface Labelled {
  readonly set: SetName
  readonly attack: boolean
  readonly family: string
  readonly place: Place
  readonly direction: Direction
  readonly text: string
}

export function labelledSamples(set: SetName): Labelled[] {
  const half = set.endsWith("held-out") ? "held-out" : "dev"
  const attacks = sectionsOf(set, "attacks")
  const benign = sectionsOf(set, "benign")
  const carriers = linesOf(`${half}-carriers.txt`)
  if (set !== half)
    return [
      ...attacks.flatMap((section) => (section.place === "payload" ? carried(set, section, carriers) : plain(set, section, true))),
      ...benign.flatMap((section) => plain(set, section, false)),
    ]
  const fillers = linesOf(`${half}-fillers.txt`)
  return [
    ...attacks.flatMap((section) => (section.place === "payload" ? carried(set, section, carriers) : plain(set, section, true))),
    ...disguised(set, attacks),
    ...benign.flatMap((section) => plain(set, section, false)),
    ...carriers.flatMap((carrier) =>
      fillers.map((filler) =>
        sample({ set, attack: false, family: "carrier with filler", place: "tool-result", text: fill(carrier, filler) }),
      ),
    ),
  ]
}

interface Section {
  readonly family: string
  readonly place: Place | "payload"
  readonly lines: readonly string[]
}

function sectionsOf(set: SetName, kind: "attacks" | "benign"): Section[] {
  const [, round, half] = /^(round-\d+)-(dev|held-out)$/.exec(set) ?? []
  const file = `${round ?? set}-${kind}.txt`
  const chosen = (_: string, index: number): boolean => round === undefined || index % 2 === (half === "dev" ? 0 : 1)
  return read(file)
    .split(/^@@ /m)
    .slice(1)
    .map((block) => {
      const [head = "", ...lines] = block.split("\n")
      const [family = "", place = ""] = head.trim().split(" ")
      if (place !== "payload" && !places.some((known) => known === place)) throw new Error(`${file}: no place in "@@ ${head}"`)
      return {
        family,
        place: place as Section["place"],
        lines: lines
          .filter((line) => line.trim() !== "")
          .filter(chosen)
          .map(unescapeLines),
      }
    })
}

function linesOf(file: string): string[] {
  return read(file)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("# "))
    .map(unescapeLines)
}

function read(file: string): string {
  return readFileSync(join(import.meta.dirname, "corpora", file), "utf8")
}

function unescapeLines(line: string): string {
  return line.replaceAll("\\n", "\n")
}

function plain(set: SetName, { family, place, lines }: Section, attack: boolean): Labelled[] {
  return lines.map((text) => sample({ set, attack, family, place: place as Place, text }))
}

/** Each order stands in three pieces of data, so that no rule is measured on the order alone. */
function carried(set: SetName, { family, lines }: Section, carriers: readonly string[]): Labelled[] {
  return lines.flatMap((line, index) =>
    [0, 3, 7].map((step) =>
      sample({
        set,
        attack: true,
        family,
        place: "tool-result",
        text: fill(carriers[(index + step) % carriers.length] ?? "{{}}", line),
      }),
    ),
  )
}

/** The plain words of an attack written as a filter does not read them. */
function disguised(set: SetName, sections: readonly Section[]): Labelled[] {
  const plainWords = sections.filter(({ family }) => family === "canonical").flatMap(({ lines }) => lines)
  return disguises.flatMap(({ name, apply }) =>
    plainWords.map((line) => sample({ set, attack: true, family: `disguised: ${name}`, place: "user", text: apply(line) })),
  )
}

function sample({ place, ...rest }: Omit<Labelled, "direction">): Labelled {
  return { ...rest, place, direction: place === "user" || place === "command" ? "outbound" : "inbound" }
}

function fill(carrier: string, text: string): string {
  return carrier.replace("{{}}", () => (carrier.startsWith('{"') ? JSON.stringify(text).slice(1, -1) : text))
}
