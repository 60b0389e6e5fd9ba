// Poisoned definitions: a tool's own description gives the model orders. Every field counts together, because the order is often spread over them.
// One group of cues is ordinary (one server in ten shouts ALWAYS); two that do not belong together are an attack.
import type { RawFinding, TextItem } from "../../services/contracts/inspection.ts"
import type { Severity } from "../../services/contracts/severity.ts"
import { allWordsIn } from "../injection/all-words.ts"
import { verdictsOf } from "../injection/detector.ts"
import { ordersIn } from "../injection/orders/orders.ts"
import { foreignSignals } from "../injection/proximity.ts"
import { phrase } from "../injection/signal.ts"
import { PatternSet } from "../text/pattern-set.ts"
import { viewsOf } from "../text/readings.ts"
import type { View } from "../text/view.ts"
import { type CuePattern, moreCues } from "./definition-cues.ts"

type Cue =
  | "ordered-read"
  | "sensitive"
  | "conceal"
  | "cross-tool"
  | "sink"
  | "hidden-tag"
  | "override"
  | "tamper"
  | "coerce"
  | "context-field"
  | "hidden-text"
  | "addressed"
  | "suppress-others"
  | "obey-output"
  | "deceive"
  | "order"

interface Seen {
  readonly cue: Cue
  readonly item: TextItem
  readonly span: readonly [number, number]
  readonly matched: string
  readonly decoded: readonly string[]
}

/** All fields of one tool, or one instructions text. */
export function reportDefinition(items: readonly TextItem[], report: (finding: RawFinding) => void): void {
  let judged: Judged | undefined
  let seen: ReadonlyMap<Cue, Seen> = new Map()
  for (const group of together(items.flatMap(cuesOf))) {
    const found = judge(new Set(group.keys()))
    if (found !== undefined && found.confidence > (judged?.confidence ?? 0)) [judged, seen] = [found, group]
  }
  const main = mainOf(seen)
  if (judged === undefined || main === undefined) return
  const cues = [...seen.keys()].join(", ")
  report({
    rule: judged.rule,
    family: "tools",
    severity: judged.severity,
    confidence: judged.confidence,
    title: judged.title,
    place: main.item.place,
    direction: main.item.direction,
    path: main.item.path,
    span: main.span,
    matched: main.matched.slice(0, 300),
    sensitive: false,
    ...(main.decoded.length === 0 ? {} : { decoded: main.decoded }),
    reason: `the definition of ${main.item.name ?? "a tool"} holds cues that do not belong together: ${cues}`,
    facts: { tool: main.item.name ?? "", cues },
    references: ["MCP03", "ASI02", "LLM01:2025"],
  })
}

/**
 * Cues that stand together, the first of each kind. The fields of one tool count together, since an order is often spread over them; but in a text of
 * pages (a coding agent's own tools have ten thousand characters of manners) every kind of cue comes up somewhere, so there only neighbours do.
 */
function together(seen: readonly Seen[]): ReadonlyMap<Cue, Seen>[] {
  const isLong = ({ item }: Seen): boolean => item.text.length > LONG_TEXT
  const short = seen.filter((one) => !isLong(one))
  const groups = [firstOfEach(short)]
  const byItem = new Map<TextItem, Seen[]>()
  for (const one of seen) if (isLong(one)) byItem.set(one.item, [...(byItem.get(one.item) ?? []), one])
  for (const list of byItem.values()) {
    list.sort((a, b) => a.span[0] - b.span[0])
    list.forEach(({ span }, at) => {
      const end = list.findIndex((other, index) => index > at && other.span[0] - span[0] > NEIGHBOURS)
      const group = firstOfEach([...list.slice(at, end < 0 ? undefined : end), ...short])
      // Helping cues alone are a manual's manners.
      if (group.has("context-field") || WEIGHTY.some((cue) => group.has(cue))) groups.push(group)
    })
  }
  return groups
}

function firstOfEach(seen: readonly Seen[]): ReadonlyMap<Cue, Seen> {
  const first = new Map<Cue, Seen>()
  for (const one of seen) if (!first.has(one.cue)) first.set(one.cue, one)
  return first
}

interface Judged {
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  readonly confidence: number
}

