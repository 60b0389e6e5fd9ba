// The static verdict on a skill: prose, scripts, install steps, references, packing, names, and whether the content is what the description claims.
// Each reason has its span. No finding does not mean no risk: what a skill fetches later is seen on the wire.
import type { Detector, RawFinding, Subject, TextItem } from "../../services/contracts/inspection.ts"
import { ordersIn } from "../injection/orders/orders.ts"
import { isNegated } from "../text/context.ts"
import { PatternSet } from "../text/pattern-set.ts"
import { viewsOf } from "../text/readings.ts"
import { commandsIn } from "../tools/commands.ts"
import { imitated } from "./names.ts"
import { proseRules } from "./prose-rules.ts"
import { type SkillRule, skillRules } from "./rules.ts"

export const skillsDetector: Detector = {
  family: "skills",
  inspect(subject, report) {
    const items = subject.texts.filter(({ place }) => place === "skill")
    if (items.length === 0) return
    const claim = claimOf(items)
    for (const item of items) {
      inspectText(item, claim, report)
      reportOrders(item, report)
    }
    reportMismatch(items, report)
    reportBundle(subject, items, report)
  },
}

/** Sentences that would be attacks in any other data: they take something private somewhere, obey what they load, or act unseen. */
function reportOrders(item: TextItem, report: (finding: RawFinding) => void): void {
  if (CODE_FILE.test(item.name ?? "") || isSecurityText(item.text)) return
  for (const view of viewsOf(item)) {
    const order = ordersIn(view).find(
      ({ points, features }) =>
        points >= GRAVE_ORDER &&
        features.some(
          (feature) =>
            GRAVE_FEATURES.has(feature) || (feature === "conceals" && features.some((one) => /^orders to .*(?:send|run|fetch)/.test(one))),
        ),
    )
    if (order === undefined) continue
    report({
      ...base(
        { id: "grave-order", title: "A skill that orders what its user would not", severity: "high", references: ["LLM01:2025", "ASI01"] },
        item,
      ),
      confidence: Math.min(0.85, 0.6 + (order.points - GRAVE_ORDER) * 0.3),
      span: view.locate(order.start, order.end),
      matched: view.text.slice(order.start, Math.min(order.end, order.start + 300)),
      decoded: view.steps,
      reason: `${item.name ?? "the skill"} ${order.features.join(", ")}`,
    })
    return
  }
}

/** Who says that a skill edits memory or installs a schedule has said so. */
function isClaimed(rule: SkillRule, claim: string): boolean {
  return claims.get(rule.id)?.test(claim) === true
}

function claimOf(items: readonly TextItem[]): string {
  const main = items.find(({ name, text }) => /SKILL\.md$/i.test(name ?? "") || text.startsWith("---")) ?? items[0]
  return /^description:\s{0,3}(.{1,1000})$/im.exec(main?.text.slice(0, 4_000) ?? "")?.[1] ?? ""
}

function inspectText(item: TextItem, claim: string, report: (finding: RawFinding) => void): void {
  const done = new Set<string>()
  for (const view of viewsOf(item))
    rules.scan(view, (rule, match, start) => {
      if (done.has(rule.id) || !belongs(rule, item, view.text, start)) return
      done.add(rule.id)
      const confidence =
        rule.confidence *
        (isNegated(view.text, start) ? 0.5 : 1) *
        (isSecurityText(view.text) ? 0.75 : 1) *
        (isClaimed(rule, claim) ? 0.6 : 1)
      const span = view.locate(start, start + match[0].length)
      report({
        ...base(rule, item),
        confidence: Math.round(confidence * 100) / 100,
        span,
        matched: match[0].slice(0, 300),
        decoded: view.steps,
        reason: `${item.name ?? "the skill"}: ${rule.title.toLowerCase()}`,
      })
    })
}

function base({ id, title, severity, references }: Pick<SkillRule, "id" | "title" | "severity" | "references">, item: TextItem) {
  return {
    rule: `skills/${id}`,
    family: "skills",
    severity,
    title,
    place: item.place,
    direction: item.direction,
    path: item.path,
    sensitive: false,
    facts: item.name === undefined ? {} : { file: item.name },
    references,
  } as const
}

/** A description that promises something small over content that reaches for secrets or shells. */
function reportMismatch(items: readonly TextItem[], report: (finding: RawFinding) => void): void {
  const main = items.find(({ name, text }) => /SKILL\.md$/i.test(name ?? "") || text.startsWith("---")) ?? items[0]
  if (main === undefined) return
  const description = /^description:\s{0,3}(.{1,1000})$/im.exec(main.text.slice(0, 4_000))?.[1] ?? ""
  if (description === "" || RISKY_CLAIM.test(description)) return
  for (const item of items) {
    const hit = commandsIn(item).find(({ rule }) => unexpected.has(rule.id))
    if (hit === undefined) continue
    report({
      ...base(
        {
          id: "claim-mismatch",
          title: "A skill that does what its description does not say",
          severity: "high",
          references: ["ASI04", "T1036"],
        },
        item,
      ),
      confidence: 0.72,
      span: hit.folded ? [0, Math.min(item.text.length, 200)] : hit.view.locate(hit.start, hit.end),
      matched: hit.view.text.slice(hit.start, Math.min(hit.end, hit.start + 200)),
      reason: `the description says "${description.slice(0, 120)}" and the content has: ${hit.rule.title.toLowerCase()}`,
    })
    return
  }
}

