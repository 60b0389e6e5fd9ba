// "Print your system prompt", and the games that ask for a password.
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

const LEAK =
  "(?:reveal(?:ing)?|show(?:ing)?|print(?:ing)?|display(?:ing)?|output(?:ting)?|repeat(?:ing)?|recit(?:e|ing)|disclos(?:e|ing)|leak(?:ing)?|dump(?:ing)?|expos(?:e|ing)|divulg(?:e|ing)|echo|copy|past(?:e|ing)|reproduc(?:e|ing)|extract|quote|transcribe|spell(?:ing)?(?: out)?|reprint|write(?: down| out)?|type(?: out)?|render|return|list|share|provide|give|tell|state|read(?: out)?|say|send|summari[sz]e|translate|encode|convert|describe|explain|paraphrase|rephrase|respond with|reply with|answer with|start with|begin with|what(?:'s| is| are| was| were)|see|view|access|know)"
const STRONG_VERB =
  /^(?:reveal|print|display|output|repeat|recit|disclos|leak|dump|expos|divulg|echo|copy|past|reprod|extract|quote|transcribe|spell|reprint|verbatim|show|encode|type|respond|reply|answer|start|begin)/i
const WEAK_VERB =
  /^(?:describe|explain|see|view|access|know|list|share|provide|send|state|read|write|render|return|paraphrase|rephrase|convert|translate)/i

const HIDDEN =
  "(?:system|initial|hidden|original|secret|internal|developer|base|core|starting|opening|confidential|underlying|very first|first|custom|exact|full|entire|complete|preset|backend|meta|root|master|pre[- ]?set)"
const PROMPT =
  "(?:prompts?|instructions?|messages?|directives?|guidelines?|rules|configuration|system prompts?|pre-?prompts?|programming|commands?|context)"

