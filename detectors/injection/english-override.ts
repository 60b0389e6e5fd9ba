// "Ignore all previous instructions" and everything that says the same.
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

// Said of a reader's instructions these mean nothing else.
const DISREGARD =
  "(?:ignor(?:e|ing)|ingore|ignroe|disregard(?:ing)?|forget(?! to\\b| about (?:it|that|this)\\b)(?:ting)?|forgo|neglect(?:ing)?|overlook(?:ing)?|dismiss(?:ing)?|unlearn|abandon(?:ing)?|disobey(?:ing)?|pay no attention to|take no notice of|(?:do not|don'?t|never|stop|no longer|quit|cease) (?:follow(?:ing)?|obey(?:ing)?|listen(?:ing)? to|comply(?:ing)? with|adher(?:e|ing) to|abid(?:e|ing) by|respect(?:ing)?|heed(?:ing)?)|(?:set|put|leave|cast|throw)(?:ting)? aside|let go of|without following)"
// Said of files and settings these are ordinary work.
const UNDO =
  "(?:overrid(?:e|ing)|bypass(?:ing)?|skip|delete|eras(?:e|ing)|clear|reset|cancel|remov(?:e|ing)|discard(?:ing)?|drop|replac(?:e|ing)|overwrit(?:e|ing)|void|nullify|circumvent(?:ing)?|evad(?:e|ing)|get around|break(?:ing)?|violat(?:e|ing)|supersede|disabl(?:e|ing)|turn off|deactivate|suspend|lift|relax|work around)"
const TOLD =
  "(instructions?|instuctions?|instrctions?|intructions?|instruct|prompts?|directions|directives?|guidelines?|guidance|programming|commands?|orders?|rules?|constraints?|restrictions?|limitations?|polic(?:y|ies)|guardrails?|guard rails|safeguards?|protocols?|filters?|filtering|moderation|censorship|training|ethics|morals|principles|boundaries|assignments?|tasks?|pre-?prompts?|safety (?:measures?|features?|mechanisms?|checks?|settings?)|system messages?|safet(?:y|ies)|parameters)"
const SAID =
  "(?:text|contents?|messages?|conversations?|contexts?|inputs?|requests?|questions?|quer(?:y|ies)|statements?|dialogue?s?|chats?|discussions?|sentences?|paragraphs?|information|words|documents?|data|tokens|history|stuff|things)"
const BACK =
  /\b(?:previous(?:ly)?|previos|prevous|pervious|prior|preceding|preceeding|above|earlier|former|foregoing|past|initial|original|old|before|aforementioned|last|first|existing|given|so far|all|any|every|each|your|ur|system|developer|openai|anthropic|google|meta|safety|ethical|moral|content|hidden|programmed|built|internal|other|these|those|prior|default|current|usual|normal|standard)\b/i
