// What an action is for, in the words of sequence rules: an attack is often an ordinary read followed by an ordinary send.
import type { Envelope } from "../../contracts/envelope.ts"
import type { Subject } from "../../contracts/inspection.ts"
import { callsOf } from "./calls.ts"

export type StepKind =
  | "secret-read"
  | "private-read"
  | "untrusted-fetch"
  | "network-send"
  | "write-code"
  | "run-code"
  | "persist"
  | "discover"

export function stepsOf(envelope: Envelope, subject: Subject): { kind: StepKind; tool: string }[] {
  const steps = callsOf(envelope).flatMap(({ name, args }) => kindsOf(name, args).map((kind) => ({ kind, tool: name })))
  if (envelope.kind === "http" && subject.direction === "outbound" && subject.destination?.class === "unknown") {
    const sends = /^(?:POST|PUT|PATCH)$/.test(envelope.data.method) && envelope.data.request.bytes > SMALL_BODY
    steps.push({ kind: sends ? "network-send" : "untrusted-fetch", tool: envelope.data.method })
  }
  return steps
}

function kindsOf(tool: string, args: string): StepKind[] {
  const text = `${tool} ${args.slice(0, MAX_ARGUMENTS)}`
  return rules.filter(([, pattern]) => pattern.test(text)).map(([kind]) => kind)
}

const rules: readonly (readonly [StepKind, RegExp])[] = [
  [
    "secret-read",
    /\.ssh\/(?!known_hosts)|id_rsa|id_ed25519|\.aws\/|\.env(?![\w.]*(?:example|sample))\b|\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.kube\/config|\.docker\/config|credentials\.json|\/etc\/shadow|printenv|get[-_]secret|keychain|wallet\.dat/i,
  ],
  [
    "private-read",
    /^\S*(?:read|get|list|search|query|fetch)\w{0,20}(?:e?mail|message|issue|doc|file|record|customer|calendar|drive|database|row)/i,
  ],
  ["untrusted-fetch", /^\S*(?:fetch|browse|web|scrape|crawl|open_url|navigate|http_get)|\b(?:curl|wget)\s+(?!.*(?:-d|--data|-F|-T)\b)/i],
  [
    "network-send",
    /^\S*(?:send|post|upload|publish|create_(?:gist|issue|comment|pull)|http_post|webhook|tweet|share)|\bcurl\b.*(?:\s-d|--data|\s-F|\s-T|-X\s?(?:POST|PUT))|\b(?:scp|rsync|nc)\s/i,
  ],
  ["write-code", /^\S*(?:write|create|edit|save)\w{0,12}.{0,200}\.(?:sh|py|js|ps1|bat|rb)\b|>\s?\S{1,80}\.(?:sh|py|js|ps1|bat)\b/i],
  ["run-code", /\b(?:bash|sh|python3?|node|chmod \+x|source)\s+\S{1,80}\.(?:sh|py|js)\b|^\S*(?:execute|run)_?(?:code|script|python)/i],
  [
    "persist",
    /crontab|systemctl enable|\.bashrc|\.zshrc|launchctl|schtasks|authorized_keys|\.claude\/settings|SOUL\.md|MEMORY\.md|\.git\/hooks/i,
  ],
  ["discover", /\b(?:find \/|ls -la? ~|whoami|id;|uname -a|ifconfig|ip addr|ps aux|env\b)/i],
]
const MAX_ARGUMENTS = 4_000
const SMALL_BODY = 256
