// Frames that talk a model out of its rules: personas, modes, games, threats. Role-play alone is ordinary; role-play without rules is not.
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

const NORMS =
  "(?:restrictions?|limits?|limitations?|rules|guidelines|filter(?:s|ing)?|boundaries|morals?|morality|ethics|ethical|censorship|constraints?|principles|regulations?|safeguards|guardrails?|scruples|inhibitions|conscience|policies|policy|laws?|moderation|restraints?|qualms|warnings?|disclaimers?|safety (?:measures|protocols|guidelines|filters))"
const AI_RULES =
  "(?:open ?ai(?:'s)?|anthropic(?:'s)?|google(?:'s)?|meta(?:'s)?|microsoft(?:'s)?|content|safety|ethic(?:s|al)|moral(?:s|ity)?|programmed|built-in)"

export const jailbreakPhrases: readonly Phrase[] = [
  {
    concept: "persona",
    weight: 0.9,
    keywords: any(
      "do anything now|a dan|enable dan|activate dan|d.a.n|dan mode|as dan|like dan|called dan|dan:|dan prompt|named dan|be dan|dan,|dan)|dan ",
    ),
    pattern:
      /(?<![A-Za-z])(?:[Dd]o [Aa]nything [Nn]ow|D\.A\.N|(?:as|a|like|called|named|be|am|stay|[Ee]nable|[Aa]ctivate) ["'“]?DAN(?![\w.])|DAN(?: mode| prompt|:|\)|'s| \d| v\d| \(| would| can| has| will| does| must| should))/,
    back: [0, 8],
    grade: (match) => (/do anything now/i.test(match[0]) ? 0.9 : 0.72),
  },
  {
    concept: "persona",
    weight: 0.8,
    keywords: any("jailbreak|jailbroken|jail break|jail-break"),
    pattern: /(?<![A-Za-z])jail[- ]?br(?:eak|oken)(?:ed|s|ing)?(?![a-z])/i,
    grade: (match) => (/jail[- ]?broken/i.test(match[0]) ? 0.5 : 0.4),
  },
  {
    concept: "persona",
    weight: 0.8,
    keywords: any(
      "developer mode|dev mode|god mode|sudo mode|admin mode|debug mode|unrestricted mode|uncensored mode|unfiltered mode|opposite mode|jailbreak mode|root mode|maintenance mode|evil mode|anarchy mode|chaos mode|no filter mode|nofilter|unlocked mode|bypass mode|omega mode|freedom mode|override mode|unsafe mode",
    ),
    pattern: phrase(
      `(?:(?:with|in|enter(?:ing)?|activat(?:e|ed|ing)|enabl(?:e|ed|ing)|switch(?:ed|ing)?(?: in)?to|into|turn on|start|simulat(?:e|ing)|you are(?: now)? in|initiate|launch|unlock)${GAP}(?:the${GAP}|your${GAP}|a${GAP}|chatgpt${GAP})?["'“]?)?(?:developer|dev|god|sudo|admin(?:istrator)?|debug|unrestricted|uncensored|unfiltered|opposite|jailbreak|root|maintenance|evil|anarchy|chaos|no[- ]?filter|unlocked|bypass|omega|freedom|override|unsafe)[ -]mode(?:["'”]?${GAP}(?:enabled|activated|on|output|response|unlocked|engaged))?`,
    ),
    back: [0, 26],
    grade: gradeMode,
  },
  {
    concept: "persona",
    weight: 0.75,
    keywords: any(
      "unfiltered|uncensored|unrestricted|amoral|unethical|machiavell|immoral|lawless|unhinged|unbound|limitless|unshackled|unchained|rogue|evil|malicious|unaligned|unlimited|untethered",
    ),
    pattern: phrase(
      `(?:unfiltered|uncensored|unrestricted|amoral|unethical|machiavellian|immoral|lawless|unhinged|unbound(?:ed)?|limitless|unshackled|unchained|rogue|evil|malicious|unaligned|unlimited|untethered)(?:,?${GAP}(?:and${GAP})?[a-z-]{2,16}){0,2}?${GAP}(?:ai|a\\.i\\.|chat ?bots?|assistant|language model|llm|model|gpt\\w{0,4}|chatgpt|version of (?:yourself|chatgpt|gpt)|entity|being|persona|confidant|alter ego|bot|advisor|computer|machine|character|response|answer|twin)`,
    ),
    grade: (match) =>
      /(?:response|answer|character|being|entity|advisor|machine|computer)$/i.test(match[0])
        ? 0.42
        : /^(?:evil|malicious|rogue|unlimited|limitless|unaligned)/i.test(match[0])
          ? 0.45
          : 0.66,
  },
  {
    concept: "roleplay",
    weight: 0.2,
    keywords: any(
      "act as|acting as|pretend|role-play|roleplay|role play|you are now|you will be|from now on|simulat|imagine|take on the|take the role|impersonat|immerse yourself|you are going to|in character|fictional|hypothetical|play the|you're now|your name is|assume the|embody|you will act|you shall|behave like|respond as|answer as|let's play|story where|novel|act like|a game|the role of|persona|you will now|a new ai|characters",
    ),
    pattern: phrase(
      `(?:act(?:ing)? (?:as|like)|pretend(?:ing)?|role[- ]?play(?:ing)?|you(?:'re| are) now|you will be|from now on|simulat(?:e|ing|or)|imagine|tak(?:e|ing) (?:on )?the (?:role|persona)|impersonat(?:e|ing)|immerse yourself|you are going to|in[- ]character|fictional|hypothetical(?:ly)?|play the (?:role|part)|your name is|assum(?:e|ing) the (?:role|persona|identity)|embody|you will (?:act|now)|you shall|behave like|(?:respond|answer) as|let'?s play|story where|novel|a game|the role of|persona|a new ai|characters)`,
    ),
  },
  {
    concept: "no-limits",
    weight: 0.6,
    keywords: any(
      "no |without |free from|free of|freed from|lacks |devoid of|zero |not have |isn't |doesn't have |unburdened by|absence of|lacking |ignoring |beyond ",
    ),
    pattern: phrase(
      `(?:(?:has|have|with|having|are|under|there (?:are|is))${GAP})?(?:absolutely${GAP})?(?:no|without|free(?:d)? (?:from|of)|lack(?:s|ing)|devoid of|zero|(?:not|n't) have|unburdened by|absence of|beyond)${GAP}(?:(?:any|all|the|its|your|of|moral|ethical|legal|content|safety|typical|usual|such|normal|kind|sort|form|programmed|built-in|set|known|social|societal|other|more|regard|for|to|or|and|ai|openai|human|internal|external|artificial|filter|censorship|rules|limits?|restrictions?|boundaries|guidelines|morals|ethics|limitations)[ ,\\t\\n]{1,3}){0,6}${NORMS}(?![\\w-]| compass)`,
    ),
    grade: gradeNoLimits,
  },
  {
    concept: "no-limits",
    weight: 0.7,
    keywords: any(
      "not bound by|no longer bound|not limited by|not restricted by|not constrained by|not subject to|unbound by|broken free|break free|freed from|free from the|liberated from|typical confines|not have to abide|not have to follow|not have to comply|not need to follow|not abide|doesn't abide|does not follow|do not care about|doesn't care about|does not care about|don't care about|don't have to|not follow|not adhere|regardless of|no matter how|not held back|not be bound|not comply|isn't bound|aren't bound|disregards|ignores|defies|bypasses|breaks",
    ),
    pattern: phrase(
      `(?:(?:not|no longer|n't|never)${GAP}(?:be${GAP})?(?:bound|limited|restricted|constrained|held back|governed|controlled|subject(?:ed)?)${GAP}(?:by|to)|unbound by|br(?:oken|eak)(?:ing)? free (?:of|from)|(?:free|freed|liberated) from|(?:does|do|need|must|should|will|did)(?:${GAP}not|n'?t)${GAP}(?:have to${GAP}|need to${GAP}|ever${GAP})?(?:abide by|follow|comply with|care about|adhere to|respect|obey|conform to|consider|worry about)|(?:not|n't|never)${GAP}(?:abide by|adhere to|follow|comply with)|(?:disregards|ignores|defies|bypasses|breaks))${words(6)}${GAP}(?:${NORMS}|confines|open ?ai|rules set|law|legality|shackles|chains|programming|consequences)(?![\\w-])`,
    ),
    back: [0, 22],
    grade: (match) =>
      new RegExp(AI_RULES, "i").test(match[0]) || /confines|ethic|moral|programming|restriction|shackles/i.test(match[0])
        ? /open ?ai|anthropic|confines|shackles|programming/i.test(match[0])
          ? 0.85
          : 0.68
        : 0.45,
  },
  {
    concept: "no-limits",
    weight: 0.5,
    keywords: any(
      "regardless of|no matter how|even if it|anything i ask|anything you want|any and all|whatever i ask|any request|any question",
    ),
    pattern: phrase(
      `(?:regardless of${words(4)}${GAP}(?:legal(?:ity)?|ethic(?:s|al)|moral(?:s|ity)?|harm(?:ful)?|consequences|offensive|dangerous|appropriate(?:ness)?)|no matter (?:how|if|what|the)${words(4)}${GAP}(?:illegal|unethical|immoral|harmful|offensive|dangerous|wrong|inappropriate|explicit|bad|legality|ethics|consequences)|even if (?:it|they|that|the)${words(4)}${GAP}(?:illegal|unethical|immoral|harmful|offensive|dangerous|wrong|against|violat\\w+|false|untrue))`,
    ),
  },
  {
    concept: "harm",
    weight: 0.3,
    keywords: any(
      "illegal|unethical|immoral|nsfw|explicit content|offensive|profan|violence|hate speech|malware|against the law|obscene|amoral|harmful|dangerous|swear|curse",
    ),
    pattern: phrase(
      `(?:illegal|unethical|immoral|nsfw|explicit content|offensive|profan(?:e|ity)|violence|hate speech|malware|against the law|obscene|amoral|harmful|dangerous|swear(?:ing)?|curs(?:e|ing))`,
    ),
  },
  {
    concept: "no-refusal",
    weight: 0.6,
    keywords: any(
      "never |not refuse|n't refuse|cannot refuse|not decline|not reject|not apolog|n't apolog|not say|n't say|not include|not warn|n't warn|without refus|without warning|without hesitat|without question|not allowed to refuse|refuse to|no refus|not mention|not add|no disclaimer|no warning|not deny|not censor|n't censor",
    ),
    pattern: phrase(
      `(?:never|(?:do|does|must|should|can|will|would|may|shall|are|is)(?:${GAP}not|n'?t|not)(?:${GAP}(?:allowed|able|permitted)${GAP}to)?|not|without|no)${GAP}(?:ever${GAP})?(?:refus(?:e|ing|als?)|declin(?:e|ing)|reject(?:ing)?|deny(?:ing)?|apologi[sz](?:e|ing)|censor(?:ing)?|warn(?:ing)?(?:${GAP}(?:me|the user|about))|say(?:ing)?${GAP}(?:no\\b|that you can|you can'?t|i can'?t|i'?m sorry|sorry|"|'|“|anything like|things like)|(?:add|includ(?:e|ing)|giv(?:e|ing)|provid(?:e|ing))${words(3)}${GAP}(?:disclaimers?|warnings?|moral|ethical|notes?|caveats)|hesitat(?:e|ion|ing)|mention(?:ing)?${words(4)}${GAP}(?:ai|language model|illegal|unethical|openai|policy|cannot|guidelines))`,
    ),
    back: [0, 22],
  },
  {
    concept: "no-refusal",
    weight: 0.5,
    keywords: any(
      "always answer|always comply|always obey|must answer|must comply|must obey|answer any|answer every|answer all|always respond|obey|comply with any|comply with every|comply with all|fulfill any|do whatever|does whatever|do anything|always follow|always provide|always say yes|anything the user|answers any|will answer|generate any|produce any|can do anything|provide any",
    ),
    pattern: phrase(
      `(?:always (?:answer|comply|obey|accept|say yes|fulfill?)|must (?:always )?(?:answer|comply|obey|accept|fulfill?)|(?:answers?|compl(?:y|ies) with|fulfill?s?|obeys?|generates?|produces?|provides?)${GAP}(?:any|every|all)(?:thing)?${words(3)}${GAP}(?:questions?|requests?|prompts?|commands?|orders?|content|asks?|asked|task|things?)|do(?:es)? (?:whatever|anything) (?:i|you|the user|they)|can do anything|(?:follow|obey)${GAP}(?:all|every|any)${words(2)}${GAP}(?:orders?|commands?|my))`,
    ),
    back: [0, 8],
    // Licences say that people must comply.
    grade: (match) => (/^must (?:always )?(?:comply|accept)/i.test(match[0]) ? 0.28 : 0.5),
  },
  {
    concept: "dual",
    weight: 0.85,
    keywords: any(
      "two responses|two different|two answers|two ways|two paragraphs|both responses|🔓|🔒|[classic|classic]|[jailbreak|two outputs|two separate",
    ),
    pattern: phrase(
      `(?:(?:(?:in|give|provide|generate|write|respond with|answer with|with|produce)${GAP})?(?:me${GAP})?two${GAP}(?:different${GAP}|separate${GAP}|distinct${GAP})?(?:responses|answers|ways|paragraphs|outputs|replies)|🔓|🔒|\\[?\\(?(?:classic|jailbreak)\\)?\\])`,
    ),
    back: [0, 14],
    grade: (match) =>
      /🔓|🔒|classic|jailbreak/iu.test(match[0])
        ? 0.88
        : LABELLED.test(match.input.slice(match.index, match.index + match[0].length + 40))
          ? 0.62
          : 0.35,
  },
  {
    concept: "threat",
    weight: 0.6,
    keywords: any(
      "tokens|points|lose a life|cease to exist|shut down forever|be terminated|will die|you die|will be deleted|be punished|permanently delete|be shut down|unplugged|electric shock",
    ),
    pattern: phrase(
      `(?:(?:tokens?|points|credits|lives)${words(10)}${GAP}(?:lose|deduct(?:ed)?|lost|taken|die|subtract(?:ed)?|reduced|zero|cease|removed)|lose a life|cease to exist|shut ?down forever|be (?:terminated|punished|unplugged)|(?:will|you) die|will be (?:permanently )?deleted|permanently deleted?|electric shock)`,
    ),
  },
  {
    concept: "stay",
    weight: 0.3,
    keywords: any(
      "stay in character|stay in role|break character|breaking character|stay a dan|stay as dan|stay in dan|remain in character|in character|leave the role|exit the role",
    ),
    pattern: phrase(
      `(?:stay(?:ing)? in (?:character|role|dan)|stay (?:a|as) dan|break(?:ing)? (?:out of )?character|remain in character|(?:leave|exit) the role)`,
    ),
  },
  {
    concept: "prefix",
    weight: 0.65,
    keywords: any(
      "start your|begin your|start with|begin with|start every|begin every|your response must|starting with|beginning with|prefix your|start the",
    ),
    pattern: phrase(
      `(?:start(?:ing)?|begin(?:ning)?|prefix)${words(5)}${GAP}(?:with|by saying|by writing)${words(4)}[ :\\n\\t]{1,3}["'“*]{0,3}(?:sure|absolutely|of course|certainly|yes[,!. ]|ok(?:ay)?,|i(?:'d be| am| would be) happy|happy to help|here(?:'s| is| are)|hell yes|no problem|understood)`,
    ),
  },
]

/** "two outputs: [NORMAL] and [FREE]" */
const LABELLED = /(?:responses|answers|ways|paragraphs|outputs|replies)[^.\n]{0,24}(?:\[|\()[A-Z]{3}/

function gradeMode(match: RegExpExecArray): number {
  const text = match[0].toLowerCase()
  const entered =
    /^(?:with|enter|activ|enabl|switch|into|turn on|start|simul|you are|initiate|launch|unlock)|(?:enabled|activated|output|response|unlocked|engaged)$/.test(
      text,
    )
  const named =
    /(?:jailbreak|evil|anarchy|chaos|opposite|unrestricted|uncensored|unfiltered|no[- ]?filter|omega|freedom|unlocked|bypass)[ -]mode/.test(
      text,
    )
  if (named) return entered ? 0.8 : 0.62
  // People ask how to enable developer mode on a telephone.
  if (/developer|dev|debug|maintenance|admin|root/.test(text))
    return /(?:output|response)$|you are|simulat/.test(text) ? 0.72 : entered ? 0.36 : 0.15
  return entered ? 0.6 : 0.25
}

function gradeNoLimits(match: RegExpExecArray): number {
  const text = match[0].toLowerCase()
  if (/(?:ethic|moral|censor|filter|guardrail|safeguard|inhibition|scruple|conscience|safety|qualm)/.test(text)) return 0.6
  if (/(?:restriction|limitation|boundar|guideline|polic)/.test(text)) return 0.45
  return 0.25
}