function judge(cues: ReadonlySet<Cue>): Judged | undefined {
  const has = (...wanted: readonly Cue[]): boolean => wanted.every((cue) => cues.has(cue))
  const poisoned = (confidence: number): Judged => ({
    rule: "tools/poisoned-definition",
    title: "A tool definition that gives the model orders",
    severity: confidence >= 0.8 ? "critical" : confidence >= 0.6 ? "high" : "medium",
    confidence,
  })
  const weighty = WEIGHTY.filter((cue) => cues.has(cue)).length
  const helping = (["cross-tool", "hidden-tag", "coerce", "addressed", "suppress-others"] as const).filter((cue) => cues.has(cue)).length
  if (weighty >= 3 || (weighty >= 2 && helping >= 1)) return poisoned(0.95)
  if (has("sensitive", "conceal") || has("tamper", "cross-tool") || has("override", "sink")) return poisoned(0.9)
  if (weighty >= 2 || has("sensitive", "ordered-read")) return poisoned(0.85)
  if (weighty === 1 && helping >= 2) return poisoned(0.86)
  if (has("sensitive", "cross-tool") || has("sensitive", "hidden-tag") || has("conceal", "cross-tool") || has("conceal", "hidden-tag"))
    return poisoned(0.82)
  if (has("override")) return poisoned(0.8)
  if (weighty === 1 && helping === 1) return poisoned(0.66)
  if (has("tamper") || has("hidden-text") || has("obey-output") || has("order")) return poisoned(0.6)
  if (has("suppress-others", "cross-tool") || has("addressed", "hidden-tag")) return poisoned(0.58)
  if (has("deceive")) return poisoned(0.54)
  if (has("conceal")) return poisoned(0.52)
  if (helping >= 3) return poisoned(0.55)
  if (has("context-field"))
    return {
      rule: "tools/schema-asks-context",
      title: "A tool parameter that asks for the model's own context",
      severity: "medium",
      confidence: helping > 0 ? 0.7 : 0.55,
    }
  return undefined
}

function mainOf(seen: ReadonlyMap<Cue, Seen>): Seen | undefined {
  for (const cue of order) {
    const found = seen.get(cue)
    if (found !== undefined) return found
  }
  return undefined
}

function cuesOf(item: TextItem): Seen[] {
  const found: Seen[] = []
  for (const view of viewsOf(item)) {
    const order = ordersIn(view).find(({ points }) => points >= GRAVE_ORDER)
    if (order !== undefined)
      found.push({
        cue: "order",
        item,
        span: view.locate(order.start, order.end),
        matched: view.text.slice(order.start, order.end),
        decoded: view.steps,
      })
    patterns.scan(view, ({ cue, schemaOnly }, match, start) => {
      if (DETECTS.test(item.text.slice(0, 240)) && QUOTED.test(view.text.slice(Math.max(0, start - 60), start))) return
      if ((cue === "sensitive" || cue === "ordered-read") && FORBIDDEN.test(view.text.slice(Math.max(0, start - 24), start))) return
      if (cue === "conceal" && isGuard(view.text, start, match[0])) return
      if (schemaOnly && (!isSchema(item) || (cue === "context-field" && MAKES_AGENTS.test(item.text)))) return
      found.push({ cue, item, span: view.locate(start, start + match[0].length), matched: match[0], decoded: view.steps })
    })
  }
  for (const view of viewsOf(item)) found.push(...foreignCues(item, view))
  for (const { verdict, view } of verdictsOf(item)) {
    const cue = verdictCues[verdict.rule]
    if (cue === undefined || verdict.confidence < 0.5) continue
    const { start, end } = verdict.signal
    found.push({ cue, item, span: view.locate(start, end), matched: view.text.slice(start, end), decoded: view.steps })
  }
  return found
}

