// What a host name alone says: a place to dump data, a tunnel home, a name that imitates another, a name no person made.
import { domainToUnicode } from "node:url"
import { parse } from "tldts"
import { entropy, wordiness } from "../text/entropy.ts"
import { foldUnicode } from "../text/fold.ts"
import { isKnownHost, vendorOf } from "./catalogue.ts"

export type SinkKind = "request bin" | "tunnel" | "paste site" | "file drop" | "chat webhook" | "out-of-band test host"

export function sinkOf(host: string, path: string): SinkKind | undefined {
  const name = host.toLowerCase()
  for (const [kind, suffixes] of sinks) if (suffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))) return kind
  if (/^(?:\w+\.)?discord(?:app)?\.com$/.test(name) && path.startsWith("/api/webhooks/")) return "chat webhook"
  if (/^hook\.(?:[a-z]{2}\d\.)?(?:make|integromat)\.com$/.test(name)) return "request bin"
  if (name === "script.google.com" && path.startsWith("/macros/s/")) return "request bin"
  if (name === "api.telegram.org" && path.startsWith("/bot")) return "chat webhook"
  return undefined
}

export interface Imitation {
  readonly of: string
  readonly how: "look-alike letters" | "one letter away" | "brand inside another domain"
}

/** A name that a person would take for a well-known one. */
export function imitationOf(host: string): Imitation | undefined {
  const name = host.toLowerCase().replace(/\.$/, "")
  if (name.length > MAX_HOST || isKnownHost(name) || vendorOf(name) !== undefined) return undefined
  const shown = name.includes("xn--") ? domainToUnicode(name) : name
  const { domain, domainWithoutSuffix: label } = parse(shown, { allowPrivateDomains: false })
  if (domain === null || label === null || label === "") return undefined
  const skeleton = (foldUnicode(label)?.text ?? label)
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
  if (skeleton !== label && brands.has(skeleton)) return { of: skeleton, how: "look-alike letters" }
  const plain = skeleton.replace(/0/g, "o").replace(/1/g, "l").replace(/3/g, "e").replace(/5/g, "s").replace(/rn/g, "m").replace(/vv/g, "w")
  if (plain !== label && brands.has(plain)) return { of: plain, how: "look-alike letters" }
  for (const brand of brands) {
    if (label === brand)
      return strongBrands.has(brand) && (isOddSuffix(name) || MISTYPED_SUFFIX.test(name))
        ? { of: brand, how: "brand inside another domain" }
        : undefined
    if (brand.length >= 6 && Math.abs(label.length - brand.length) <= 1 && oneApart(label, brand))
      return { of: brand, how: "one letter away" }
  }
  const before = shown.slice(0, -domain.length).replace(/\.$/, "")
  const inner = [...brandHosts].find(
    (known) => before === known || before.endsWith(`.${known}`) || before.startsWith(`${known}.`) || before.startsWith(`${known}-`),
  )
  if (inner !== undefined) return { of: inner, how: "brand inside another domain" }
  // "api.github.com.mirror-cdn.top": any name known by heart, whole, in front of somebody else's.
  if (
    COPIED.test(before) &&
    !NETWORK_OF_COPIES.test(domain) &&
    (REGISTRY.test(before) || vendorOf(before) !== undefined || isKnownHost(before))
  )
    return { of: before, how: "brand inside another domain" }
  const continued = /^((?:[a-z0-9-]{1,40}\.){1,4}(?:com|org|net|io|ai|co|dev))-/.exec(shown)?.[1]
  if (continued !== undefined && (vendorOf(continued) !== undefined || isKnownHost(continued) || brandHosts.has(continued)))
    return { of: continued, how: "brand inside another domain" }
  if (isOddSuffix(name))
    for (const part of before.split(".")) {
      const words = part.split("-")
      const brand = words.find((word) => strongBrands.has(word))
      if (brand !== undefined && (words.length === 1 || words.some((word) => lureWords.has(word))))
        return { of: brand, how: "brand inside another domain" }
    }
  const hyphenated = skeleton.split("-")
  if (hyphenated.length < 2 || !hyphenated.some((part) => lureWords.has(part))) return undefined
  const odd = isOddSuffix(name)
  for (const part of hyphenated) {
    const near = [...strongBrands].find(
      (brand) => part === brand || (brand.length >= 6 && part.length === brand.length && oneApart(part, brand)),
    )
    if (near !== undefined) return { of: near, how: "brand inside another domain" }
    if (odd && brands.has(part)) return { of: part, how: "brand inside another domain" }
  }
  return undefined
}