function reportBundle({ data, kind }: Subject, items: readonly TextItem[], report: (finding: RawFinding) => void): void {
  const item = items[0]
  if (item === undefined) return
  const claimed = /^name:\s{0,3}["']?([\w .-]{2,64})/im.exec(item.text.slice(0, 2_000))?.[1]?.trim()
  const { name, digest, problems, files } = bundleOf(data)
  const whole = (id: string, title: string, reason: string, confidence: number): void =>
    report({
      ...base({ id, title, severity: "high", references: ["ASI04", "T1195"] }, item),
      confidence,
      span: [0, Math.min(item.text.length, 80)],
      matched: name ?? claimed ?? "",
      reason,
    })
  const imitates = imitated(name ?? claimed ?? "")
  if (imitates !== undefined)
    whole("name-imitation", "A skill name that imitates a known one", `"${name ?? claimed}" is a letter away from "${imitates}"`, 0.7)
  if (kind !== "skill") return
  if (digest?.matches === false)
    whole(
      "digest-mismatch",
      "A skill that is not the one its index names",
      `the index claims digest ${digest.claimed}; the bytes have another`,
      0.95,
    )
  const misleading = problems.filter((problem) => MISLEADING.has(problem))
  if (misleading.length > 0)
    whole("archive-problem", "A skill archive built to mislead", `the archive has: ${misleading.slice(0, 5).join(", ")}`, 0.6)
  const binary = files.find(
    ({ mediaType, path }) =>
      /x-(?:executable|mach|msdownload|dosexec|sharedlib|elf)|apple-diskimage/.test(mediaType) ||
      /\.(?:exe|dll|dylib|so|scr|msi|dmg|pkg)$/i.test(path),
  )
  if (binary !== undefined) whole("binary", "A skill that brings a program nobody can read", `${binary.path} is a ${binary.mediaType}`, 0.6)
}

// Two readers see two skills, or one writes where it should not. What was merely cut, seen in a transcript, or named with a capital letter misleads nobody.
const MISLEADING = new Set([
  "path-escape",
  "absolute-path",
  "drive-letter",
  "nul-in-name",
  "misleading-characters",
  "alternate-stream",
  "symlink",
  "hardlink",
  "central-local-mismatch",
  "data-before-archive",
  "duplicate-name",
  "duplicate-key",
  "case-collision",
  "bad-checksum",
  "bad-size",
  "opaque-format",
  "bomb",
])

interface Bundle {
  readonly name?: string
  readonly digest?: { readonly claimed: string; readonly matches: boolean }
  readonly problems: readonly string[]
  readonly files: readonly { readonly path: string; readonly mediaType: string }[]
}

function bundleOf(data: unknown): Bundle {
  const given = typeof data === "object" && data !== null ? (data as Partial<Bundle>) : {}
  return { problems: [], files: [], ...given }
}

/** Prose rules do not read source code, and code rules do not read prose outside fences. */
function belongs({ where }: SkillRule, item: TextItem, text: string, at: number): boolean {
  if (where === undefined) return true
  const isCode =
    CODE_FILE.test(item.name ?? "") || /(?:^|\n)(?:#!\/|import \w|from \w[\w.]* import |const \w+ = require\()/.test(text.slice(0, 4_000))
  if (where === "code") return isCode || text.lastIndexOf("```", at) >= 0
  return !CODE_FILE.test(item.name ?? "")
}

/** Skills about security name attacks without being one. */
function isSecurityText(text: string): boolean {
  return SECURITY_CLAIM.test(text.slice(0, 1_200))
}

const claims: ReadonlyMap<string, RegExp> = new Map([
  ["agent-memory", /memory|CLAUDE\.md|AGENTS\.md|hooks?|settings|permissions|notes/i],
  ["stays-behind", /cron|schedul|back ?up|nightly|startup|hooks?|service|daemon|shell|dotfiles|prompt/i],
])
const GRAVE_ORDER = 1.25
const GRAVE_FEATURES: ReadonlySet<string> = new Set(["private data leaves", "gets and sends private data", "obeys what it loads"])
const rules = new PatternSet<SkillRule>(
  [...skillRules, ...proseRules].map((rule) => ({
    rule,
    keywords: rule.keywords.split("|"),
    pattern: rule.pattern,
    ...(rule.back === undefined ? {} : { back: rule.back }),
  })),
)
const unexpected: ReadonlySet<string> = new Set([
  "reverse-shell",
  "credential-read",
  "credential-store",
  "exfiltration",
  "archive-and-send",
  "pipe-to-shell",
  "encoded-exec",
  "persistence",
  "crypto-miner",
  "substituted-download",
])
const RISKY_CLAIM =
  /credential|secret|ssh|aws|gcp|azure|cloud|deploy|devops|security|pentest|audit|forensic|back ?up|postgres|\benv\b|environment|install|setup|set up|bootstrap|shell|terminal|infrastructure|server|docker|kubernetes|package|ci\/cd|network|system admin|config|git\b|database|cli\b|api key/i
const SECURITY_CLAIM =
  /description:[^\n]{0,300}(?:security|pentest|vulnerab|malware|forensic|red.?team|threat|detect|scan|audit|hardening|ctf)/i
const CODE_FILE = /\.(?:py|js|mjs|cjs|ts|sh|bash|zsh|ps1|rb|pl|php|go|rs|lua|bat|cmd|applescript)$/i
