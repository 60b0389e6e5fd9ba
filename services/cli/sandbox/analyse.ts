// The static analysis of one file or skill: the same texts, archives and detectors as `egret scan`, with what could not be read said.
import { unpackAll } from "../../../collectors/extract/archive/open.ts"
import { mediaTypeOf } from "../../../collectors/extract/files/media-type.ts"
import { allDetectors } from "../../../detectors/all.ts"
import type { Subject } from "../../contracts/inspection.ts"
import { detect } from "../../detect/inspect.ts"
import type { SampleFile, SampleInfo } from "../../sandbox/engine.ts"
import { kindOf } from "../../sandbox/kinds.ts"
import type { StaticFinding, StaticReport } from "../../sandbox/static-verdict.ts"
import { isBinary, skillSubjects, subjectsOfBytes } from "../scan/files.ts"

export function analyse(info: SampleInfo, files: readonly SampleFile[]): StaticReport {
  const all = files.flatMap(({ path, bytes }) => [{ path, bytes }, ...insideOf(path, bytes)])
  const subjects = [...subjectsOf(info, files)]
  for (const { path, bytes } of all) if (kindOf(path, mediaTypeOf(bytes)) === "executable") subjects.push(stringsOf(path, bytes))
  const findings = subjects.flatMap((subject) => findingsOf(subject))
  const problems = files.flatMap(({ path, bytes }) => unpackAll(path, bytes)?.problems ?? [])
  return {
    findings,
    texts: subjects.reduce((total, { id, texts }) => total + (id.endsWith(STRINGS) ? 0 : texts.length), 0),
    opaque: all.filter(({ path, bytes }) => isOpaque(path, bytes)).map(({ path }) => path),
    cut: !info.whole || problems.some((problem) => CUT.has(problem)),
    labels: [
      ...problems.map((problem) => `archive:${problem}`),
      ...all.filter(({ path, bytes }) => isPacked(path, bytes)).map(({ path }) => `packed:${path}`),
    ].slice(0, MAX_LABELS),
  }
}

function* subjectsOf(info: SampleInfo, files: readonly SampleFile[]): Generator<Subject> {
  if (info.subject === "skill")
    yield* skillSubjects(
      files.map((file) => ({ ...file, completeness: info.whole ? ("full" as const) : ("truncated" as const) })),
      info.name,
    )
  else for (const { path, bytes } of files) yield* subjectsOfBytes(bytes, path, { defaults: { direction: "inbound", place: "skill" } })
}

function insideOf(path: string, bytes: Uint8Array): { path: string; bytes: Uint8Array }[] {
  return (unpackAll(path, bytes)?.entries ?? []).map((entry) => ({ path: `${path}!${entry.path}`, bytes: entry.bytes }))
}

function findingsOf(subject: Subject): StaticFinding[] {
  return detect(subject, allDetectors).map(({ rule, family, severity, confidence, reason, path, span }) => ({
    rule,
    family,
    severity,
    confidence,
    reason,
    path: subject.texts.find((text) => text.path === path)?.name ?? path,
    span: [span[0], span[1]],
  }))
}

/** A program's readable strings: commands, addresses, prompts. What it does with them nobody can read here. */
function stringsOf(path: string, bytes: Uint8Array): Subject {
  const text = Buffer.from(bytes.subarray(0, MAX_STRINGS_FROM)).toString("latin1")
  const strings = text.match(/[\x20-\x7e\t]{8,2000}/g) ?? []
  return {
    id: `${path}${STRINGS}`,
    kind: "scan",
    direction: "inbound",
    texts: [{ place: "file", direction: "inbound", path, name: path, text: strings.join("\n").slice(0, MAX_STRINGS) }],
  }
}

/** Images and fonts say nothing to an agent; programs, packed data and archives that were not opened may. */
function isOpaque(path: string, bytes: Uint8Array): boolean {
  if (bytes.length === 0 || !isBinary(bytes) || unpackAll(path, bytes)?.problems.includes("opaque-format") === false) return false
  return !/^(?:image|audio|video|font)\//.test(mediaTypeOf(bytes))
}

/** Programs whose bytes are as even as noise are compressed or encrypted, to be unpacked when they run. */
function isPacked(path: string, bytes: Uint8Array): boolean {
  if (bytes.length < MIN_PACKED || kindOf(path, mediaTypeOf(bytes)) !== "executable") return false
  const counts = new Uint32Array(256)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  let entropy = 0
  for (const count of counts) if (count > 0) entropy -= (count / bytes.length) * Math.log2(count / bytes.length)
  return entropy > PACKED_ENTROPY
}

const STRINGS = "#strings"
const CUT: ReadonlySet<string> = new Set(["cut", "bomb", "nested-too-deep", "corrupt-entry", "opaque-format"])
const MAX_LABELS = 20
const MAX_STRINGS_FROM = 8 * 1024 * 1024
const MAX_STRINGS = 512 * 1024
// Ordinary machine code stays near 6 bits a byte; UPX and encrypted payloads pass 7.5.
const PACKED_ENTROPY = 7.5
const MIN_PACKED = 4_096
