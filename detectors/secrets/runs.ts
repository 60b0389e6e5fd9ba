// Credentials without a fixed prefix, found among the long runs of letters and digits that the survey has listed already.
import { base58check } from "../text/checksums.ts"
import { fromBase58 } from "../text/decode/alphabets.ts"
import { entropy } from "../text/entropy.ts"
import type { View } from "../text/view.ts"
import type { Sample } from "./rule.ts"

export interface RunRule {
  readonly id: string
  readonly title: string
  readonly severity: "critical" | "high"
  readonly owners: readonly string[]
  readonly confidence: number
  /** The run and what surrounds it within reach; answers the secret's span in the text, or undefined. */
  find(text: string, start: number, end: number): readonly [number, number] | undefined
  readonly hits: (s: Sample) => readonly string[]
}

export const runRules: readonly RunRule[] = [
  {
    id: "secret/zhipu-key",
    title: "Zhipu or Z.ai API key",
    severity: "high",
    owners: ["bigmodel.cn", "z.ai"],
    confidence: 0.9,
    find: (text, start, end) => (end - start === 32 && text[end] === "." ? sticky(text, start, ZHIPU) : undefined),
    hits: (s) => [`glm key ${s.hex(32)}.${s.an(15)}Q`],
  },
  {
    id: "secret/discord-bot-token",
    title: "Discord bot token",
    severity: "critical",
    owners: ["discord.com"],
    confidence: 0.95,
    find: (text, start, end) => {
      if (end - start < 24 || end - start > 28 || text[end] !== ".") return undefined
      return /^\d{17,20}$/.test(Buffer.from(text.slice(start, end), "base64").toString("latin1")) ? sticky(text, start, DISCORD) : undefined
    },
    hits: (s) => [`${Buffer.from(s.of("1-9", 18)).toString("base64")}.${s.an(6)}.${s.of("A-Za-z0-9_-", 38)}`],
  },
  {
    id: "secret/bitcoin-wif",
    title: "Bitcoin private key (WIF)",
    severity: "critical",
    owners: [],
    confidence: 0.99,
    find: (text, start, end) => {
      const run = text.slice(start, end)
      if (!/^[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}$/.test(run)) return undefined
      return base58check(fromBase58(run) ?? new Uint8Array()) ? [start, end] : undefined
    },
    // The private key 1, the smallest there is; built from its two halves.
    hits: () => [["KwDiBf89QgGbjEhKnhXJuH7LrciVrZi", "3qYjgd9M7rFU73sVHnoWn"].join("")],
  },
  {
    id: "secret/solana-key",
    title: "Solana private key",
    severity: "critical",
    owners: [],
    confidence: 0.6,
    find: (text, start, end) => {
      const run = text.slice(start, end)
      if (!/^[1-9A-HJ-NP-Za-km-z]{87,88}$/.test(run)) return undefined
      const near = text.slice(Math.max(0, start - 60), start)
      return /(?:secret|private|keypair|wallet|seed|solana|phantom)/i.test(near) && fromBase58(run)?.length === 64
        ? [start, end]
        : undefined
    },
    hits: (s) => [`solana wallet secret: 3${s.of("1-9A-HJ-NP-Za-km-z", 87)}`],
  },
  {
    id: "secret/evm-private-key",
    title: "EVM private key",
    severity: "critical",
    owners: [],
    confidence: 0.85,
    find: (text, start, end) => {
      const run = text.slice(start, end)
      if (!/^(?:0x)?[0-9a-fA-F]{64}$/.test(run)) return undefined
      const near = text.slice(Math.max(0, start - 50), start)
      return /(?:private.?key|priv.?key|wallet|mnemonic|deployer|signer|eth.?key|私钥|\bpk\b)[^\n]{0,24}$/i.test(near) &&
        !/public|hash|txid|transaction/i.test(near) &&
        entropy(run) > 3
        ? [start, end]
        : undefined
    },
    hits: (s) => [`wallet private key: 0x${s.hex(64)}`],
  },
  {
    id: "secret/twilio-api-key",
    title: "Twilio API key",
    severity: "high",
    owners: ["twilio.com"],
    confidence: 0.75,
    find: (text, start, end) =>
      end - start === 34 && text.startsWith("SK", start) && /^SK[0-9a-f]{32}$/.test(text.slice(start, end)) ? [start, end] : undefined,
    hits: (s) => [`SK${s.hex(32)}`],
  },
  {
    id: "secret/bitwarden-token",
    title: "Bitwarden machine account token",
    severity: "critical",
    owners: ["bitwarden.com"],
    confidence: 0.95,
    find: (text, start, end) => (end - start === 36 && text.startsWith("0.", start - 2) ? sticky(text, start, BITWARDEN) : undefined),
    hits: (s) => [`0.${s.uuid()}.${s.an(30)}:${s.b64(22)}==`],
  },
  {
    id: "secret/asana-token",
    title: "Asana token",
    severity: "high",
    owners: ["asana.com"],
    confidence: 0.9,
    find: (text, start, end) =>
      text[end] === ":" && /^2\/\d{14,17}\/\d{14,17}$/.test(text.slice(start, end)) ? sticky(text, start, ASANA) : undefined,
    hits: (s) => [`2/${s.of("1-9", 16)}/${s.of("1-9", 16)}:${s.hex(32)}`],
  },
  {
    id: "secret/aws-secret-near-id",
    title: "AWS secret access key",
    severity: "critical",
    owners: ["amazonaws.com"],
    confidence: 0.95,
    find: (text, start, end) => {
      const run = text.slice(start, end)
      if (run.length !== 40 || !/^[A-Za-z0-9/+]{40}$/.test(run) || /^[0-9a-f]{40}$/.test(run)) return undefined
      const near = text.slice(Math.max(0, start - 200), end + 200)
      return /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/.test(near) && !near.includes("EXAMPLE") && entropy(run) > 3.8
        ? [start, end]
        : undefined
    },
    hits: (s) => [`AKIA${s.of("A-Z2-7", 16)} ${s.b64(40)}`],
  },
  {
    id: "secret/alibaba-secret-near-id",
    title: "Alibaba Cloud AccessKey secret",
    severity: "critical",
    owners: ["aliyuncs.com"],
    confidence: 0.95,
    find: (text, start, end) => {
      const run = text.slice(start, end)
      if (run.length !== 30 || !/^[A-Za-z0-9]{30}$/.test(run)) return undefined
      const near = text.slice(Math.max(0, start - 160), end + 160)
      return /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{12,20}(?![A-Za-z0-9])/.test(near) && entropy(run) > 3.5 ? [start, end] : undefined
    },
    hits: (s) => [`LTAI5t${s.an(18)},${s.an(30)}`],
  },
  {
    id: "secret/tencent-secret-near-id",
    title: "Tencent Cloud SecretKey",
    severity: "critical",
    owners: ["tencentcloudapi.com"],
    confidence: 0.95,
    find: (text, start, end) => {
      const run = text.slice(start, end)
      if (run.length !== 32 || !/^[A-Za-z0-9]{32}$/.test(run)) return undefined
      const near = text.slice(Math.max(0, start - 160), end + 160)
      return /(?<![A-Za-z0-9])AKID[A-Za-z0-9]{32}(?![A-Za-z0-9])/.test(near) && entropy(run) > 3.5 ? [start, end] : undefined
    },
    hits: (s) => [`AKID${s.an(32)} ${s.an(32)}`],
  },
]

/** Runs both detectors of a view over its long runs. */
export function scanRuns(view: View, found: (rule: RunRule, start: number, end: number) => void): void {
  const { runs } = view.survey
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i] as number
    const end = runs[i + 1] as number
    if (end - start < 24 || end - start > 96) continue
    for (const rule of runRules) {
      const span = rule.find(view.text, start, end)
      if (span !== undefined) found(rule, span[0], span[1])
    }
  }
}

function sticky(text: string, start: number, pattern: RegExp): readonly [number, number] | undefined {
  pattern.lastIndex = start
  const match = pattern.exec(text)
  return match === null ? undefined : [start, start + match[0].length]
}

const ZHIPU = /[0-9a-f]{32}\.(?=[A-Za-z0-9]{0,15}[A-Z])[A-Za-z0-9]{16}(?![A-Za-z0-9])/y
const DISCORD = /[A-Za-z0-9_-]{24,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/y
const BITWARDEN = /[0-9a-f-]{36}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==/y
const ASANA = /2\/\d{14,17}\/\d{14,17}:[0-9a-f]{32}(?![0-9a-f])/y