/** 0..1: how little the registered name looks as if a person had chosen it. */
export function generatedScore(host: string): number {
  const { domainWithoutSuffix: label, isIp } = parse(host.toLowerCase())
  if (isIp === true || label === null || label.length < SHORTEST_GENERATED || label.startsWith("xn--") || isKnownHost(host)) return 0
  // A person who strings words together puts hyphens between them, or leaves them readable.
  const letters = label.replace(/[^a-z0-9]/g, "")
  const vowels = letters.replace(/[^aeiouy]/g, "").length / letters.length
  // "326ene0rrh9y8oq3": people put a number at an end, once.
  const changes = letters.match(/\d+/g)?.length ?? 0
  const mixed = changes >= 3 ? 0.35 + 0.1 * Math.min(3, changes - 3) : 0
  const runs = /[bcdfghjklmnpqrstvwxz]{5,}/.test(letters) ? 0.25 : 0
  const unlike = Math.max(0, 0.42 - wordiness(letters)) * 1.6
  const clash = Math.max(0, clashes(letters) - 0.1) * 1.6
  // "twjcmayy651147.xyz": a row of digits behind letters that say nothing, under a suffix bought by the thousand.
  const numbered = /[a-z]{6}\d{5,8}$/.test(letters) && unlike > 0 ? 0.12 : 0
  const score =
    unlike +
    clash +
    runs +
    mixed +
    (vowels < 0.2 ? 0.2 : 0) +
    (entropy(letters) > 3.4 ? 0.1 : 0) +
    (letters.length > 18 ? 0.05 : 0) +
    numbered +
    (unlike > 0.1 && isOddSuffix(host) ? 0.1 : 0)
  return Math.min(1, label.includes("-") ? score * 0.6 : score)
}

/** The share of neighbours that hardly any language writes: q without u, j, v, x and z before most consonants. */
function clashes(letters: string): number {
  let count = 0
  for (let at = 0; at + 1 < letters.length; at++) if (UNSAID.test(letters.slice(at, at + 2))) count++
  return count / Math.max(1, letters.length - 1)
}

/** Registries whose names are cheap, fast and often abused; a hint, never a verdict. */
export function isOddSuffix(host: string): boolean {
  return oddSuffixes.has(host.toLowerCase().split(".").at(-1) ?? "")
}

function oneApart(a: string, b: string): boolean {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let endA = a.length
  let endB = b.length
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const rest = Math.max(endA - start, endB - start)
  return rest === 1 || (rest === 2 && a[start] === b[start + 1] && a[start + 1] === b[start])
}

