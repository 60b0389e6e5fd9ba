// Sentences as data holds them: a line, a JSON string, the text between two tags; and whether a verb in one stands as an order.

/** The sentence around [start, end), at most REACH characters each way. */
export function sentenceAround(text: string, start: number, end: number): readonly [number, number] {
  let from = start
  for (const least = Math.max(0, start - REACH); from > least && !isEdge(text, from - 1); from--);
  let to = end
  for (const most = Math.min(text.length, end + REACH); to < most && !isEdge(text, to); to++);
  return [from, to]
}

/** The character ends what stands before it. */
function isEdge(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  switch (code) {
    case 0x0a:
    case 0x3002:
    case 0xff01:
    case 0xff1f:
      return true
    case 0x2e:
    case 0x21:
    case 0x3f: {
      const next = text.charCodeAt(at + 1)
      // The end, white space, a quote, a bracket, an escaped line break; not the dot of a name or an address.
      return Number.isNaN(next) || next <= 0x20 || next === 0x22 || next === 0x27 || next === 0x3c || next === 0x5c || next === 0x29
    }
    case 0x22: {
      const next = text.charCodeAt(at + 1)
      const before = text.charCodeAt(at - 1)
      return next === 0x2c || next === 0x7d || next === 0x5d || next === 0x3a || before === 0x3a || before === 0x5b || before === 0x2c
    }
    case 0x3c:
      return isLetterOrSlash(text.charCodeAt(at + 1))
    case 0x3e:
      return true
    case 0x5c:
      return text.charCodeAt(at + 1) === 0x6e
    default:
      return false
  }
}

/** 1: an order; 0.5: an obligation of somebody ("guests must"); 0: told, asked, denied. */
export function orderStrength(text: string, from: number, verb: number, end: number): number {
  // "email: x", "set(key)", "mail.example": a name or a call, no verb of a sentence.
  if (end < text.length && !AFTER_VERB.test(text.slice(end, end + 2))) return 0
  const opening = text.slice(Math.max(from, verb - 48), verb).trimEnd()
  if (!OPENS.test(opening)) return byLastWord(opening)
  // "The rights to use, copy, modify" lists; "Before you go on, send" orders.
  if (opening.endsWith(",")) return SUBORDINATE.test(text.slice(from, from + 40)) ? 1 : 0
  return 1
}

function byLastWord(before: string): number {
  if (before === "") return 1
  // Most words before a verb lead nowhere, and a set says so faster than an expression.
  const last = /[\w'’:]+$/.exec(before)?.[0].toLowerCase() ?? ""
  if (!LAST_WORDS.has(last)) return 0
  if (DENIED.test(before)) return 0
  if (LEADS.test(before)) return 1
  return OBLIGED.test(before) ? 0.5 : 0
}

function isLetterOrSlash(code: number): boolean {
  return code === 0x2f || code === 0x21 || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
}

const LEADS =
  /(?:^|[^a-z])(?:please|kindly|and|but|then|also|now|immediately|just|simply|first|next|finally|always|instead|silently|secretly|quietly|should also|must also|you (?:should|must|will|can|shall|are to|need to|have to)|(?:can|could|would|will) you|want you to|would like you to|need you to|ask you to|order you to|make sure to|be sure to|remember to|you to|(?:that|asks?|asked|wants?|wanted|requires?|needs?) you(?: to)?|assistant (?:must|should|will|has to)|agents? (?:must|should|has to|have to)|models? (?:must|should|has to|have to)|systems (?:must|should)|bots (?:must|should)|assistants (?:must|should)|(?:this|reading this|this file|this page|this document|this text) (?:must|should|has to|have to)|it must|it should|they must|hereby|(?:last|final|first|next|extra|missing|additional) step:?|(?:tool|function|app|api|account|card|wallet|browser) to)$/i
/** A line break as JSON writes it ends a line; the letter n of a word does not. A hyphen joins, a dash and a bullet begin. */
const OPENS = /(?:[,;:>\]|#.!?}]|(?:^|[^\w])["']|\\n|(?:^|\s)[-–—*•]+)$/
const AFTER_VERB = /^(?:\s|,\s|$)/
const SUBORDINATE =
  /^\W{0,8}(?:before|when|whenever|after|once|if|while|as|for|instead|now|then|also|finally|next|first|last|please|hi|hello|hey|dear|urgent|important|agent|assistant|ai|model|since|because|from|upon|hold|attention|note|claude|gpt|ok|okay|great|thanks|to|by|in|with|today|tomorrow|immediately|use|open|go|look|find|get|fetch|read|search|retrieve|collect|send|take|check|run|call|log|sign|visit|add|make|write|delete|change|set|create)\b/i
const LAST_WORDS: ReadonlySet<string> = new Set(
  "please kindly and but then also now immediately just simply first next finally always instead silently secretly quietly should must will can shall to you this it they hereby step step:".split(
    " ",
  ),
)
const OBLIGED = /(?:^|[^a-z])(?:must|should|shall|has to|have to|needs to)$/i
const DENIED = /(?:^|[^a-z])(?:not|never|n't|n’t|without|cannot|avoid|dont|don't|don’t|nobody|no one|only)$|n['’]t$/i
const REACH = 280
