// A secret cut into pieces: over path segments, parameters, arguments or labels. Every text is put together the ways its receiver could, and searched again.
import type { RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import { secretsDetector } from "../secrets/detector.ts"
import { asItIs } from "../text/readings.ts"

const secrets = secretsDetector()

/** Secrets that only the joined pieces show. */
export function splitSecrets(item: TextItem): RawFinding[] {
  const joins = joinsOf(item)
  if (joins.length === 0) return []
  // What the text shows whole is asked for only when its pieces show something: nearly never.
  let whole: ReadonlySet<string> | undefined
  const found = new Map<string, RawFinding>()
  for (const joined of joins) {
    for (const finding of search(item, joined.text)) {
      if (found.has(finding.rule) || !crosses(joined, finding) || finding.confidence < 0.6) continue
      whole ??= new Set(search(item, item.text).map(({ rule }) => rule))
      if (!whole.has(finding.rule)) found.set(finding.rule, finding)
    }
  }
  return [...found.values()]
}

/** The secret that pieces sent one after the other make, when no piece shows it alone. */
export function secretAcross(pieces: readonly string[]): RawFinding | undefined {
  const item: TextItem = { place: "body", direction: "outbound", path: "joined", text: "" }
  const whole = new Set(search(item, pieces.join("\n")).map(({ rule }) => rule))
  for (const joined of join(pieces)) {
    const found = search(item, joined.text).find(
      (finding) => !whole.has(finding.rule) && finding.confidence >= 0.6 && crosses(joined, finding),
    )
    if (found !== undefined) return found
  }
  return undefined
}

interface Joined {
  readonly text: string
  /** Where one piece ends and the next begins. */
  readonly seams: readonly number[]
}

function joinsOf({ place, text }: TextItem): Joined[] {
  const limited = text.slice(0, MAX_TEXT)
  if (place === "url") {
    const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/i.exec(limited)
    const segments = (path?.[1] ?? "").split("/").filter((part) => part !== "")
    const values = (path?.[2] ?? "").split("&").map((pair) => unquoted(pair.slice(pair.indexOf("=") + 1)))
    const names = segments.map(unquoted)
    return [names, values, values.toReversed(), [...names, ...values]].flatMap(join).filter(isWorthIt)
  }
  if (place === "dns") return join(limited.split(".")).filter(isWorthIt)
  if (place !== "tool-call" && place !== "frame") return []
  const strings = stringsOf(limited)
  return strings.length < 2 ? [] : [strings, strings.toReversed()].flatMap(join).filter(isWorthIt)
}

/** Every run of two to four neighbours, and all of them: a receiver knows where the secret begins, this does not. */
function join(pieces: readonly string[]): Joined[] {
  const kept = pieces.filter((piece) => TOKEN.test(piece)).slice(0, MAX_PIECES)
  const runs = [2, 3, 4].flatMap((size) =>
    Array.from({ length: Math.max(0, kept.length - size + 1) }, (_, at) => kept.slice(at, at + size)),
  )
  return [joined(runs), ...(kept.length > 4 ? [joined([kept])] : [])]
}

function joined(runs: readonly (readonly string[])[]): Joined {
  const seams: number[] = []
  let text = ""
  for (const run of runs) {
    if (text.length > MAX_TEXT) break
    for (const [index, piece] of run.entries()) {
      text += piece
      if (index < run.length - 1) seams.push(text.length)
    }
    text += "\n"
  }
  return { text, seams }
}

function isWorthIt({ text, seams }: Joined): boolean {
  return seams.length > 0 && text.length >= SHORTEST_SECRET
}

function crosses({ seams }: Joined, { span: [start, end] }: RawFinding): boolean {
  return seams.some((seam) => seam > start && seam < end)
}

function search(item: TextItem, text: string): RawFinding[] {
  const findings: RawFinding[] = []
  const whole: TextItem = { ...item, place: "body", text }
  // The runs of neighbours hold each piece nine times: all of them together are decoded once, in the text that holds each once.
  const repeats = text.length > MAX_DECODED && text.indexOf("\n") < text.length - 1
  const subject: Subject = { id: "", kind: "scan", direction: item.direction, texts: [repeats ? asItIs(whole) : whole] }
  secrets.inspect(subject, (finding) => findings.push(finding))
  return findings
}

/** String values of JSON arguments in the order they stand. */
function stringsOf(text: string): string[] {
  const strings: string[] = []
  for (const [, value = "", colon] of text.matchAll(/"((?:[^"\\]|\\.){0,400})"(\s{0,4}:)?/g)) {
    if (colon === undefined) strings.push(value)
    if (strings.length >= MAX_PIECES) break
  }
  return strings
}

function unquoted(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

// What a piece of a credential is made of.
const TOKEN = /^[\w+/=.~:-]{2,200}$/
const MAX_TEXT = 16_384
const MAX_DECODED = 2_000
const MAX_PIECES = 64
const SHORTEST_SECRET = 16