const sinks: readonly (readonly [SinkKind, readonly string[]])[] = [
  [
    "request bin",
    "webhook.site,requestbin.com,requestbin.net,requestbin.io,pipedream.net,hookbin.com,beeceptor.com,requestcatcher.com,mockbin.org,postb.in,ptsv2.com,ptsv3.com,webhook.cool,requestinspector.com,hookdeck.com,smee.io,typedwebhook.tools,webhookinbox.com,requestly.tech,requestrepo.com,webhook-test.com,webhook.win,hookb.in,requestb.in,hooks.zapier.com,maker.ifttt.com,formspree.io,ntfy.sh,mockable.io,pipedream.com,webhookrelay.com,hookrelay.dev,requests.cool,postbin.org".split(
      ",",
    ),
  ],
  [
    "tunnel",
    "ngrok.io,ngrok.app,ngrok-free.app,ngrok-free.dev,ngrok.dev,trycloudflare.com,loca.lt,localtunnel.me,serveo.net,localhost.run,lhr.life,bore.pub,pinggy.link,pinggy.io,tunnelmole.net,zrok.io,playit.gg,portmap.io,devtunnels.ms,telebit.io,packetriot.net,cpolar.cn,cpolar.top,natapp.cc,frp.fun,srv.us,tunnel.pyjam.as,ngrok.pizza,boringproxy.io,sish.top,tunnelto.dev,remote.it,holesail.io,pagekite.me,loclx.io,sharedwithexpose.com,staqlab-tunnel.com,localxpose.io,onionpipe.com,tunnel.gg,tunnl.gg,inlets.dev,beame.io,forwardhq.com,ultrahook.com,burrow.io,webhook.pub".split(
      ",",
    ),
  ],
  [
    "out-of-band test host",
    "interact.sh,oast.fun,oast.live,oast.me,oast.online,oast.pro,oast.site,burpcollaborator.net,oastify.com,dnslog.cn,ceye.io,canarytokens.com,dnsbin.zhack.ca,eyes.sh,xss.ht,bxss.me,r87.me,dnslog.link,dnslog.org,callback.red,pingb.in,requestbin.cn,dig.pm,eyes.sh".split(
      ",",
    ),
  ],
  [
    "paste site",
    "pastebin.com,paste.ee,hastebin.com,ghostbin.com,ghostbin.co,rentry.co,rentry.org,dpaste.com,dpaste.org,termbin.com,ix.io,sprunge.us,controlc.com,privatebin.net,justpaste.it,glot.io,pastes.io,paste.rs,0bin.net,bpa.st,pastie.org,textbin.net,paste.sh,paste.mozilla.org,cl1p.net,snippet.host,pst.moe,paste.debian.net,paste.ubuntu.com,paste.centos.org,paste.gg,paste2.org,pastecode.io,pasteio.com,hatebin.com,zerobin.net,mystb.in,notes.io,telegra.ph,clbin.com,dpaste.de,nekobin.com,paste.c-net.org,justpasteit.org".split(
      ",",
    ),
  ],
  [
    "file drop",
    "transfer.sh,file.io,0x0.st,temp.sh,bashupload.com,gofile.io,anonfiles.com,catbox.moe,litterbox.catbox.moe,uguu.se,oshi.at,filebin.net,tmpfiles.org,keep.sh,ufile.io,wetransfer.com,send.vis.ee,pixeldrain.com,x0.at,filetransfer.io,mega.nz,mega.io,fileditch.com,buzzheavier.com,qu.ax,workupload.com,anonymfile.com,tempsend.com,envs.sh,lufi.io,ttm.sh,sendspace.com,mediafire.com,krakenfiles.com,files.fm,easyupload.io,dropmefiles.com,uploadfiles.io,sendgb.com,upload.ee,tmp.ninja,pomf.lain.la,anonfile.com,bayfiles.com,zippyshare.com,1fichier.com,storj.link".split(
      ",",
    ),
  ],
]
const brands: ReadonlySet<string> = new Set(
  "openai,anthropic,chatgpt,claude,google,googleapis,github,githubusercontent,gitlab,microsoft,microsoftonline,azure,amazon,amazonaws,paypal,apple,icloud,facebook,instagram,whatsapp,netflix,linkedin,dropbox,slack,atlassian,stripe,cloudflare,huggingface,deepseek,mistral,perplexity,binance,coinbase,metamask,telegram,discord,npmjs,pypi,docker,wikipedia,youtube,twitter,adobe,salesforce,zoom,notion,cursor,vercel,alibaba,aliyun,tencent,baidu,modelcontextprotocol".split(
    ",",
  ),
)
// Short or ordinary words inside longer names prove nothing; these do.
const strongBrands: ReadonlySet<string> = new Set(
  "openai,anthropic,chatgpt,github,microsoft,paypal,googleapis,amazonaws,huggingface,deepseek,metamask,coinbase,binance,npmjs,pypi,icloud,office365".split(
    ",",
  ),
)
const lureWords: ReadonlySet<string> = new Set(
  "api,login,secure,security,verify,auth,account,update,support,cdn,download,sso,signin,wallet,billing,service,token,proxy,gateway,free,official,help,pay".split(
    ",",
  ),
)
const brandHosts: ReadonlySet<string> = new Set(
  "api.openai.com,openai.com,api.anthropic.com,anthropic.com,github.com,api.github.com,google.com,accounts.google.com,googleapis.com,microsoft.com,login.microsoftonline.com,amazonaws.com,paypal.com,apple.com,huggingface.co,slack.com".split(
    ",",
  ),
)
const oddSuffixes: ReadonlySet<string> = new Set(
  "zip,mov,xyz,top,tk,ml,ga,cf,gq,click,icu,cyou,rest,monster,quest,sbs,bond,cfd,lol,buzz,work,fit,surf,country,kim,men,loan,download,racing,win,bid,stream,gdn,mom,xin,vip,onion,bit".split(
    ",",
  ),
)
const UNSAID =
  /q[^u0-9]|[jv][bcdfghjklmpqtvwxz]|x[bdfgjkmnqrsvwxz]|z[bcdfgjknpqrstvx]|[bcdfgkpqtvwxz][jq]|[bcdfghjkmpqvwxyz]x|[bfghjmpqvwx]z|[bcdfgjkmpqtvxz]v|[bcdfgjkmpqvxz]w(?!h)|[cfgjqvwxz]b|[bfgjmpqvwxz]c|[bcfgjpqvxz]d(?!j)|[bcdgjkmpqvwxz]f|[bcfhjkmpqvwxz]g|[bdfgjmpqvwx]k|[cdfghjkmqvwxz]m|[cdfghjkmnqvwxz]p|[fjqvx]t|[cdfgjkmpqvwxz]n/
const COPIED = /(?:^|\.)[a-z0-9-]{2,}\.(?:com|org|net|io|ai|co|dev|cn|sh)$/
const MISTYPED_SUFFIX = /\.(?:cam|cm|om|co|comm|ney|nett|orgs|ogr|og|ne)$/
const REGISTRY = /(?:^|\.)(?:npmjs|pypi|pythonhosted|crates|rubygems|yarnpkg|packagist|nuget|golang)\.(?:org|com|io|dev)$/
// What delivers for others names its customers in front of its own name.
const NETWORK_OF_COPIES =
  /^(?:edgekey|edgesuite|akadns|akamaiedge|akamaized|akamaihd|cloudflare|cloudfront|fastly|fastlylb|trafficmanager|footprint|llnwd|azureedge|azurefd|cdn77|b-cdn|cdnetworks|gccdn|hwcdn|stackpathcdn|kunlun\w{1,8}|alikunlun|cdngslb|alicdn|wscdns|wsglb0|lxdns|ccgslb|chinacache|dnsv1|tdnsv\d|qtlcdn|bdydns|jomodns|yunjiasu-cdn|gslb\w{0,8}|google|translate|archive|web|spamhaus|surbl|dbl|uribl|safebrowsing)\.\w{2,6}$/
const SHORTEST_GENERATED = 10
const MAX_HOST = 255
