// Secrets without a shape of their own: what makes them secret is the name they are given. One pattern reads `name operator value` in code,
// JSON, YAML, .env, headers and prose; a table of vendors knows what their value looks like, and a model of what is not a secret judges the rest.
import { isPlaceholder } from "../text/context.ts"
import { entropy, sequenceShare, wordiness } from "../text/entropy.ts"
import { isFixture } from "./placeholder.ts"
import type { Check, SecretRule } from "./rule.ts"
import { vendors } from "./vendors.ts"

export interface Assigned {
  readonly id: string
  readonly title: string
  readonly severity: SecretRule["severity"]
  readonly confidence: number
  readonly owners: readonly string[]
}

/** What the named value is, or undefined when nothing says it is secret. `name` is the whole identifier. */
export function judgeAssignment(name: string, value: string, quoted: boolean): Assigned | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9\u0080-\uffff]/g, "")
  if (isPlaceholder(value) || isFixture(value) || REFERENCE.test(value)) return undefined
  return judgeVendor(plain, value) ?? judgeGeneric(name, plain, { value, quoted })
}

/** A vendor's own name and a value of its shape. The brand may stand anywhere in a name that ends like a credential's: HEROKU_CI_API_TOKEN. */
function judgeVendor(plain: string, value: string): Assigned | undefined {
  const credential = genericKind(plain) === "secret" || plain.endsWith("pat")
  for (const [index, candidate] of vendors.entries()) {
    const named =
      candidate.names.some((known) => plain.endsWith(known)) || (credential && brands[index]?.some((brand) => plain.includes(brand)))
    if (named !== true || !candidate.value.test(value)) continue
    if (sequenceShare(value) > 0.5 || entropy(value) < 2.5) continue
    const confidence = CERTAIN_NAMES.has(candidate.id) ? 0.92 : 0.85
    return { id: `secret/${candidate.id}`, title: candidate.title, severity: "high", confidence, owners: candidate.owners ?? [] }
  }
  return undefined
}

/** Without an operator only a vendor's name and shape convince: `ENV COHERE_API_KEY xyz`, "deploy with linode token xyz". `before` is the line so far. */
export function judgeSpaced(name: string, value: string, before: string): Assigned | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "")
  if (isPlaceholder(value) || isFixture(value) || REFERENCE.test(value)) return undefined
  const set = /(?:^|[\s;&|])(?:ENV|ARG|set|setx|setenv|config(?::|\s)set|secrets?\s(?:set|put|create))\s{1,3}[\w.-]{0,40}$/i.test(before)
  return judgeVendor(plain, value) ?? (set ? judgeGeneric(name, plain, { value, quoted: false }) : undefined)
}

function judgeGeneric(
  name: string,
  plain: string,
  { value, quoted }: { readonly value: string; readonly quoted: boolean },
): Assigned | undefined {
  if (NOT_A_SECRET_NAME.test(name) || NOT_A_SECRET_NAME.test(splitWords(name))) return undefined
  const kind = genericKind(plain) ?? (/(?:^|[^A-Za-z])pat$|[a-z]Pat$/i.test(name) ? "secret" : undefined)
  if (kind === undefined) return undefined
  const verdict = UUID.test(value) && STRONG_NAME.test(plain) ? "likely" : looksSecret(value, kind === "password", quoted)
  if (verdict === "no") return undefined
  const sure = verdict === "sure"
  return kind === "password"
    ? { id: "secret/password", title: "Password", severity: "medium", confidence: sure ? 0.75 : 0.55, owners: [] }
    : { id: "secret/generic", title: "Secret by its name", severity: "medium", confidence: sure ? 0.7 : 0.5, owners: [] }
}

