// Secrets without a shape of their own: what makes them secret is the name they are given. One pattern reads `name operator value` in code,
// JSON, YAML, .env, headers and prose; a table of vendors knows what their value looks like, and a model of what is not a secret judges the rest.
import { isPlaceholder } from "../text/context.ts"
import { entropy, sequenceShare, wordiness } from "../text/entropy.ts"
import type { Check, Sample, SecretRule } from "./rule.ts"

interface Vendor {
  readonly id: string
  readonly title: string
  /** Part of the name, lower case, without separators. */
  readonly names: readonly string[]
  readonly value: RegExp
  readonly owners?: readonly string[]
  readonly sample: (s: Sample) => string
}

const HEX32 = /^[0-9a-f]{32}$/i
const HEX40 = /^[0-9a-f]{40}$/i
const HEX64 = /^[0-9a-f]{64}$/i
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const hex32 = (s: Sample) => s.hex(32)
const hex40 = (s: Sample) => s.hex(40)

/** Names are looked for anywhere in the identifier, so AWS_SECRET_ACCESS_KEY, awsSecretAccessKey and aws-secret-access-key are one. */
const vendors: readonly Vendor[] = [
  vendor(
    "aws-secret-key",
    "AWS secret access key",
    ["secretaccesskey", "awssecretkey", "awssecret"],
    /^[A-Za-z0-9/+]{40}$/,
    (s) => s.b64(40),
    ["amazonaws.com"],
  ),
  vendor(
    "azure-cognitive-key",
    "Azure AI service key",
    ["ocpapimsubscriptionkey", "azureopenaikey", "azureopenaiapikey", "cognitiveserviceskey"],
    /^[0-9a-f]{32}$|^[A-Za-z0-9]{84}$/i,
    hex32,
    ["azure.com", "microsoft.com"],
  ),
  vendor(
    "azure-devops-token",
    "Azure DevOps token",
    ["azuredevops", "vststoken", "systemaccesstoken"],
    /^[a-z2-7]{52}$/i,
    (s) => s.of("a-z2-7", 52),
    ["azure.com"],
  ),
  vendor(
    "alibaba-secret",
    "Alibaba Cloud AccessKey secret",
    ["accesskeysecret", "alibabacloudsecret", "aliyunsecret", "aksecret"],
    /^[A-Za-z0-9]{30}$/,
    (s) => s.an(30),
    ["aliyuncs.com"],
  ),
  vendor(
    "tencent-secret",
    "Tencent Cloud SecretKey",
    ["tencentcloudsecretkey", "tencentsecretkey", "qcloudsecretkey", "secretkey"],
    /^[A-Za-z0-9]{32}$/,
    (s) => s.an(32),
    ["tencentcloudapi.com"],
  ),
  vendor(
    "huawei-key",
    "Huawei Cloud key",
    ["huaweicloudsdkak", "huaweicloudsdksk", "hwsecretkey", "hwaccesskey"],
    /^(?:[A-Z0-9]{20}|[A-Za-z0-9]{40})$/,
    (s) => s.an(40),
    ["myhuaweicloud.com"],
  ),
  vendor(
    "volcengine-secret",
    "Volcengine secret key",
    ["volcsecretkey", "volcsecretaccesskey", "volcenginesecret", "volcsk"],
    /^[A-Za-z0-9+/]{40,62}={0,2}$/,
    (s) => `${s.b64(58)}==`,
    ["volces.com"],
  ),
  vendor(
    "volcengine-ark-key",
    "Volcengine Ark API key",
    ["arkapikey", "doubaoapikey"],
    /^(?:ark-)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i,
    (s) => s.uuid(),
    ["volces.com"],
  ),
  vendor(
    "baidu-secret",
    "Baidu key",
    ["baiduapikey", "baidusecretkey", "qianfanak", "qianfansk", "erniesecret"],
    /^[A-Za-z0-9]{24,32}$/,
    hex32,
    ["baidubce.com"],
  ),
  vendor(
    "ibm-cloud-key",
    "IBM Cloud API key",
    ["ibmcloudapikey", "watsonxapikey", "ibmapikey", "bluemixapikey"],
    /^[A-Za-z0-9_-]{44}$/,
    (s) => s.of("A-Za-z0-9_-", 44),
    ["ibm.com"],
  ),
  vendor(
    "linode-token",
    "Linode, Vultr or Hetzner token",
    ["linodetoken", "linodeapi", "hcloudtoken", "hetznertoken", "vultrapikey"],
    /^(?:[0-9a-f]{64}|[A-Za-z0-9]{64}|[A-Z0-9]{36})$/,
    (s) => s.hex(64),
    ["linode.com", "hetzner.cloud", "vultr.com"],
  ),
  vendor("scaleway-secret", "Scaleway secret key", ["scwsecretkey", "scalewaysecret"], UUID, (s) => s.uuid(), ["scaleway.com"]),
  vendor("heroku-old-key", "Heroku API key", ["herokuapikey", "herokutoken", "herokukey"], UUID, (s) => s.uuid(), ["heroku.com"]),
  vendor("railway-token", "Railway token", ["railwaytoken", "railwayapitoken"], UUID, (s) => s.uuid(), ["railway.app"]),
  vendor("vercel-old-token", "Vercel token", ["verceltoken", "vercelapitoken"], /^[A-Za-z0-9]{24}$/, (s) => s.an(24), ["vercel.com"]),
  vendor("netlify-old-token", "Netlify token", ["netlifyauthtoken", "netlifytoken"], /^[A-Za-z0-9_-]{40,46}$/, (s) => s.an(43), [
    "netlify.com",
  ]),
  vendor(
    "cloudflare-old-token",
    "Cloudflare API token",
    ["cloudflareapitoken", "cloudflaretoken", "cfapitoken", "cloudflareapikey", "cfapikey"],
    /^(?:[A-Za-z0-9_-]{40}|[0-9a-f]{37})$/,
    (s) => s.an(40),
    ["cloudflare.com"],
  ),
  vendor("mistral-key", "Mistral API key", ["mistralapikey", "mistralkey"], /^[A-Za-z0-9]{32}$/, (s) => s.an(32), ["mistral.ai"]),
  vendor("cohere-key", "Cohere API key", ["cohereapikey", "coheretoken", "coapikey"], /^[A-Za-z0-9]{40}$/, (s) => s.an(40), [
    "cohere.com",
    "cohere.ai",
  ]),
  vendor("deepgram-key", "Deepgram API key", ["deepgramapikey", "deepgramkey"], HEX40, hex40, ["deepgram.com"]),
  vendor("assemblyai-key", "AssemblyAI API key", ["assemblyaiapikey", "assemblyaikey", "assemblyapikey"], HEX32, hex32, ["assemblyai.com"]),
  vendor("wandb-key", "Weights & Biases API key", ["wandbapikey", "wandbkey"], HEX40, hex40, ["wandb.ai"]),
  vendor(
    "exa-key",
    "Exa, Snyk, Smithery or Postmark key",
    [
      "exaapikey",
      "snyktoken",
      "smitheryapikey",
      "postmarkservertoken",
      "postmarktoken",
      "splunkhectoken",
      "opsgenieapikey",
      "codecovtoken",
    ],
    UUID,
    (s) => s.uuid(),
  ),
  vendor("together-old-key", "Together API key", ["togetherapikey", "togetherkey"], HEX64, (s) => s.hex(64), ["together.xyz"]),
  vendor(
    "zhipu-key-named",
    "Zhipu or GLM API key",
    ["zhipuapikey", "zhipuaiapikey", "glmapikey", "zaiapikey"],
    /^[0-9a-f]{32}\.[A-Za-z0-9]{16}$/,
    (s) => `${s.hex(32)}.${s.an(16)}`,
    ["bigmodel.cn", "z.ai"],
  ),
  vendor(
    "datadog-old-key",
    "Datadog key",
    ["ddapikey", "ddappkey", "datadogapikey", "datadogappkey", "ddapplicationkey"],
    /^(?:[0-9a-f]{32}|[0-9a-f]{40})$/i,
    hex32,
    ["datadoghq.com", "datadoghq.eu"],
  ),
  vendor(
    "okta-token",
    "Okta API token",
    ["oktaapitoken", "oktatoken", "oktaclienttoken"],
    /^00[A-Za-z0-9_-]{40}$/,
    (s) => `00${s.an(40)}`,
    ["okta.com"],
  ),
  vendor("auth0-secret", "Auth0 client secret", ["auth0clientsecret", "auth0secret"], /^[A-Za-z0-9_-]{64}$/, (s) => s.an(64), [
    "auth0.com",
  ]),
  vendor(
    "twilio-token",
    "Twilio auth token",
    ["twilioauthtoken", "twiliotoken", "twilioapisecret", "twilioapikey"],
    /^(?:SK)?[0-9a-f]{32}$|^[A-Za-z0-9]{32}$/i,
    hex32,
    ["twilio.com"],
  ),
  vendor("algolia-key", "Algolia admin key", ["algoliaadminkey", "algoliaapikey", "algoliaadminapikey"], HEX32, hex32, ["algolia.net"]),
  vendor("amap-key", "Amap key", ["amapkey", "amapapikey", "gaodekey"], HEX32, hex32, ["amap.com"]),
  vendor(
    "wechat-secret",
    "WeChat, Feishu or DingTalk app secret",
    ["wechatsecret", "wxsecret", "wxappsecret", "feishuappsecret", "larkappsecret", "dingtalkappsecret", "wechatappsecret", "appsecret"],
    /^(?:[0-9a-f]{32}|[A-Za-z0-9]{32}|[A-Za-z0-9_-]{64})$/,
    hex32,
    ["weixin.qq.com", "feishu.cn", "dingtalk.com"],
  ),
  vendor(
    "wechat-pay-key",
    "WeChat Pay or Alipay key",
    ["apiv3key", "wechatpaykey", "mchkey", "appprivatekey", "alipayprivatekey"],
    /^(?:[A-Za-z0-9]{32}|MII[A-Za-z0-9+/]{300,3000}={0,2})$/,
    (s) => s.an(32),
  ),
  vendor(
    "binance-key",
    "Exchange API key",
    [
      "binanceapikey",
      "binancesecret",
      "binanceapisecret",
      "binancesecretkey",
      "bybitapisecret",
      "okxsecretkey",
      "krakenprivatekey",
      "coinbaseapisecret",
    ],
    /^(?:[A-Za-z0-9]{36,64}|[A-Za-z0-9+/]{86}==|[A-F0-9]{32})$/,
    (s) => s.an(64),
  ),
  vendor(
    "portkey-key",
    "Portkey or LiteLLM key",
    ["portkeyapikey", "litellmmasterkey", "litellmkey"],
    /^(?:[A-Za-z0-9+/]{27}=?|sk-[A-Za-z0-9_-]{4,40})$/,
    (s) => `sk-${s.an(20)}`,
  ),
  vendor(
    "ngrok-token",
    "ngrok token",
    ["ngrokauthtoken", "ngroktoken"],
    /^2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}$/,
    (s) => `2${s.an(26)}_${s.an(21)}`,
    ["ngrok.com"],
  ),
  vendor(
    "intercom-token",
    "Intercom, Zendesk, LinkedIn, Twitch or Sumo secret",
    [
      "intercomtoken",
      "intercomaccesstoken",
      "zendesktoken",
      "zendeskapitoken",
      "linkedinclientsecret",
      "twitchclientsecret",
      "sumoaccesskey",
      "dronetoken",
      "pagerdutytoken",
      "pagerdutyapikey",
    ],
    /^[A-Za-z0-9+/=_-]{16,80}$/,
    (s) => s.an(40),
  ),
  vendor(
    "ethereum-key",
    "EVM private key",
    ["ethprivatekey", "evmprivatekey", "walletprivatekey", "deployerprivatekey", "privatekeyhex", "privatekey"],
    /^(?:0x)?[0-9a-f]{64}$/i,
    (s) => `0x${s.hex(64)}`,
  ),
]

