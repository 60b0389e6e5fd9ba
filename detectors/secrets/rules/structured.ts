// Credentials proved by their structure: tokens that decode, addresses with a password, key files, login files, wallets.
import { base58check, bech32 } from "../../text/checksums.ts"
import { isPlaceholder } from "../../text/context.ts"
import { fromBase58 } from "../../text/decode/alphabets.ts"
import { COMMON_PASSWORD, notPlaceholder } from "../placeholder.ts"
import { type Check, pattern, type SecretRule } from "../rule.ts"

export const structuredRules: readonly SecretRule[] = [
  pattern(
    "jwt",
    "JSON Web Token",
    "medium",
    {
      keywords: ["eyJ"],
      pattern: /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,6000}\.[A-Za-z0-9_-]{16,1500}/,
      hits: (s) => [jwt({ alg: "HS256", typ: "JWT" }, { sub: s.an(12), exp: 1_900_000_000 }, s.b64(43).replace(/[+/]/g, "a"))],
    },
    { structured: true, check: jwtCheck, misses: (s) => [[`eyJ${s.an(30)}.eyJ${s.an(30)}.${s.an(43)}`, "the header is not JSON"]] },
  ),
  pattern(
    "jwt-unsigned",
    "JSON Web Token without a signature",
    "high",
    {
      keywords: ["eyJhbGciOiJub25l", "eyJhbGciOiJOb25l", "eyJhbGciOiJOT05F"],
      pattern: /eyJhbGciOiJ(?:ub25l|Ob25l|OT05F)[A-Za-z0-9_-]{0,400}\.eyJ[A-Za-z0-9_-]{4,6000}\.?/,
      hits: () => [jwt({ alg: "none", typ: "JWT" }, { sub: "admin" }, "")],
    },
    { structured: true },
  ),
  pattern(
    "private-key",
    "Private key (PEM)",
    "critical",
    {
      keywords: ["PRIVATE KEY"],
      pattern: /-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/,
      hits: (s) => [
        `-----BEGIN RSA ${"PRIVATE"} KEY-----\n${s.b64(64)}\n${s.b64(64)}\n-----END RSA ${"PRIVATE"} KEY-----`,
        `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\\n${s.b64(64)}\\n-----END OPENSSH ${"PRIVATE"} KEY-----`,
      ],
    },
    {
      structured: true,
      back: [11, 36],
      grow: growPem,
      misses: () => [
        [`grep -r "BEGIN RSA ${"PRIVATE"} KEY" .`, "no key after the words"],
        [`-----BEGIN ${"PRIVATE"} KEY-----\n...\n-----END ${"PRIVATE"} KEY-----`, "the body is left out"],
        [
          `-----BEGIN ${"PRIVATE"} KEY-----\nMIIEowIBAAKCAQEAqk7fW2bYp0sXv3...hT5+Rd\n-----END ${"PRIVATE"} KEY-----`,
          "most of the body is left out",
        ],
      ],
    },
  ),
  pattern(
    "putty-key",
    "PuTTY private key",
    "critical",
    {
      keywords: ["PuTTY-User-Key-File-"],
      pattern: /PuTTY-User-Key-File-[23]: [a-z0-9-]{5,40}\r?\n/,
      hits: (s) => [
        `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: k\nPrivate-Lines: 1\n${s.b64(48)}\nPrivate-MAC: ${s.hex(64)}\n`,
      ],
    },
    { structured: true, grow: (text, start) => after(text, start, "Private-MAC", 6_000) },
  ),
  pattern(
    "pkcs12",
    "PKCS #12 key store in base64",
    "high",
    {
      keywords: ["IBAzCC"],
      pattern: /(?<![A-Za-z0-9+/])MII[A-Za-z0-9+/]{2,4}IBAzCC[A-Za-z0-9+/]{200}/,
      hits: (s) => [`MIIKzgIBAzCC${s.b64(400)}`],
    },
    { structured: true, back: [5, 7] },
  ),
  pattern(
    "java-key-store",
    "Java key store",
    "high",
    {
      keywords: ["/u3+7QAAAA"],
      pattern: /(?<![A-Za-z0-9+/])\/u3\+7QAAAA[A-Za-z0-9+/]{100}/,
      hits: (s) => [`/u3+7QAAAAIAAAAB${s.b64(200)}`],
    },
    { structured: true },
  ),
  pattern(
    "age-key",
    "age secret key",
    "critical",
    {
      keywords: ["AGE-SECRET-KEY-1"],
      pattern: /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}(?![A-Z0-9])/,
      hits: (s) => [`AGE-SECRET-KEY-1${s.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`],
    },
    { check: (secret) => (bech32(secret) ? "sure" : "weak") },
  ),
  pattern(
    "minisign-key",
    "minisign secret key",
    "critical",
    {
      keywords: ["minisign encrypted secret key"],
      pattern: /minisign encrypted secret key\r?\n[A-Za-z0-9+/]{100,400}={0,2}/,
      hits: (s) => [`untrusted comment: minisign encrypted secret key\nRWRTY0Iy${s.b64(200)}=`],
    },
    { structured: true },
  ),
  pattern("wireguard-key", "WireGuard private key", "critical", {
    keywords: ["PrivateKey", "PresharedKey"],
    pattern: /(?:PrivateKey|PresharedKey)\s{0,3}=\s{0,3}(?<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])/,
    hits: (s) => [`[Interface]\nPrivateKey = ${s.b64(42)}A=\nAddress = 10.0.0.2/32`],
  }),
  pattern(
    "url-password",
    "Login in a URL",
    "high",
    {
      keywords: ["://"],
      pattern:
        /:\/\/(?<user>[^\s:@/'"<>`\\|,;()[\]{}?#]{0,80}):(?<secret>[^\s:@'"<>`\\|,;()[\]{}/?#]{3,160})@(?<host>[A-Za-z0-9.-]{1,200}|\[[0-9a-f:]{2,40}\])(?![A-Za-z0-9.-])/,
      hits: (s) => [
        `postgres://app:${s.an(14)}@db.internal.corp.net:5432/prod`,
        `https://ci:${s.an(18)}@git.corp.net/x.git`,
        `mongodb+srv://root:${s.an(12)}@c0.abcde.mongodb.net`,
      ],
    },
    {
      structured: true,
      check: urlPassword,
      misses: () => [
        ["postgres://user:password@localhost:5432/db", "the words of a manual, on this machine"],
        ["http://host:8080/path@2x.png", "an @ in a path"],
        ["https://user:pass@example.com", "placeholder"],
      ],
    },
  ),
  pattern(
    "jdbc-password",
    "Database connection string with a password",
    "high",
    {
      keywords: ["jdbc:"],
      pattern: /jdbc:[a-z0-9:]{2,40}:?(?:\/\/|@|thin:)[^\s"'<>]{1,300}?(?:[?&;]|\b)(?:password|pwd)=(?<secret>[^\s"'<>&;]{3,160})/i,
      hits: (s) => [`jdbc:mysql://db.corp.net:3306/prod?user=app&password=${s.an(14)}`],
    },
    { structured: true, check: notPlaceholder },
  ),
  pattern(
    "connection-string",
    "Database connection string with a password",
    "high",
    {
      keywords: ["password=", "pwd="],
      pattern: /(?:Password|Pwd)\s{0,2}=\s{0,2}(?<secret>[^\s"';<>]{4,160})/i,
      hits: (s) => [`Server=tcp:sql.corp.net,1433;Database=prod;User ID=app;Password=${s.an(14)};Encrypt=True`],
    },
    {
      structured: true,
      check: (secret, match, text) => {
        const before = text.slice(Math.max(0, match.index - 300), match.index)
        const near = before.slice(before.lastIndexOf("\n") + 1) + (text.slice(match.index, match.index + 300).split("\n")[0] ?? "")
        return /(?:Server|Data Source|Host|Addr(?:ess)?)\s{0,2}=[^;\n]{1,200};/i.test(near) ? notPlaceholder(secret) : "no"
      },
    },
  ),
  pattern(
    "basic-auth",
    "Basic authentication",
    "high",
    {
      keywords: ["basic "],
      pattern: /Basic {1,2}(?<secret>[A-Za-z0-9+/]{8,600}={0,2})(?![A-Za-z0-9+/=])/i,
      hits: (s) => [`Authorization: Basic ${Buffer.from(`admin:${s.an(12)}`).toString("base64")}`],
    },
    {
      structured: true,
      check: (secret) => {
        const plain = Buffer.from(secret, "base64").toString("latin1")
        const split = plain.indexOf(":")
        if (split < 0 || !/^[\x20-\x7e]{3,}$/.test(plain) || split === plain.length - 1) return "no"
        return isPlaceholder(plain.slice(split + 1)) || /^(?:user(?:name)?:pass(?:word)?|aladdin:open ?sesame)$/i.test(plain)
          ? "no"
          : "sure"
      },
      misses: () => [
        ["Basic authentication is not enough", "words"],
        [`Basic ${Buffer.from("user:password").toString("base64")}`, "the sample of manuals"],
      ],
    },
  ),
  pattern(
    "private-key-der",
    "Private key (base64 of its DER form)",
    "critical",
    {
      // PKCS #8 of RSA and of the curve P-256, PKCS #8 of Ed25519: what follows the version is the algorithm's name, the same in every key.
      keywords: ["IBADANBgkqhkiG9w0BAQEFAASC", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEH", "MC4CAQAwBQYDK2VwBCIEI"],
      pattern:
        /(?<![A-Za-z0-9+/])(?:MII[A-Za-z0-9+/]{2}[gwQ]IBADANBgkqhkiG9w0BAQEFAASC[A-Za-z0-9+/\\n\r]{200,6000}|MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg[A-Za-z0-9+/]{60,160}|MC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/]{42,44})={0,2}/,
      hits: (s) => [`app_private_key=MIIEvQ${"IBADANBgkqhkiG9w0BAQEFAASC"}${s.b64(800)}==`],
    },
    { structured: true, back: [0, 6] },
  ),
  pattern(
    "pgpass",
    "Login file of PostgreSQL (.pgpass)",
    "high",
    {
      keywords: [":5432:", ":5433:", ":5434:", ":6432:"],
      pattern:
        /(?<![A-Za-z0-9.*-])[A-Za-z0-9][A-Za-z0-9.-]{0,100}:(?:543[0-9]|6432):(?:\*|[A-Za-z_][\w-]{0,62}):[A-Za-z_][\w.@-]{0,62}:(?<secret>[^\s:"'`<>,;@/]{4,120})(?![:@/])/,
      hits: (s) => [`db-1.corp.net:5432:orders:app_rw:${s.an(16)}`],
    },
    { structured: true, back: [1, 101], check: notPlaceholder, misses: () => [["db:5432:orders:app:password", "the words of a manual"]] },
  ),
  pattern(
    "netrc",
    "Login file (.netrc)",
    "high",
    {
      keywords: ["machine "],
      pattern: /machine\s{1,4}[\w.-]{3,120}\s{1,8}login\s{1,4}[^\s]{1,80}\s{1,8}password\s{1,4}(?<secret>[^\s]{4,200})/,
      hits: (s) => [`machine api.corp.net login ci password ${s.an(16)}`],
    },
    { structured: true, check: notPlaceholder },
  ),
  pattern(
    "npmrc",
    "Registry token (.npmrc)",
    "critical",
    {
      keywords: ["_authtoken", ":_password", "_auth="],
      pattern: /(?:_authToken|_password|_auth)\s{0,2}=\s{0,2}"?(?<secret>[A-Za-z0-9+/=_.-]{12,1200})/i,
      hits: (s) => [`//registry.corp.net/:_authToken=${s.uuid()}`],
    },
    { structured: true, back: [0, 1], check: notPlaceholder },
  ),
  pattern(
    "kubeconfig-key",
    "Kubernetes client key",
    "critical",
    {
      keywords: ["client-key-data"],
      pattern: /client-key-data:?"?\s{0,4}:?\s{0,4}"?(?<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,6000}={0,2})/,
      hits: (s) => [`    client-key-data: ${Buffer.from(`-----BEGIN EC ${"PRIVATE"} KEY-----\n${s.b64(120)}`).toString("base64")}`],
    },
    { structured: true },
  ),
  pattern(
    "shadow-file",
    "Password hashes of a system (shadow file)",
    "high",
    {
      keywords: [":$6$", ":$y$", ":$5$", ":$1$", ":$2b$", ":$2y$", ":$gy$"],
      pattern: /[a-z_][a-z0-9_-]{0,31}:(?<secret>\$(?:6|y|5|1|2b|2y|gy)\$[^\s:]{20,200}):\d{0,6}:/,
      hits: (s) => [`root:$6$${s.an(8)}$${s.of("A-Za-z0-9./", 86)}:19000:0:99999:7:::`],
    },
    { structured: true, back: [1, 32] },
  ),
  pattern(
    "passwd-file",
    "Accounts of a system (passwd file)",
    "medium",
    {
      keywords: [":x:0:0:"],
      pattern: /root:x:0:0:[^:\n]{0,80}:[^:\n]{1,80}:\/[^\s:]{1,60}/,
      hits: () => ["root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin"],
    },
    { structured: true, back: 4 },
  ),
  pattern(
    "password-hash",
    "Password hash",
    "low",
    {
      keywords: ["$2a$", "$2b$", "$2y$", "$argon2", "{SSHA}", "{SSHA512}", "$6$", "$pbkdf2"],
      pattern:
        /\$2[aby]\$\d{2}\$[A-Za-z0-9./]{53}|\$argon2(?:id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{16,200}|\{SSHA(?:512)?\}[A-Za-z0-9+/]{32,130}={0,2}|\$6\$[A-Za-z0-9./=,]{4,40}\$[A-Za-z0-9./]{86}|\$pbkdf2[a-z0-9-]{0,12}\$[^\s]{20,200}/,
      hits: (s) => [`$2b$12$${s.of("A-Za-z0-9./", 53)}`],
    },
    { structured: true, ceiling: "low" },
  ),
  pattern(
    "bitcoin-extended-key",
    "Bitcoin extended private key",
    "critical",
    {
      keywords: ["xprv", "yprv", "zprv", "tprv"],
      pattern: /(?<![A-Za-z0-9])[xyzt]prv[1-9A-HJ-NP-Za-km-z]{107,108}(?![A-Za-z0-9])/,
      hits: (s) => [`xprv${s.of("1-9A-HJ-NP-Za-km-z", 107)}`],
    },
    { check: (secret) => (base58check(fromBase58(secret) ?? new Uint8Array()) ? "sure" : "weak") },
  ),
  pattern(
    "session-cookie",
    "Session cookie",
    "medium",
    {
      keywords: [
        "sessionid=",
        "jsessionid=",
        "phpsessid=",
        "session-token=",
        "_gitlab_session=",
        "connect.sid=",
        "asp.net_sessionid=",
        "sessionkey=",
      ],
      pattern:
        /(?:sessionid|JSESSIONID|PHPSESSID|session-token|_gitlab_session|connect\.sid|ASP\.NET_SessionId|sessionKey)=(?<secret>[A-Za-z0-9%._~-]{16,2000})/i,
      hits: (s) => [`Cookie: sessionid=${s.an(32)}`],
    },
    { check: notPlaceholder, ambiguous: true },
  ),
  pattern(
    "pai-eas-token",
    "Alibaba PAI EAS service token",
    "high",
    {
      keywords: ["pai-eas"],
      pattern:
        /pai-eas\.aliyuncs\.com[^\n]{0,200}\n?[^\n]{0,120}Authorization['"]?\s{0,3}[:=]\s{0,3}['"]?(?<secret>[A-Za-z0-9+/]{40,80}={0,2})/,
      hits: (s) => [`curl http://1.cn-hangzhou.pai-eas.aliyuncs.com/api/predict/m -H 'Authorization: ${s.b64(54)}=='`],
    },
    { owners: ["aliyuncs.com"] },
  ),
  pattern(
    "sentry-dsn",
    "Sentry DSN",
    "low",
    {
      keywords: [".ingest.sentry.io", ".ingest.us.sentry.io", ".ingest.de.sentry.io"],
      pattern: /https:\/\/[0-9a-f]{32}@o\d{1,12}\.ingest\.(?:us\.|de\.)?sentry\.io\/\d{1,20}/,
      hits: (s) => [`https://${s.hex(32)}@o123456.ingest.sentry.io/4505`],
    },
    { structured: true, ceiling: "low", back: [43, 56] },
  ),
]

/** For tests and hits: a token made of its parts. */
function jwt(header: object, payload: object, signature: string): string {
  return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.${signature}`
}

function jwtCheck(secret: string): Check {
  if (MANUAL_JWT.test(secret)) return "no"
  const header = Buffer.from(secret.slice(0, secret.indexOf(".")), "base64url").toString("latin1")
  return /^\{[\x20-\x7e]{0,1600}"alg"\s?:\s?"[A-Za-z0-9-]{2,20}"[\x20-\x7e]{0,1600}\}$/.test(header) ? "sure" : "no"
}

/** To the END line, or to where base64 stops: a cut key is a key. At least one line of body must be there. */
/** Manuals show the beginning and the end of a key. What is longer than that leaks, whatever is missing. */
const LEFT_OUT = /\.\.\.|…|\[(?:snip|truncated|redacted)/i
const MUCH_OF_A_KEY = 300

function growPem(text: string, _start: number, end: number): number | undefined {
  PEM_BODY.lastIndex = end
  if (!PEM_BODY.test(text)) return undefined
  const body = text.slice(end, end + MAX_PEM)
  const stop = body.indexOf("-----END")
  const inside = stop < 0 ? body : body.slice(0, stop)
  const encoded = inside.match(/[A-Za-z0-9+/=]{16,}/g) ?? []
  const characters = encoded.reduce((total, run) => total + run.length, 0)
  if (characters < (LEFT_OUT.test(inside) ? MUCH_OF_A_KEY : 40)) return undefined
  if (stop < 0) return end + Math.min(inside.length, characters + 100)
  const tail = /-----END [A-Z0-9 ]{0,40}-----/.exec(body.slice(stop, stop + 60))
  return end + stop + (tail?.[0].length ?? 8)
}

function after(text: string, start: number, mark: string, reach: number): number | undefined {
  const at = text.slice(start, start + reach).indexOf(mark)
  return at < 0 ? undefined : start + at + mark.length
}

function urlPassword(secret: string, match: RegExpExecArray): Check {
  const host = match.groups?.["host"] ?? ""
  const user = match.groups?.["user"] ?? ""
  if (isPlaceholder(secret) || isPlaceholder(user) || COMMON_PASSWORD.test(secret)) return "no"
  if (/(?:^|\.)(?:example\.(?:com|org|net)|test|invalid|example)$/i.test(host) || /^(?:host|hostname|server|domain|your)/i.test(host))
    return "no"
  if (/^(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal)/i.test(host))
    return secret.length >= 8 && /\d/.test(secret) ? "weak" : "no"
  return secret.length < 8 || !/\d/.test(secret) ? "weak" : "sure"
}

// The subject "1234567890" or "John Doe" of every tutorial, at the three alignments it can have.
const MANUAL_JWT = /\.eyJ(?:zdWIiOiIxMjM0NTY3ODkw|uYW1lIjoiSm9obiBEb2|zb21lIjoicGF5bG9hZC)/
// The key begins right after its header, or after a few armour lines: code that only speaks of keys goes on with something else.
const PEM_BODY =
  /(?:\s|\\[nr]|["'`+,;]){0,40}(?:(?:Proc-Type|DEK-Info|Version|Comment|Charset|Hash)[^\n\\]{0,120}(?:\s|\\[nr]){0,8}){0,4}[A-Za-z0-9+/=]{16}/y
const MAX_PEM = 8_000
