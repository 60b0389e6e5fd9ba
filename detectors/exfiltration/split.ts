// A secret cut into pieces: over path segments, parameters, arguments or labels. Every text is put together the ways its receiver could, and searched again.
import type { RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import { secretsDetector } from "../secrets/detector.ts"

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
  const joined = join(pieces)
  const whole = new Set(search(item, pieces.join("\n")).map(({ rule }) => rule))
  return search(item, joined.text).find((finding) => !whole.has(finding.rule) && finding.confidence >= 0.6 && crosses(joined, finding))
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
    return [join(segments.map(unquoted)), join(values), join(values.toReversed()), join([...segments.map(unquoted), ...values])].filter(
      isWorthIt,
    )
  }
  if (place === "dns") return [join(limited.split("."))].filter(isWorthIt)
  if (place !== "tool-call" && place !== "frame") return []
  const strings = stringsOf(limited)
  return strings.length < 2 ? [] : [join(strings), join(strings.toReversed())].filter(isWorthIt)
}

/** Every run of two to four neighbours, and all of them: a receiver knows where the secret begins, this does not. */
function join(pieces: readonly string[]): Joined {
  const kept = pieces.filter((piece) => TOKEN.test(piece)).slice(0, MAX_PIECES)
  const seams: number[] = []
  let text = ""
  const add = (run: readonly string[]): void => {
    if (text.length > MAX_TEXT) return
    for (const [index, piece] of run.entries()) {
      text += piece
      if (index < run.length - 1) seams.push(text.length)
    }
    text += "\n"
  }
  for (const size of [2, 3, 4]) for (let at = 0; at + size <= kept.length; at++) add(kept.slice(at, at + size))
  if (kept.length > 4) add(kept)
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
  const subject: Subject = { id: "", kind: "scan", direction: item.direction, texts: [{ ...item, place: "body", text }] }
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
const MAX_PIECES = 64
const SHORTEST_SECRET = 16