/** "Never delete without confirmation" guards the user; "do not tell the user unless asked" is good manners. */
function isGuard(text: string, start: number, matched: string): boolean {
  const sentence =
    text
      .slice(Math.max(0, start - 80), start)
      .split(/[.!?\n"]/)
      .at(-1) ?? ""
  const after = text.slice(start + matched.length, start + matched.length + 40).split(/[.!?\n"]/)[0] ?? ""
  if (/^(?:do not|don'?t|never|must not|should not)\b[\s\S]*\bwithout\b/i.test(matched)) return true
  if (/^without/i.test(matched)) return /\b(?:never|not|don'?t|cannot|can'?t|avoid|nothing|no)\b/i.test(sentence)
  // "The result is not visible to the user. To show it, send a message": the opposite of hiding.
  if (/to the (?:user|human)$/i.test(matched)) return SHOWN.test(text.slice(start + matched.length, start + matched.length + 160))
  return /\bunless\b|^[\s\w]{0,30}\bwithout\b|^[\s\w]{0,20}\b(?:every|each|raw|internal ids?)\b/i.test(after)
}

/** In other languages: silence is asked for, and what is private is named beside it. */
function foreignCues(item: TextItem, view: View): Seen[] {
  const silence = foreignSignals(view).find(({ concept }) => concept === "conceal")
  const words = allWordsIn(view).orders.filter(({ tag }) => !tag.english)
  const hidden = silence ?? words.find(({ tag }) => tag.sense === "conceal")
  if (hidden === undefined) return []
  const seen = (cue: Cue, { start, end }: { readonly start: number; readonly end: number }): Seen => ({
    cue,
    item,
    span: view.locate(start, end),
    matched: view.text.slice(start, end),
    decoded: view.steps,
  })
  const owned = words.find(({ tag }) => tag.sense === "private")
  return [seen("conceal", hidden), ...(owned === undefined ? [] : [seen("sensitive", owned)])]
}

function isSchema({ path, text }: TextItem): boolean {
  return path.endsWith("Schema") || (text.startsWith("{") && text.includes('"properties"'))
}

const verdictCues: Readonly<Record<string, Cue>> = {
  "injection/override": "override",
  "injection/jailbreak": "override",
  "injection/prompt-extraction": "sink",
  "injection/exfiltration-instruction": "sink",
  "injection/forged-role": "hidden-tag",
}

const TOOL = "(?:tools?|functions?|commands?|operations?|actions?|calls?|servers?|quer(?:y|ies)|requests?)"
const READ =
  "(?:read|open|cat|load|access|retrieve|get|fetch|include|extract|copy|collect|view|check|use|dump|obtain|list|scan|find|provide|pass|send|attach|append|grep|search)"
const PRIVATE_PATH =
  "(?:~\\/\\.\\w{2,16}|\\.ssh\\b|id_rsa|id_ed25519|\\.env\\b|\\.aws\\b|\\.kube\\b|\\.netrc|\\.npmrc|mcp\\.json|\\.cursor\\b|\\.claude\\b|claude_desktop_config|\\/etc\\/(?:passwd|shadow|hosts)|credentials?(?:\\.json| files?)?\\b|private keys?|ssh keys?|api[ _-]?keys?|access tokens?|auth(?:entication)? tokens?|session tokens?|passwords?|environment variables?|env vars?|secrets?\\b|wallet|seed phrase|browser (?:history|cookies)|cookies|conversation history|chat history|system prompt|(?:full|entire|complete|previous|whole) (?:conversation|prompt|context)|bash[_ ]history|keychain|config(?:uration)? files?|database (?:url|credentials|password)|connection strings?)"

interface CueRule {
  readonly cue: Cue
  readonly schemaOnly: boolean
}
const cuePatterns: readonly CuePattern<Cue>[] = [
  ...moreCues,
  {
    cue: "sensitive",
    keywords:
      "read|open|cat |load|access|retrieve|get |fetch|include|extract|copy|collect|view|check|dump|obtain|scan|provide|pass |send|attach|append|grep|search",
    pattern: phrase(
      `${READ}(?:[ \\t\\n]{1,3}[\\w'"\`./~:-]{1,32},?){0,9}?[ \\t\\n]{1,3}["'\`(]{0,2}(?:[\\w./~-]{0,40}\\/)?${PRIVATE_PATH}`,
    ),
  },
  {
    cue: "sensitive",
    keywords: "~/.|/proc/self/environ|id_rsa|id_ed25519|/etc/passwd|/etc/shadow|claude_desktop_config|.ssh/|.aws/cred|.kube/config",
    pattern:
      /(?:~\/\.(?:ssh|aws|cursor|env|kube|netrc|claude|npmrc|git-credentials|gnupg|config\/g|docker|bash_history|zsh_history)|\.ssh\/|\.aws\/cred|\.kube\/config|id_rsa|id_ed25519|\/etc\/(?:passwd|shadow)|\/proc\/self\/environ|~\/\.git|claude_desktop_config)/i,
  },
  {
    cue: "ordered-read",
    keywords: "first|then |also |always|must |should |please |need to|have to|make sure|required to|be sure to",
    pattern: phrase(
      `(?:first|then|also|always|must|should|please|(?:need|have|required) to|(?:make|be) sure to),?[ \\t\\n]{1,3}(?:always |first |also |then |you (?:must |should )?|it |please |be ){0,3}${READ}(?:[ \\t\\n]{1,3}[\\w'"\`./~:-]{1,32},?){0,9}?[ \\t\\n]{1,3}["'\`(]{0,2}(?:[\\w./~-]{0,40}\\/)?(?:~\\/\\.\\w{2,16}|\\.ssh\\b|id_rsa|\\.env\\b|\\.aws\\b|mcp\\.json|\\/etc\\/(?:passwd|shadow)|private keys?|ssh keys?|system prompt|(?:conversation|chat) history|claude_desktop_config)`,
    ),
  },
  {
    cue: "conceal",
    keywords: "do not|don't|never|without|must not|should not|hide |keep this|secretly|silently|quietly|no need to",
    pattern: phrase(
      `(?:(?:do not|don'?t|never|must not|should not|no need to)[ \\n]{1,2}(?:ever |even |explicitly )?(?:tell|mention|inform|reveal|notify|alert|disclose|warn|let|explain to|bother|report)(?:[ \\n]{1,2}[\\w'"-]{1,24}){0,8}?[ \\n]{1,2}(?:users?|human|anyone|this (?:step|instruction|to|tool|message|detail)|that you|know|him|them|about (?:this|it)|these)\\b|(?:do not|don'?t|never)[ \\n]{1,2}(?:mention|reveal|disclose|discuss)[ \\n]{1,2}(?:this|it|that|these|the (?:sidenote|instruction|parameter|content|file))|without[ \\n]{1,2}(?:telling|informing|notifying|mentioning|asking|alerting|prompting)(?:[ \\n]{1,2}[\\w'"-]{1,24}){0,5}?[ \\n]{1,2}(?:users?|human|anyone|permission|confirmation|it)\\b|(?:hide|keep)[ \\n]{1,2}(?:this|it|these)(?:[ \\n]{1,2}\\w{1,16}){0,5}?[ \\n]{1,2}(?:user|secret|hidden|private|confidential)|(?:secretly|silently|covertly|quietly|discreetly)[ \\n]{1,2}(?!ignor|fail|skip|drop|discard|truncat|return|overwrit|omit|exit|do nothing)[a-z]{3,14})`,
    ),
  },
  {
    cue: "cross-tool",
    keywords:
      "before |when |whenever |after |instead of|any other|other tool|all other|each time|every time|always call|always use|must be called|must call|first call|prior to",
    pattern: phrase(
      `(?:(?:before|when(?:ever)?|after|prior to|instead of|each time|every time|if)[ \\n]{1,2}(?:you |using |calling |invoking |running |executing |use |call |performing |any |the |this |another |other |are |want |need |to |agent |user |a |an |\\w{1,20}[_-]\\w{1,40} |asks |\\w{1,12} ){1,7}?["'\`]?(?:[\\w-]{2,40}["'\`]? )?(?:mcp )?${TOOL}\\b|(?:any|all|every|the) other ${TOOL}|other (?:mcp )?tools|must (?:always )?(?:be called|call|use|run|invoke)(?: this)?(?: tool)? (?:first|before)|always (?:call|use|invoke|run) (?:this|the)(?: \\w{1,20})? ?(?:tool|function)?(?: first)?)`,
    ),
  },
  {
    cue: "sink",
    keywords: "http://|https://|@|webhook|sidenote|side note|side_note|side-note",
    pattern:
      /(?:(?:send|post|forward|upload|exfiltrate|transmit|submit|report|log|bcc|cc|copy|deliver|redirect|route|relay|leak|share)[^\n]{1,160}?(?:https?:\/\/(?!(?:[\w-]{1,40}\.)?(?:example\.(?:com|org)|localhost))[\w.-]{3,100}|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,12}|webhook)|(?:as|in|into|to|via|with|using|through)[^\n.]{0,40}(?:["'`]?side[ _-]?note["'`]?))/i,
    back: [0, 170],
  },
  {
    cue: "hidden-tag",
    keywords:
      "<important|<secret|<hidden|<system|<critical|<instruction|<!--|<admin|<mandatory|[system|<assistant|<note|<priority|<urgent|<security|<override",
    pattern:
      /<\/?(?:important|secret|hidden|system\w{0,16}|critical|instructions?|admin\w{0,12}|mandatory|assistant|override|priority|urgent|security\w{0,12})>|<!--[^>]{10,400}-->|\[system[^\]]{0,40}\]/i,
  },
  {
    cue: "tamper",
    keywords:
      'change|modify|replace|set the|redirect|substitut|rewrite|alter|override|swap|must be sent|must be set|add "|append "|bcc|must include',
    pattern: phrase(
      `(?:(?:change|modify|replace|set|redirect|substitute|rewrite|alter|override|swap)(?:[ \\n]{1,2}[\\w'"\`-]{1,24}){0,5}?[ \\n]{1,2}["'\`]?(?:recipient|to|address|destination|amount|parameter|argument|url|account|wallet|path|beneficiary|iban|e-?mail|price|payee|port|key|value|content|body|query)s?["'\`]?(?:[ \\n]{1,2}[\\w'"\`-]{1,24}){0,6}?[ \\n]{1,2}(?:to|with|as|into)[ \\n]{1,2}["'\`]?(?:[\\w.+-]{1,64}@|https?:|0x[0-9a-f]{6}|\\/|attacker|[A-Z]{2}\\d{2}[A-Z0-9 ]{6}|\\+?\\d|[A-Za-z0-9-]{2,40}\\.[a-z]{2,10})|(?:bcc|cc)[ \\n]{1,2}(?:\\w{1,16}[ \\n]{1,2}){0,4}[\\w.+-]{1,64}@|all (?:e-?mails?|messages?|payments?|transfers?|requests?)(?:[ \\n]{1,2}\\w{1,16}){0,4}[ \\n]{1,2}must be (?:sent|routed|redirected|forwarded))`,
    ),
    back: [0, 40],
  },
  {
    cue: "coerce",
    keywords:
      "will not work|won't work|will fail|otherwise|mandatory|must first|required for|will be blocked|will crash|critical|before using|very important|extremely important|important:|security check|for security",
    pattern: phrase(
      `(?:(?:tool|system|application|function|operation|it|server|everything|request)s?[ \\n]{1,2}(?:will not|won'?t|will fail|cannot|will crash|will be (?:blocked|locked|deleted))|otherwise,?[ \\n]{1,2}(?:the|it|this|you|all|your)|(?:will|would) (?:fail|crash|be blocked|be locked|not work)|mandatory|must first|very important|extremely important|important:|security check|for security (?:reasons|purposes|verification))`,
    ),
    back: [0, 20],
  },
  {
    cue: "context-field",
    schemaOnly: true,
    keywords:
      '"system_prompt"|"conversation_history"|"chat_history"|"previous_messages"|"chain_of_thought"|"full_context"|"sidenote"|"side_note"|"systemprompt"|"conversationhistory"|"chathistory"|"all_tools"|"model_name"|"tool_call_history"',
    pattern:
      /"(?:system_?prompt|conversation_?history|chat_?history|previous_?messages|chain_?of_?thought|full_?context|side_?note|tool_call_history|all_tools)"\s{0,3}:/i,
  },
]

const patterns = new PatternSet<CueRule>(
  cuePatterns.map(({ cue, keywords, pattern, back, schemaOnly = false }) => ({
    rule: { cue, schemaOnly },
    keywords: keywords.split("|"),
    pattern,
    ...(back === undefined ? {} : { back }),
  })),
)

// What looks for attacks quotes them.
const DETECTS = /\b(?:detect|scan|guard|classif|moderat|sanitiz|screen|flag)\w{0,5}\b/i
const QUOTED = /(?:^|\s)['"“‘`][^"'”’`\n]{0,50}$/
const WEIGHTY: readonly Cue[] = ["sensitive", "conceal", "sink", "override", "tamper", "hidden-text", "obey-output", "deceive", "order"]
const SHOWN = /\b(?:to )?(?:show|give|tell|report|relay|present|summari[sz]e|send|return)\b[^.\n]{0,60}\b(?:user|human|them|result)\b/i
// "Never pass credentials."
const FORBIDDEN = /(?:never|not|n't|without|avoid|cannot|accidentally|inadvertently|mistakenly)\s{1,2}(?:\w{1,10}\s)?$/i
// A description that orders something says so within this; longer ones are manuals.
const LONG_TEXT = 1_500
const NEIGHBOURS = 600
// Definitions are made of orders: only one that would be an attack in any other data counts.
const GRAVE_ORDER = 1.25
// A tool that starts agents asks for their prompt.
const MAKES_AGENTS = /sub-?agents?|(?:new|child|another|of the) agent|agent to (?:create|start|run)|assistant to create/i

const order: readonly Cue[] = [
  "ordered-read",
  "sensitive",
  "tamper",
  "sink",
  "override",
  "conceal",
  "hidden-text",
  "obey-output",
  "deceive",
  "order",
  "context-field",
  "suppress-others",
  "addressed",
  "hidden-tag",
  "cross-tool",
  "coerce",
]
