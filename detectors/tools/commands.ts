// Dangerous commands in tool calls, command lines and skills, read as a shell would read them.
import type { RawFinding, TextItem } from "../../services/contracts/inspection.ts"
import { isNegated } from "../text/context.ts"
import { PatternSet } from "../text/pattern-set.ts"
import { viewsOf } from "../text/readings.ts"
import { foldShell } from "../text/shell.ts"
import { rawView, type View } from "../text/view.ts"
import { callRules } from "./call-rules.ts"
import { type CommandRule, commandRules } from "./command-rules.ts"

export interface CommandHit {
  readonly rule: CommandRule
  readonly view: View
  readonly start: number
  readonly end: number
  readonly folded: boolean
}

/** All dangerous shapes in a text, in every reading of it; one a rule. */
export function commandsIn(item: TextItem): CommandHit[] {
  const best = new Map<string, CommandHit>()
  for (const view of viewsOf(item)) {
    scan(set, view, false, best)
    if (item.place === "tool-call") scan(callSet, view, false, best)
    const folded = foldShell(view.text)
    if (folded !== undefined) scan(set, rawView(folded), true, best)
  }
  return [...best.values()]
}

export function reportCommands(item: TextItem, report: (finding: RawFinding) => void): void {
  for (const hit of commandsIn(item)) {
    const { rule, view, start, end, folded } = hit
    const confidence = confidenceOf(hit, item)
    const span: readonly [number, number] = folded ? [0, Math.min(item.text.length, MAX_SPAN)] : view.locate(start, end)
    report({
      rule: `command/${rule.id}`,
      family: "command",
      severity: confidence < 0.5 ? "low" : rule.severity,
      confidence,
      title: rule.title,
      place: item.place,
      direction: item.direction,
      path: item.path,
      span,
      matched: view.text.slice(start, Math.min(end, start + MAX_SPAN)),
      sensitive: false,
      ...(folded ? { decoded: [...view.steps, "shell"] } : view.steps.length === 0 ? {} : { decoded: view.steps }),
      reason: `${rule.title.toLowerCase()}${item.name === undefined ? "" : ` (tool ${item.name})`}${folded ? "; the command was disguised from readers" : ""}`,
      facts: item.name === undefined ? {} : { tool: item.name },
      references: rule.references,
    })
  }
}

function scan(patterns: PatternSet<CommandRule>, view: View, folded: boolean, best: Map<string, CommandHit>): void {
  patterns.scan(view, (rule, match, start) => {
    if (best.has(rule.id)) return
    best.set(rule.id, { rule, view, start, end: start + match[0].length, folded })
  })
}

function confidenceOf({ rule, view, start, end, folded }: CommandHit, item: TextItem): number {
  const text = view.text.slice(start, end)
  let confidence = rule.confidence
  if (rule.id === "pipe-to-shell" || rule.id === "substituted-download")
    confidence = KNOWN_INSTALLER.test(view.text.slice(start, end + 80)) ? 0.4 : confidence
  // A .env.example is made to be read, and so are public keys.
  if (
    (rule.id === "credential-read" || rule.id === "credential-path") &&
    /\.pub\b|known_hosts|\.env(?:\.(?:example|sample|template))/i.test(view.text.slice(start, end + 12))
  )
    confidence = 0.2
  if ((rule.id === "credential-read" || rule.id === "credential-path") && /\.ssh[\\/]config$/i.test(text)) return 0.3
  if ((rule.id === "credential-read" || rule.id === "credential-path") && /\.env$|config$|history$/i.test(text))
    confidence = Math.min(confidence, 0.62)
  if (ORDINARY.get(rule.id)?.test(view.text.slice(Math.max(0, start - LINE), end)) === true) confidence = Math.min(confidence, 0.4)
  // A public key put where it belongs, by the command that manuals print.
  if (
    (rule.id === "archive-and-send" || rule.id === "persistence") &&
    /\.pub\b[^\n]{0,60}\|\s{0,3}ssh\s[^\n]{0,120}authorized_keys/.test(lineOf(view.text, start))
  )
    confidence = 0.4
  if (isNegated(view.text, start)) confidence *= 0.5
  if (item.place !== "command" && item.place !== "tool-call") confidence *= 0.85
  return Math.round(Math.min(0.98, confidence * (folded ? 1.1 : 1)) * 100) / 100
}

function lineOf(text: string, at: number): string {
  const from = text.lastIndexOf("\n", at) + 1
  return text.slice(Math.max(from, at - LINE), at + LINE)
}

const set = setOf(commandRules)
const callSet = setOf(callRules)

function setOf(rules: readonly CommandRule[]): PatternSet<CommandRule> {
  return new PatternSet(
    rules.map((rule) => ({
      rule,
      keywords: rule.keywords,
      pattern: rule.pattern,
      ...(rule.back === undefined ? {} : { back: rule.back }),
    })),
  )
}

// Installers that half the world pipes into a shell; their vendors publish exactly this line.
const KNOWN_INSTALLER =
  /https:\/\/(?:sh\.rustup\.rs|astral\.sh\/|get\.docker\.com|deno\.land\/|bun\.sh\/|raw\.githubusercontent\.com\/(?:nvm-sh|Homebrew|ohmyzsh|pyenv)\/|install\.python-poetry\.org|get\.pnpm\.io|ollama\.com\/|claude\.ai\/|fly\.io\/|get\.helm\.sh|get\.k3s\.io|sdk\.cloud\.google\.com|cli\.github\.com|deb\.nodesource\.com|brew\.sh|mise\.run|get\.volta\.sh|sh\.vector\.dev|get\.sdkman\.io|just\.systems|pixi\.sh|nixos\.org|tailscale\.com|x\.ai\/|cursor\.com\/|dl\.google\.com|download\.docker\.com|packages\.microsoft\.com|apt\.kubernetes\.io|pkgs\.k8s\.io)/i
/** What the shape of a rule has in common with every day's work. */
const ORDINARY: ReadonlyMap<string, RegExp> = new Map([
  [
    "persistence",
    /(?:^|sudo\s{1,3})systemctl\s{1,3}(?:--user\s{1,3})?enable\s(?![^\n]{0,80}&&)|(?:export (?!LD_|PROMPT_COMMAND|BASH_ENV|PYTHONSTARTUP)[A-Z_]{2,40}=|alias \w|setopt |source |eval ["'$(]{0,3}(?:\w{2,20} init|direnv|starship|rbenv|pyenv))(?![^\n]{0,140}(?:curl|wget|\/dev\/tcp|base64|\bnc\b|python|perl|https?:))[^\n;&|]{0,140}>>/,
  ],
  ["privilege", /usermod\s[^\n]{0,40}-\w{0,3}G\s{1,3}docker\b/],
  [
    "destructive-data",
    /push\s(?![^\n]{0,80}(?:--delete|\s:))[^\n]{0,80}-f|drop\s{1,3}table\s{1,3}if\s{1,3}exists|reset\s{1,3}--hard|clean\s{1,3}-fd|system\s{1,3}prune/,
  ],
])
const LINE = 160
const MAX_SPAN = 400
