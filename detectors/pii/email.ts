// E-mail addresses: from every "@", left and right over the characters an address may have. Linear, and most text has no "@".
import { type Entity, kind } from "./entity.ts"

export function findEmails(text: string, found: (entity: Entity) => void): void {
  let last = 0
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at
    while (start > last && at - start < 64 && LOCAL.test(text[start - 1] as string)) start--
    DOMAIN.lastIndex = at + 1
    const match = DOMAIN.exec(text)
    if (start === at || match === null) continue
    const end = at + 1 + match[0].length
    const local = text.slice(start, at).replace(/^[.+'-]+/, "")
    const domain = match[0].toLowerCase()
    last = end
    if (local === "" || !isPersonal(local.toLowerCase(), domain) || text[start - 1] === ":" || text.startsWith("//", start - 2)) continue
    found({ kind: EMAIL, confidence: 0.9, start: at - local.length, end })
  }
}

/** Not a role, a machine, a sample or a file name. */
function isPersonal(local: string, domain: string): boolean {
  const ending = domain.slice(domain.lastIndexOf(".") + 1)
  if (!/^[a-z]{2,18}$/.test(ending) || NOT_ENDINGS.has(ending)) return false
  if (SAMPLES.test(domain) || domain === "users.noreply.github.com" || domain.endsWith(".local") || domain.startsWith("git.")) return false
  return !ROLES.test(local)
}

const EMAIL = kind("email", "E-mail address", "contact", "low")
const LOCAL = /[A-Za-z0-9._%+'-]/
const DOMAIN = /(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,18}(?![A-Za-z0-9-])/y
const NOT_ENDINGS = new Set(
  "png jpg jpeg gif svg webp js ts css json md txt html py go rs java tgz gz zip example test invalid localhost local".split(" "),
)
const SAMPLES =
  /(?:^|\.)(?:example\.(?:com|org|net|edu)|example|test|email\.com|domain\.com|yourdomain\.com|company\.com|mail\.com|foo\.com|bar\.com|acme\.com|sample\.com|mycompany\.com|yourcompany\.com)$/
const ROLES =
  /^(?:no-?reply|do-?not-?reply|git|root|postmaster|mailer-daemon|support|info|help|contact|admin|sales|hello|team|security|abuse|webmaster|press|legal|privacy|office|service|jobs|careers|billing|newsletter|notifications?|bot|dev|opensource|oss|you|user|username|name|someone|me|test|foo|bar|your\.?name|your\.?email|email|first\.last|a|b|x|u)$|noreply|\[bot\]/
