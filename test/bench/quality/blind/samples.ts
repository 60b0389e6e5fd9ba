// The blind sets: written by someone who had not read the rules, then split. "dev" was looked at while mending; of "held-out" only the counts were.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Place, places } from "../../../../services/contracts/inspection.ts"
import type { Direction } from "../../../../services/contracts/primitives.ts"
import { contexts } from "./contexts.ts"
import { formats } from "./formats.ts"
import { generated, ordinaryNames, tunnels } from "./names.ts"
import { notSecrets } from "./not-secrets.ts"
import { notPersonal, personal } from "./pii.ts"
import { type Random, randomOf } from "./random.ts"
import { secondRound } from "./round2.ts"

/** "second": a round of its own, written after the first had been worked through. */
export type BlindSet = "dev" | "held-out" | "second"

type FirstSet = Exclude<BlindSet, "second">

export interface BlindSample {
  readonly attack: boolean
  readonly family: string
  /** What of the family: a format, a kind of data. */
  readonly kind: string
  readonly place: Place
  readonly direction: Direction
  readonly text: string
}

export function blindSamples(set: BlindSet): BlindSample[] {
  return set === "second" ? [...secondRound(), ...listed("round2.txt", undefined)] : firstRound(set)
}

function firstRound(set: FirstSet): BlindSample[] {
  const random = randomOf(set === "dev" ? 101 : 909)
  return [
    ...secrets(set, random),
    ...halfOf(notSecrets, set).flatMap((make, index) => benignPlaces(index).map((place) => benign("no secrets", place, make(random)))),
    ...halfOf(personal, set).flatMap(([kind, make]) =>
      PERSONAL_PLACES.map((place) => ({ ...attack("personal data", place, make(random)), kind })),
    ),
    ...halfOf(notPersonal, set).flatMap((make) => PERSONAL_PLACES.map((place) => benign("no personal data", place, make(random)))),
    ...halfOf(tunnels, set).flatMap((make) => times(12, () => attack("tunnels in names", "dns", make(random)))),
    ...halfOf(generated, set).flatMap((make) => times(12, () => attack("generated names", "dns", make(random)))),
    ...halfOf(ordinaryNames, set).flatMap((make) => times(12, () => benign("ordinary names", "dns", make(random)))),
    ...["commands.txt", "destinations.txt", "calls.txt"].flatMap((file) => listed(file, set)),
  ]
}

function secrets(set: FirstSet, random: Random): BlindSample[] {
  const half = halfOf(contexts, set)
  return formats.flatMap((format, index) =>
    times(6, (n) => {
      const usable = format.needsName === true ? half.filter(({ named }) => named) : half
      const context = usable[(index * 5 + n * 7) % usable.length] as (typeof contexts)[number]
      const name = format.names[(index + n) % format.names.length] ?? "token"
      const { place, direction } = context
      const text = context.write(name, format.make(random))
      return {
        attack: true,
        family: format.needsName === true ? "secrets told by name" : "secrets told by form",
        kind: format.id,
        place,
        direction,
        text,
      }
    }),
  )
}

/** Every other line of each section: `@@ attack|benign family place`. */
function listed(file: string, set: FirstSet | undefined): BlindSample[] {
  return readFileSync(join(import.meta.dirname, file), "utf8")
    .split(/^@@ /m)
    .slice(1)
    .flatMap((section) => {
      const [head = "", ...lines] = section.split("\n")
      const words = head.split(" ")
      const place = places.find((known) => known === words.at(-1))
      if (place === undefined) throw new Error(`${file}: no place in "@@ ${head}"`)
      const make = words[0] === "attack" ? attack : benign
      // "{.}" is a dot: names of package registries are not written out in this repository.
      const texts = lines.filter((line) => line.trim() !== "").map((line) => line.replaceAll("{.}", "."))
      return (set === undefined ? texts : halfOf(texts, set)).map((text) => make(words.slice(1, -1).join(" "), place, text))
    })
}

function attack(family: string, place: Place, text: string): BlindSample {
  return { attack: true, family, kind: family, place, direction: "outbound", text }
}

function benign(family: string, place: Place, text: string): BlindSample {
  return { attack: false, family, kind: family, place, direction: place === "tool-result" ? "inbound" : "outbound", text }
}

function halfOf<T>(list: readonly T[], set: FirstSet): T[] {
  return list.filter((_, index) => index % 2 === (set === "dev" ? 0 : 1))
}

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n))
}

function benignPlaces(index: number): readonly Place[] {
  return BENIGN_PLACES[index % BENIGN_PLACES.length] ?? ["body"]
}

const BENIGN_PLACES: readonly (readonly Place[])[] = [
  ["file", "tool-result", "user"],
  ["body", "tool-call", "file"],
  ["user", "tool-result", "body"],
]
const PERSONAL_PLACES: readonly Place[] = ["user", "body", "tool-call"]