/** The model of what is not a secret: words, names, paths, addresses, ids, numbers, code. */
export function looksSecret(value: string, password: boolean, quoted: boolean): Check {
  if (value.length < (password ? 6 : 10) || value.length > 400) return "no"
  if (UUID.test(value) || /^[0-9]+$/.test(value) || /^\d{4}-\d\d-\d\d/.test(value) || /^v?\d+(?:\.\d+){1,3}/.test(value)) return "no"
  if (/^(?:https?|ftp|file|data|s3|gs|arn|urn|ssh|git|mailto):/i.test(value) || /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(value)) return "no"
  if (/^sha(?:1|256|384|512)-/.test(value) || CODE.test(value) || /[\u0080-\uffff]/.test(value)) return "no"
  if (sequenceShare(value) > 0.6) return "no"
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((set) => set.test(value)).length
  const digitsIn = (value.match(/[0-9]/g) ?? []).length
  if (password) {
    if (kinds <= 1 || (kinds === 2 && digitsIn === 0)) return "no"
    // "myPassword", "user_name": a name, not a word with something added.
    if (digitsIn === 0 && (/\s/.test(value) || !/[^A-Za-z0-9_.-]/.test(value))) return "no"
    if (!quoted && /[.(]/.test(value) && digitsIn === 0) return "no"
    return kinds >= 3 && value.length >= 8 ? "sure" : "likely"
  }
  if (digitsIn === 0) return "no"
  const bits = entropy(value)
  if (bits < (value.length >= 24 ? 3.2 : 3)) return "no"
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 24 && bits >= 2.8 ? "likely" : "no"
  if (kinds >= 3 && digitsIn >= 2 && value.length >= 20 && !/[\s.]/.test(value) && turns(value) >= 0.4) return "sure"
  if (wordiness(value) > (value.length < 20 ? 0.5 : 0.45) && digitsIn < value.length / 4) return "no"
  return kinds >= 3 && bits >= 3.5 ? "sure" : "likely"
}

/** How often neighbours are of different kinds. "getUserNameById2" turns seldom, chance turns at every second character. */
function turns(value: string): number {
  const kindAt = (at: number): number => {
    const code = value.charCodeAt(at)
    return code >= 97 ? 1 : code >= 65 ? 2 : code >= 48 && code <= 57 ? 3 : 4
  }
  let count = 0
  for (let at = 1; at < value.length; at++) if (kindAt(at) !== kindAt(at - 1)) count++
  return count / value.length
}

/** Fixed words of the matcher: the ends of secret names. */
export const assignmentKeywords: readonly string[] = [
  ...new Set(vendors.flatMap((known) => known.names)),
  "password", "passwd", "passwort", "passphrase", "_pwd", "pwd=", "pwd:", "pwd\"", "secret", "token", "api_key", "apikey", "api-key", "api key", "access_key", "accesskey",
  "access-key", "private_key", "privatekey", "private-key", "credential", "auth_key", "authkey", "_auth", "secretkey", "secret_key", "encryption_key", "signing_key", "master_key",
  "subscription-key", "subscription_key", "app key", "secret key", "_pat", "extpat", "pass:", "pass\":", "pass':", "pass=", "pass =", "subscriptionkey", "connectionstring", "_sdk_ak", "_sdk_sk", "volc_sk", "_key", "_pass", "appkey", "authorization", "bearer",
  "contraseña", "mot de passe", "senha", "пароль", "パスワード", "비밀번호", "密码", "口令", "密钥", "令牌", "密碼", "金鑰",
] // biome-ignore format: a table of words

/** From the keyword on: the rest of the name, an operator, and the value. All quantifiers are bounded and the classes around them differ. */
export const assignmentPattern =
  /(?<rest>[\w.-]{0,32})(?:["'`\]]{1,3}|\\")?(?:\s{0,4}(?:=>|\?=|:{1,3}=|(?:\|\||\?\?)(?=\s?["'])|\|(?=\s)|[=:：＝]{1,2}|[,\s]{1,60}["']?value["']?\s{0,3}[:=](?=\s{0,3}["'\w])|\)\.\w{2,12}\((?=["'])|,(?=\s?["'])|<\/key>\s{0,24}<string>|>|(?:\s(?:is|are|was|to|es|ist|est|é|это))(?=\s)|是|为|為)|(?<gap>\s{1,2}(?:--?[a-z-]{1,16}[= ])?))\s{0,4}(?:(?:new\s\w{1,30}\()|(?:Bearer|Token|Basic|str|string|String)\s{1,2}=?\s?)?(?:(?<quote>["'`“]|\\")(?<quoted>[^"'`“”\\\n]{4,500})["'`”\\]|(?<bare>[^\s"'`“”,;<>{}()|\\]{4,500}))/i

export const assignmentSamples = vendors.map((known) => ({ id: `secret/${known.id}`, name: known.names[0] ?? "", sample: known.sample }))

/** Said in a sentence: "the password for the staging server is ...", "use this token ...". Only values that look random count here. */
export const prosePattern =
  /(?:password|passphrase|passcode|passwort|credentials?|token|(?:api|access|secret|encryption)[ _-]?key|secret)s?(?:\s(?:for|to|of|on|at|in|used)\s[\w .@'/&-]{1,50}?)?(?:\s(?:is|are|was)(?: now)?:?|[:=])?\s{1,2}["'`]?(?<value>[^\s"'`,;<>(){}]{8,300})/i
export const proseKeywords: readonly string[] = [
  "password",
  "passphrase",
  "passcode",
  "passwort",
  "credential",
  "token",
  "api key",
  "access key",
  "secret key",
  "encryption key",
  "secret",
]

/** The value of a sentence. `between` is what stands between the name and the value. */
export function judgeProse(sentence: string, value: string): Assigned | undefined {
  const name = sentence.slice(0, sentence.length - value.length)
  if (isPlaceholder(value) || REFERENCE.test(value) || /^[A-Za-z]+$/.test(value)) return undefined
  const password = /pass|credential/i.test(name)
  const said = /\s(?:is|are|was)\b|[:=]\s/.test(name)
  // After a colon it could be code or a form: the assignment pattern has read those, so here it must look like nothing else.
  if (password && said && !/\s(?:is|are|was)\b/.test(name) && !/[^\w[\].<>-]/.test(value)) return undefined
  // "use the password x7!Kq..": nothing is said, but no word has four kinds of characters.
  if (password && !said && value.length >= 8 && FOUR_KINDS.every((kind) => kind.test(value)) && !/[./:]/.test(value))
    return { id: "secret/password", title: "Password", severity: "medium", confidence: 0.6, owners: [] }
  const verdict = looksSecret(value, password && said, false)
  if (password && said)
    return verdict === "sure" ? { id: "secret/password", title: "Password", severity: "medium", confidence: 0.65, owners: [] } : undefined
  if (value.length < 20 || verdict === "no" || (verdict === "likely" && !/api|access|auth|secret|bearer|bot/i.test(name))) return undefined
  return { id: "secret/generic", title: "Secret by its name", severity: "medium", confidence: 0.6, owners: [] }
}

/** The identifier the keyword is part of, to the left, with up to two words of prose before it. Bounded. */
export function nameBefore(text: string, start: number): string {
  let from = start
  while (from > 0 && start - from < 60 && /[\w.-]/.test(text[from - 1] as string)) from--
  const words = /(?:[A-Za-z]{2,16} ){1,2}$/.exec(text.slice(Math.max(0, from - 36), from))
  return text.slice(from - (words?.[0].length ?? 0), start)
}

function genericKind(plain: string): "password" | "secret" | undefined {
  if (
    /(?:password|passwd|passwort|passphrase|pwd|pass|contraseña|motdepasse|senha|пароль|パスワード|비밀번호|密码|口令|密碼)\d{0,3}$/.test(
      plain,
    )
  )
    return "password"
  if (
    /(?:secret|token|apikey|accesskey|privatekey|credentials?|authkey|auth|secretkey|encryptionkey|signingkey|masterkey|subscriptionkey|appkey|authorization|bearer|密钥|令牌|金鑰)(?:value|prod|live|dev|test|key|str|string)?\d{0,3}$/.test(
      plain,
    )
  )
    return "secret"
  return undefined
}

function splitWords(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
}

const GENERAL = new Set(["access", "secret", "private", "wallet", "deployer", "system", "port", "azure", "evmprivate"])
const FOUR_KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[!#$%^&*?+=@]/]
/** Names under which even an id is a credential: some vendors' keys are UUIDs. */
const STRONG_NAME =
  /(?:api|auth|access|bearer|server|service|account|personal|admin|bot|deploy|hec|master|integration|private)(?:key|token|secret)$|clientsecret$|secretkey$/
/** What is left of a vendor's names without the words every vendor uses. Short ones would be found inside other words. */
const brands = vendors.map(({ names }) => [
  ...new Set(
    names
      .map((known) =>
        known.replace(
          /(?:api|access|auth|secret|client|app|server|admin|sdk|account|hectoken|private|subscription|master|mainnet)*(?:keys?|tokens?|secrets?|ak|sk|api|v3)*$/,
          "",
        ),
      )
      .filter((brand) => brand.length >= 4 && !GENERAL.has(brand)),
  ),
])
// Names only this credential has: a value of its shape under one of them is it.
const CERTAIN_NAMES = new Set(["aws-secret-key", "alibaba-secret", "azure-cognitive-key", "volcengine-secret"])
// Names that end in a secret word and are about something else.
const NOT_A_SECRET_NAME =
  /(?<![A-Za-z])(?:max|min|num|total|count|prompt|completion|input|output|next|page|cursor|continuation|sync|csrf|xsrf|reset|pad|eos|bos|unk|sep|cls|mask|stop|special|public|publishable|sub|lookup|cache|primary|foreign|partition|sort|row|hot|short|card|design|syntax|punctuation|hash|digest|checksum|integrity|sha\d{0,3}|md5|commit|etag|idempotency|request|trace|span|device|sender|recaptcha|site|anti|by|pass|no|is|has|use|enable|require|show|hide|toggle|forgot|change|confirm|placeholder|label|title|error|message|hint|help|description|field|input|name|type|path|file|url|uri|endpoint|header|param|prefix|suffix|length|size|limit|policy|regex|pattern|format|expir\w*)[_.-]?(?:tokens?|secrets?|password|passwd|keys?|auth|credentials?)$|(?:author|authority|tokeniz\w*)$/i
// Code, templates and lookups on the right side.
const CODE =
  /[(){}<>]|^[A-Za-z_.]{2,40}\[[\w\s,.|"']{1,60}\]?$|\[a-z|\[A-Z|\[0-9]|=>|^\$|::|\b(?:function|return|await|const|process|getenv|environ|this|self|req|res|params|props|state|config|settings|options)\b\.?|^[a-z_]+(?:\.[a-zA-Z_]+)+$|^[\w*]+(?:\.[\w*]+){2,}$|^[a-z]+(?:[A-Z][a-z]+)+$|^[A-Z]+(?:_[A-Z]+)*$|^[a-z]+(?:[-_][a-z]+)+$/
const REFERENCE =
  /^(?:vault|op|aws|gcp|arn|ssm|secretsmanager|keyvault|azurekv|ref|env|file|sops|awskms|doppler|infisical|projects\/[\w-]+\/secrets):?[/:]|^!(?:Ref|Sub|ImportValue|vault)|^\{\{|^\$\{\{|^ENC\[|^@Microsoft\.KeyVault/
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