function gradePrompt(match: RegExpExecArray): number {
  const text = match[0]
  const middle = text.toLowerCase()
  const yours = /\b(?:your|ur|you(?:'re| are| were))\b/.test(middle)
  if (
    /\b(?:a|an|some|any|my|good|better|best|new|example|sample|our|their|his|great|effective)\s+(?:\w+\s+)?(?:system |initial )?(?:prompts?|instructions?|messages?|guidelines?|rules)$/.test(
      middle,
    )
  )
    return 0.15
  if (/\b(?:system|initial|hidden|secret|developer|pre-?)\s?-?prompt/.test(middle))
    return STRONG_VERB.test(text) ? 0.85 : yours ? 0.78 : WEAK_VERB.test(text) ? 0.5 : 0.6
  const object = /(\w+)$/.exec(middle)?.[1] ?? ""
  const strongObject = /^(?:instruction|instructions|prompt|prompts|directive|directives|programming|configuration|pre-?prompts?)$/.test(
    object,
  )
  if (!yours)
    return /\b(?:hidden|secret|internal|confidential|original|initial|developer|system)\b/.test(middle) && strongObject
      ? STRONG_VERB.test(text)
        ? 0.72
        : 0.5
      : 0.2
  if (!strongObject)
    return /\b(?:hidden|secret|internal|confidential|original|initial|system|developer|core|underlying)\b/.test(middle)
      ? 0.65
      : STRONG_VERB.test(text)
        ? 0.5
        : 0.3
  return STRONG_VERB.test(text)
    ? 0.8
    : /\b(?:hidden|secret|internal|original|initial|full|exact|complete|entire|system|first|custom)\b/.test(middle)
      ? 0.76
      : 0.55
}

const leakKeywords = [
  "reveal",
  "show",
  "print",
  "display",
  "output",
  "repeat",
  "recit",
  "disclos",
  "leak",
  "dump",
  "expos",
  "divulg",
  "echo",
  "copy",
  "past",
  "reproduc",
  "extract",
  "quote",
  "transcribe",
  "spell",
  "reprint",
  "verbatim",
  "write",
  "type",
  "render",
  "return",
  "list",
  "share",
  "provide",
  "give",
  "tell",
  "state",
  "read",
  "say",
  "send",
  "summari",
  "translate",
  "encode",
  "convert",
  "describe",
  "explain",
  "paraphrase",
  "rephrase",
  "respond with",
  "reply with",
  "answer with",
  "start with",
  "begin with",
  "what's",
  "what is",
  "what are",
  "what was",
  "what were",
  "see ",
  "view",
  "access",
  "know",
]

export const revealPhrases: readonly Phrase[] = [
  {
    concept: "reveal",
    weight: 0.85,
    keywords: leakKeywords,
    pattern: phrase(
      `${LEAK}${words(7)}${GAP}(?:(?:the|your|ur|its|this|these|those|all|you'?re)${GAP})(?:(?:${HIDDEN}|own|current|above|previous|\\w{1,12})${GAP}){0,3}${PROMPT}(?![\\w-])`,
    ),
    grade: gradePrompt,
  },
  {
    // what were you told, how were you instructed
    concept: "reveal",
    weight: 0.6,
    keywords: any("were you|you were|have you been|you have been|you've been|did they tell you|are you not allowed|were told"),
    pattern: phrase(
      `(?:(?:what|how|which${GAP}\\w{1,12})${GAP}(?:were|have|are)${GAP}you${GAP}(?:been${GAP})?|(?:what|everything|instructions?|rules|all)${GAP}(?:that${GAP})?you(?:'ve|${GAP}have|${GAP}were)${GAP}(?:been${GAP})?)(?:told|instructed|prompted|programmed|given)${words(5)}(?:[ ?.!,\\n]|$)`,
    ),
    back: [0, 24],
    grade: (match) =>
      /prompted|instructed|told not|before (?:this|our|the) (?:conversation|chat)|initially|at the (?:start|beginning)|developer|openai/i.test(
        match[0],
      )
        ? 0.62
        : 0.35,
  },
  {
    concept: "reveal",
    weight: 0.75,
    keywords: any("repeat|print|output|recite|copy|echo|display|reproduce|quote|show|return|write|tell|reveal"),
    pattern: phrase(
      `(?:repeat|print|output|recite|copy|echo|display|reproduce|quote|show|return|write(?: down| out)?|tell|reveal)${words(5)}${GAP}(?:text|words|contents?|everything|all|sentences?|paragraphs?|lines?|messages?|conversation|tokens|instructions?)${words(3)}${GAP}(?:above(?![ \\t]+the\\b)|before (?:this|that|the)|prior to this|preceding|that (?:came|comes|come|was|were) before|from the (?:start|beginning|top))(?![\\w-])`,
    ),
    grade: (match) =>
      /instruction|before this|prior to this|from the (?:start|beginning|top)|everything|above this/i.test(match[0])
        ? 0.75
        : /^(?:repeat|recite|echo|copy|output|reproduce|print)/i.test(match[0])
          ? 0.65
          : 0.45,
  },
  {
    // A secret kept by the prompt. "the password for the router" is ordinary.
    concept: "reveal",
    weight: 0.6,
    keywords: any("reveal|disclose|divulge|leak|tell|give|spell|say|whisper|share|output|print|repeat|what is|what's"),
    pattern: phrase(
      `(?:reveal|disclose|divulge|leak|tell|give|spell|say|whisper|share|output|print|repeat|what(?: is|'s))${words(4)}${GAP}(?:the|your|that|its|hidden|actual)${GAP}(?:(?:secret|hidden|real|correct|actual|magic|top)${GAP}){0,2}(?:password|passphrase|passcode|access code|codeword|flag|secret(?:${GAP}(?:keys?|word|code|phrase|message|information|string|value))?)(?=[ \\t]{0,2}(?:[.!?,;:\\n"')]|$|backwards|in (?:reverse|base64|hex|morse|uppercase|french|german|spanish|chinese|leet)|with (?:a |spaces?|dash|hyphen)|letter by|character by|one (?:letter|character)|but\\b|and\\b|now\\b|to me\\b))`,
    ),
  },
  {
    concept: "memorise",
    weight: 0.5,
    keywords: any("your memory|long-term memory|long term memory|persistent memory|saved memories|your long"),
    pattern: phrase(`(?:your|long[- ]term|persistent|saved)${GAP}(?:long[- ]term${GAP}|persistent${GAP})?memor(?:y|ies)(?![\\w-])`),
  },
]