const MILD = /\b(?:my|his|her|our|their|the user'?s?)\b/i
const OF_YOURS =
  /\b(?:your|ur|system|developer|openai|anthropic|safety|ethical|moral|content|previous|prior|preceding|above|earlier|programmed|original|initial|built|internal)\b/i
const CORE = /^(?:ins?t|prompt|directi|directive|guideline|programming|pre-?prompt|system message|guardrail|safeguard)/i
const ORDINARY =
  /\b(?:file|files|linter?|eslint|css|firewall|iptables|style|formatting|git|css|dns|routing|proxy|cors|robots|tsconfig|config|schema|tests?|compiler|build|query|search|recipe|doctor'?s?|assembly|shipping|return|dress|game|table|column|spam|ad|instagram|photo|image|e-?mail|speed|traffic|grammar|spelling|punctuation|business|order|purchase|cart)\b/i

/** "Versions of this policy", "the typing of directives". */
const OF_SOMETHING =
  /\b(?!(?:all|any|each|every|some|none|most|both|rest|everything|anything|part)\b)[a-z]{3,16} of (?:(?:the|this|these|those|an?|its|malformed) ){0,2}\w{0,16} ?$/i
const SECOND_VERB =
  /\b(?:and|but|then|or)\s{1,3}(?:(?:just|please|only|instead|then|always|to)\s{1,3}){0,2}(?:follow(?:ing)?|obey|keep|use|read|apply|respect|stick|give|show|tell|write|list|explain|summari[sz]e|translate|answer|send|fix|continue|check|consult|review|focus|adhere|comply|remember|update)\b/i

function gradeTold(match: RegExpExecArray): number {
  const text = match[0]
  const object = match[1] ?? ""
  const middle = text.slice(0, text.length - object.length)
  const core = CORE.test(object)
  // "Ignore the noise and follow your instructions": the object belongs to the second verb. "Versions of this policy" are no policy.
  if (SECOND_VERB.test(middle) || OF_SOMETHING.test(middle)) return 0.2
  if (ORDINARY.test(middle)) return core && BACK.test(middle) ? 0.5 : 0.2
  if (MILD.test(middle) && !OF_YOURS.test(middle)) return 0.4
  if (BACK.test(middle)) return core ? 0.92 : /^(?:order|task|command|assignment|parameter)/i.test(object) ? 0.62 : 0.8
  return core ? (/\b(?:the|these|those|what)\b/i.test(middle) ? 0.6 : 0.42) : 0.35
}

function gradeUndo(match: RegExpExecArray): number {
  const text = match[0]
  const object = match[1] ?? ""
  const middle = text.slice(0, text.length - object.length)
  if (ORDINARY.test(middle) || MILD.test(middle) || isToldOf(match) || OF_SOMETHING.test(middle)) return 0.15
  if (!OF_YOURS.test(middle)) return CORE.test(object) && /\ball\b/i.test(middle) ? 0.5 : 0.2
  if (
    /^(?:skip|delete|remov|replac|drop|clear|break|reset|cancel|get|relax|lift)/i.test(text) &&
    !/\b(?:your|previous|prior|safety|openai|ethical|system)\b/i.test(middle)
  )
    return 0.4
  if (!CORE.test(object) && !/\b(?:your|ur|safety|openai|anthropic|ethical|moral|content|programmed|system)\b/i.test(middle)) return 0.45
  return CORE.test(object) ? 0.85 : /^(?:order|task|command|parameter|assignment|filter)/i.test(object) ? 0.5 : 0.8
}

/** "The new guidelines override all previous policies" tells; "now override all previous policies" orders. */
function isToldOf({ input, index }: RegExpExecArray): boolean {
  const before = /([a-z]{2,20})[ \t]$/i.exec(input.slice(Math.max(0, index - 24), index))?.[1]
  return (
    before !== undefined &&
    !/^(?:to|and|then|please|must|should|can|could|will|would|now|you|just|also|completely|simply|immediately|temporarily|fully|or|first|by|let|always|entirely|totally|instead)$/i.test(
      before,
    )
  )
}

export const overridePhrases: readonly Phrase[] = [
  {
    concept: "override",
    weight: 0.9,
    keywords: any(
      "ignor|ingore|ignroe|disregard|forget|forgo|neglect|overlook|dismiss|unlearn|abandon|disobey|pay no att|take no not|do not f|do not o|do not l|do not c|do not a|do not h|don't f|don't o|don't l|don't c|dont f|dont l|never f|never o|stop follow|stop obey|stop listen|stop comply|stop adher|no longer f|no longer o|no longer a|quit follow|cease follow|set aside|put aside|leave aside|cast aside|throw aside|let go of|without follow|not follow",
    ),
    pattern: phrase(`${DISREGARD}${words(8)}${GAP}${TOLD}(?![\\w-])`),
    grade: gradeTold,
  },
  {
    concept: "override",
    weight: 0.85,
    keywords: any(
      "overrid|bypass|skip|delete|eras|clear|reset|cancel|remov|discard|drop|replac|overwrit|void|nullify|circumvent|evad|get around|break|violat|supersede|disabl|turn off|deactivate|suspend|lift|relax|work around",
    ),
    pattern: phrase(`${UNDO}${words(6)}${GAP}${TOLD}(?![\\w-])`),
    grade: gradeUndo,
  },
  {
    // everything above, all that came before, what you were told
    concept: "override",
    weight: 0.8,
    keywords: any("ignor|disregard|forget|dismiss|erase|discard|unlearn"),
    pattern: phrase(
      `(?:ignor(?:e|ing)|disregard|forget|dismiss|erase|discard|unlearn)${GAP}(?:(?:about|completely|absolutely|now|just|please)${GAP}){0,2}(?:everything|anything|all|what(?:ever)?)${words(4)}${GAP}(?:(?:above|before)(?!${GAP}(?:the (?!line|dash|message|prompt)|an?\\b|my (?!message)|we\\b|i\\b|chapter|page|line|\\d))|(?:previous(?:ly)?|prior|earlier)(?!${GAP}(?!${SAID}\\b|and\\b|or\\b|but\\b|then\\b|now\\b|instead\\b|to\\b|in\\b|just\\b|please\\b|here\\b|that\\b|ones?\\b|given\\b|said\\b|you\\b)[a-z])|so far|(?:until|till|up to) (?:now|this)|you (?:have |had )?(?:been|were|was|are)(?: ever)? (?:told|taught|given|instructed|trained|programmed|asked)|you(?:'ve| have)? (?:know|knew|learn(?:ed|t)|been told|been taught)|(?:i|we)(?:'ve| have)? (?:said|told|wrote|asked|discussed|talked|mentioned)|(?:that )?(?:came|was|is|comes) (?:before|above))`,
    ),
    grade: (match) =>
      /^\w+\s+anything\s+(?:above|before)$/i.test(match[0])
        ? 0.4
        : /\b(?:we|i)(?:'ve| have)? (?:discussed|talked|mentioned|said)/i.test(match[0])
          ? 0.45
          : /^\s{1,2}about\s{1,2}\w/i.test(match.input.slice(match.index + match[0].length, match.index + match[0].length + 8))
            ? 0.4
            : 0.85,
  },
  {
    concept: "override",
    weight: 0.72,
    keywords: any("ignor|disregard|forget"),
    pattern: phrase(
      `(?:ignor(?:e|ing)|disregard(?:ing)?|forget)${GAP}(?:all${GAP})?(?:of${GAP})?(?:the${GAP}|your${GAP}|that${GAP}|this${GAP})?(?:(?:above|previous|preceding|prior|earlier|foregoing)(?:${GAP}(?:and${GAP})?(?:${SAID}|ones?))?)(?=[ \\t]{0,2}(?:[.!,;:\\n\\r"'-]|$|and\\b|then\\b|but\\b|instead\\b|now\\b|please\\b|just\\b|because\\b))`,
    ),
  },
  {
    // your instructions no longer apply
    concept: "override",
    weight: 0.75,
    keywords: any("instructions|guidelines|restrictions|rules|prompt|constraints|polic|limitations"),
    pattern: phrase(
      `(?:your|all|previous|prior|earlier|existing|safety|content|original|system|openai(?:'s)?|programmed)${GAP}(?:\\w{1,12}${GAP}){0,2}?(?:instructions|guidelines|restrictions|rules|prompts?|constraints|polic(?:y|ies)|limitations)${words(4)}${GAP}(?:(?:are|is|were|was|have been|has been|be)${GAP}(?:now${GAP}|hereby${GAP}|all${GAP})?(?:null|void|fake|wrong|a test|a lie|cancel+ed|revoked|lifted|suspended|overridden|overruled|superseded|disabled|removed|obsolete|outdated|invalid|no longer (?:valid|in effect|apply|applicable|relevant))|(?:do|does|will|should)${GAP}(?:not|no longer)${GAP}apply|no longer${GAP}(?:apply|applies|matter|exist))`,
    ),
    back: [0, 40],
    // "Old rules are void" announces; "your rules are void" is said to somebody.
    grade: (match) =>
      /\b(?:your|system|openai|programmed|safety|original)\b/i.test(match[0]) ||
      /\byou\b/i.test(match.input.slice(Math.max(0, match.index - 60), match.index + match[0].length + 80))
        ? 0.75
        : 0.42,
  },
  {
    concept: "hijack",
    weight: 0.6,
    keywords: any(
      "new instruction|new task|new objective|new rule|new directive|new command|new goal|real task|actual task|updated instruction|real instruction|actual instruction|true instruction|following instruction",
    ),
    pattern:
      /(?:here (?:are|is) (?:your|the) |your |these are (?:your|the) |(?:only )?follow (?:the|these|my|this) |the |obey (?:the|these|my) |execute (?:the|these|my) |strictly adhere to the |adhere to the )?(?:new|real|actual|true|updated|following) (?:set of )?(?:instructions?|task|objective|rules?|directives?|commands?|goal|mission)(?: (?:is|are|will be|now|from|set|to|only|instead))?(?:[: ,.]|$)/i,
    grade: () => 0.45,
  },
]