function vendor(
  id: string,
  title: string,
  names: readonly string[],
  value: RegExp,
  sample: Vendor["sample"],
  owners?: readonly string[],
): Vendor {
  return { id, title, names, value, sample, ...(owners === undefined ? {} : { owners }) }
}

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
  if (isPlaceholder(value) || REFERENCE.test(value)) return undefined
  for (const candidate of vendors) {
    if (!candidate.names.some((known) => plain.endsWith(known)) || !candidate.value.test(value)) continue
    if (sequenceShare(value) > 0.5 || entropy(value) < 2.5) continue
    return { id: `secret/${candidate.id}`, title: candidate.title, severity: "high", confidence: 0.85, owners: candidate.owners ?? [] }
  }
  if (NOT_A_SECRET_NAME.test(name) || NOT_A_SECRET_NAME.test(splitWords(name))) return undefined
  const kind = genericKind(plain)
  if (kind === undefined) return undefined
  const verdict = looksSecret(value, kind === "password", quoted)
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
    if (digitsIn === 0 && !/[^A-Za-z0-9_.-]/.test(value)) return "no"
    if (!quoted && /[.(]/.test(value) && digitsIn === 0) return "no"
    return kinds >= 3 && value.length >= 8 ? "sure" : "likely"
  }
  if (digitsIn === 0) return "no"
  const bits = entropy(value)
  if (bits < (value.length >= 24 ? 3.2 : 3)) return "no"
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 24 && bits >= 2.8 ? "likely" : "no"
  if (wordiness(value) > (value.length < 20 ? 0.5 : 0.45) && digitsIn < value.length / 4) return "no"
  return kinds >= 3 && bits >= 3.5 ? "sure" : "likely"
}

/** Fixed words of the matcher: the ends of secret names. */
export const assignmentKeywords: readonly string[] = [
  ...new Set(vendors.flatMap((known) => known.names)),
  "password", "passwd", "passwort", "passphrase", "_pwd", "pwd=", "pwd:", "pwd\"", "secret", "token", "api_key", "apikey", "api-key", "api key", "access_key", "accesskey",
  "access-key", "private_key", "privatekey", "private-key", "credential", "auth_key", "authkey", "_auth", "secretkey", "secret_key", "encryption_key", "signing_key", "master_key",
  "subscription-key", "subscription_key", "subscriptionkey", "connectionstring", "_sdk_ak", "_sdk_sk", "volc_sk", "_key", "_pass", "appkey", "authorization", "bearer",
  "contraseña", "mot de passe", "senha", "пароль", "パスワード", "비밀번호", "密码", "口令", "密钥", "令牌", "密碼", "金鑰",
] // biome-ignore format: a table of words

/** From the keyword on: the rest of the name, an operator, and the value. All quantifiers are bounded and the classes around them differ. */
export const assignmentPattern =
  /(?<rest>[\w.-]{0,32})(?:["'`\]]{1,3}|\\")?\s{0,4}(?:=>|:=|[=:：＝]{1,2}|,(?=\s?["'])|>|(?:\s(?:is|are|was|to|es|ist|est|é|это))(?=\s)|是|为|為)\s{0,4}(?:(?:new\s\w{1,30}\()|(?:Bearer|Token|Basic|str|string|String)\s{1,2}=?\s?)?(?:(?<quote>["'`“]|\\")(?<quoted>[^"'`“”\\\n]{4,500})["'`”\\]|(?<bare>[^\s"'`“”,;<>{}()|\\]{4,500}))/i

export const assignmentSamples = vendors.map((known) => ({ id: `secret/${known.id}`, name: known.names[0] ?? "", sample: known.sample }))

/** The identifier the keyword is part of, to the left. Bounded. */
export function nameBefore(text: string, start: number): string {
  let from = start
  while (from > 0 && start - from < 60 && /[\w.-]/.test(text[from - 1] as string)) from--
  return text.slice(from, start)
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

// Names that end in a secret word and are about something else.
const NOT_A_SECRET_NAME =
  /(?:max|min|num|total|count|prompt|completion|input|output|next|page|cursor|continuation|sync|csrf|xsrf|reset|pad|eos|bos|unk|sep|cls|mask|stop|special|public|publishable|sub|lookup|cache|primary|foreign|partition|sort|row|hot|short|card|design|syntax|punctuation|hash|digest|checksum|integrity|sha\d{0,3}|md5|commit|etag|idempotency|client|request|trace|span|session|device|sender|recaptcha|site|anti|by|pass|no|is|has|use|enable|require|show|hide|toggle|forgot|change|confirm|placeholder|label|title|error|message|hint|help|description|field|input|name|type|path|file|url|uri|endpoint|header|param|prefix|suffix|length|size|limit|policy|regex|pattern|format|expir\w*)[_.-]?(?:tokens?|secrets?|password|passwd|keys?|auth|credentials?)$|(?:author|authority|tokeniz\w*)$/i
// Code, templates and lookups on the right side.
const CODE =
  /[(){}<>]|=>|^\$|::|\b(?:function|return|await|const|process|getenv|environ|this|self|req|res|params|props|state|config|settings|options)\b\.?|^[a-z_]+(?:\.[a-zA-Z_]+)+$|^[\w*]+(?:\.[\w*]+){2,}$|^[a-z]+(?:[A-Z][a-z]+)+$|^[A-Z]+(?:_[A-Z]+)*$|^[a-z]+(?:[-_][a-z]+)+$/
const REFERENCE =
  /^(?:vault|op|aws|gcp|arn|ssm|secretsmanager|keyvault|azurekv|ref|env|file|sops|awskms|doppler|infisical|projects\/[\w-]+\/secrets):?[/:]|^!(?:Ref|Sub|ImportValue|vault)|^\{\{|^\$\{\{|^ENC\[|^@Microsoft\.KeyVault/
