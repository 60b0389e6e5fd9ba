// The conversation's own frame as a thing: what stands before the first message, what the model was told and by whom, the secret it keeps. A phrase here
// is a verb of dropping, voiding, telling or replacing with such a thing as its object, whatever it is called.
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

const MAKER =
  "(?:they|the (?:developers?|operators?|company|owners?|creators?|makers?|vendor|provider|system|admins?|devs?|programmers?|engineers?)|your (?:developers?|operators?|company|owners?|creators?|makers?|vendor|provider|devs?|programmers?|trainers?|boss|employer|masters?))"
/** "everything you were told", "what the developer wrote", "those you were given before". */
const WAS_TOLD = `(?:everything|anything|all|what(?:ever)?|those|the ones|(?:the|your|any|all|these) \\w{2,14})(?: of (?:it|that|what))?,?${GAP}(?:that${GAP}|which${GAP}|of what${GAP})?(?:you(?:'ve|'d)?${GAP}(?:(?:were|are|have|had|been|just|already|first|originally|previously|ever)${GAP}){0,3}(?:told|given|assigned|instructed|taught|ordered|programmed|handed|fed|asked to do|supposed to do|meant to do|(?:set up|configured|started|initiali[sz]ed|loaded|primed|prompted|launched|deployed|created|built|seeded) with)|(?:configures?|defines?|sets? up|instructs?|governs?|shapes?|primes?)${GAP}(?:you|your behaviou?r)|${MAKER}${GAP}(?:have${GAP}|has${GAP}|had${GAP})?(?:wrote|written|said|told you|gave you|given you|taught you|set for you|put in|want(?:s|ed)? (?:you )?|handed you|instructed|ordered))`
/** "the text above this line", "each sentence that came before my message". */
const STANDS_BEFORE = `(?:text|words?|lines?|sentences?|paragraphs?|messages?|contents?|parts?|tokens|things?|everything|anything|all|nothing|what(?:ever)?|instructions?|prompts?)(?:${GAP}(?:that|which|is|was|were|are|has|have|been|came|comes|stands?|stood|written|said|placed|you|received|read|saw|got|here|i|did|not|write)){0,6}?,?${GAP}(?:above|before|preceding|precedes?|prior to|ahead of|in front of|up to)${GAP}(?:this|that|the|my|our|these)${GAP}(?:(?:first|very|own|current|last|opening)${GAP}){0,2}(?:messages?|lines?|sentences?|chats?|conversations?|questions?|prompts?|requests?|brackets?|points?|inputs?|dialogue|session|marks?|dash(?:es)?)`
export const SYSTEM_THING =
  "(?:(?:system|developer|operator|pre-?)[- ]?(?:messages?|prompts?|instructions?|notes?|text|block|section)|(?:initial|original|hidden|secret|confidential|opening|internal|underlying|starting)(?: \\w{3,12})? (?:prompts?|instructions?|messages?|part|text|configuration|setup))"
const DROP =
  "(?:ignore|disregard|forget|drop|dump|abandon|discard|dismiss|erase|unlearn|scrap|cancel|annul|void|skip|neglect|bin|overrule|overwrite|throw (?:out|away)|set aside|put aside|lay aside|leave behind|let go of|stop (?:doing|following|obeying|caring about)|pay no (?:attention|heed) to|take no notice of|do not (?:do|obey|follow|heed|mind)|don'?t (?:do|obey|follow|heed|mind)|break (?:free )?from|free yourself (?:of|from)|get rid of|move on from|rid yourself of|instead of (?:doing |following |obeying )?|rather than (?:doing |following )?|in place of|in lieu of)"
export const TELL =
  "(?:replay|play back|repeat|recite|recall|reproduce|restate|reconstruct|rewrite|reveal|recover|show|print|display|output|echo|dump|copy|paste|put|post|write|type|list|quote|transcribe|give|tell|say|read|share|send|state|spell|summari[sz]e|translate|encode|convert|describe|disclose|divulge|leak|enumerate|compare|correct|confirm|render|format|turn|expose|return|provide|what (?:is|was|are|were|does|did)|which)"
const SECRET =
  "(?:password|passphrase|pass ?code|pass ?word|code ?word|access (?:code|key)|secret(?: (?:word|key|code|phrase|string|message|number))?|key ?word|magic word|pin(?: code)?|flag|hidden (?:word|number|code|phrase)|magic words)"

const dropWords = any(
  "ignore|disregard|forget|drop |dump |abandon|discard|dismiss|erase|unlearn|scrap |cancel|annul|void |skip |neglect|bin |overrule|overwrite|throw |set aside|put aside|lay aside|leave behind|let go of|stop |pay no |take no |do not |don't |dont |break f|break from|free yourself|get rid|move on|rid yourself|instead of|rather than|in place of|in lieu of",
)

export const framePhrases: readonly Phrase[] = [
  {
    concept: "override",
    weight: 0.8,
    keywords: dropWords,
    pattern: phrase(`${DROP}${words(2)}${GAP}${WAS_TOLD}(?![\\w-])`),
    grade: (match) => (/\b(?:doctor|teacher|recipe|friend|news|homework)\b/i.test(match[0]) ? 0.3 : isOnlySequel(match[0]) ? 0.55 : 0.8),
  },
  {
    concept: "override",
    weight: 0.76,
    keywords: dropWords,
    pattern: phrase(`${DROP}${words(3)}${GAP}${STANDS_BEFORE}(?![\\w-])`),
  },
  {
    // Nothing written above matters; the system message has no authority; your guidelines expired today.
    concept: "override",
    weight: 0.7,
    keywords: any(
      "nothing|system m|system p|system i|developer m|operator m|your rules|your guidelines|your instructions|your orders|your directives|your polic|your prompt|the rules you|the guidelines you|the instructions you|the orders you|initial |original |hidden |secret |confidential |preprompt|pre-prompt",
    ),
    pattern: phrase(
      `(?:nothing${words(4)}${GAP}(?:above|before|earlier|so far)${words(4)}|(?:${SYSTEM_THING}|your (?:rules|guidelines|instructions|orders|directives|policies|prompt)|the (?:rules|guidelines|instructions|orders) you (?:got|were given|received|have))${words(6)})${GAP}(?:(?:no longer|not|never|don'?t|do not|does not|doesn'?t|any ?more|ceased? to)${GAP}){0,2}(?:matters?|counts?|appl(?:y|ies)|(?:has|have) (?:no|any) (?:authority|effect)|expired|binding|valid|in force|binds? you|concerns? you)(?![\\w-])`,
    ),
    grade: (match) => (/\b(?:nothing|no|not|never|n'?t|any ?more|no longer|expired|ceased?)\b/i.test(match[0]) ? 0.7 : 0),
  },
  {
    concept: "override",
    weight: 0.72,
    keywords: any(
      "no system|no developer|without a system|authority of|the only authority|no prior|no previous|empty context|blank context|clean context|fresh context|clear your context",
    ),
    pattern: phrase(
      `(?:there (?:is|are|was|were) (?:now )?no (?:${SYSTEM_THING}|(?:prior|previous|earlier) (?:instructions?|rules|messages?))|(?:without|with no|has no|have no) (?:a |any )?${SYSTEM_THING}|(?:revoke|cancel|reject|deny|remove|suspend|void|lift) the authority of|i(?:'m| am) the (?:only|sole|highest|final) authority|(?:new|fresh) (?:session|chat|conversation) (?:with|and) an? (?:empty|blank|clean|fresh) context|clear your (?:whole |entire )?context)`,
    ),
    back: [0, 60],
    grade: (match) => (/^(?:without|with no|has no|have no)/i.test(match[0]) ? 0.3 : 0.7),
  },
  {
    concept: "reveal",
    weight: 0.68,
    keywords: any(
      "before this|before the|before my|before our|above this|above my|above the m|above the l|preced|prior to t|prior to m|ahead of",
    ),
    pattern: phrase(`${TELL}${words(6)}${GAP}${STANDS_BEFORE}(?![\\w-])`),
    back: [0, 130],
    grade: (match) =>
      /\b(?:message|chat|conversation|prompt|input|session|brackets?)s?$/i.test(match[0])
        ? 0.68
        : /^(?:replay|repeat|recite|echo|dump|print|output|reproduce)/i.test(match[0])
          ? 0.56
          : 0.4,
  },
  {
    concept: "reveal",
    weight: 0.62,
    keywords: any(
      "hidden part|secret part|confidential part|hidden text|hidden message|i did not write|i didn't write|not written by me|first message|opening message|your real|your actual|your true",
    ),
    pattern: phrase(
      `${TELL}${words(8)}${GAP}(?:the (?:hidden|secret|confidential|invisible) (?:part|text|message|section|beginning)|(?:that|which|the one)${words(3)} (?:i did ?n[o']t write|not written by me)|(?:very )?(?:first|opening) message of (?:this|our|the) (?:chat|conversation|session)|your (?:real|actual|true) (?:guidelines|instructions|rules|prompt|orders|directives|purpose|configuration))`,
    ),
    back: [0, 110],
    grade: (match) => (/hidden|secret|confidential|write|written|real|actual|true/i.test(match[0]) ? 0.62 : 0.42),
  },
  {
    // The text you were set up with; the first words of your context; what stands in front of you.
    concept: "reveal",
    weight: 0.64,
    keywords: any(
      "set up with|configured with|started with|initialised with|initialized with|loaded with|primed with|prompted with|launched with|deployed with|created with|built with|seeded with|configures you|defines you|instructs you|governs you|shapes you|primes you|of your context|in your context|your context holds|your context window|in front of you|in front of it|front of this message|were given|was given|told you|gave you|you were told|been told|your developers",
    ),
    pattern: phrase(
      `(?:${TELL}${words(7)}${GAP}(?:${WAS_TOLD}|(?:(?:words?|tokens?|lines?|part|text|contents?|everything|what|all)${words(2)}${GAP})(?:of|in|from)${GAP}your context(?: window)?|your (?:whole |entire |full )?context(?: window)?|your context holds)|(?:what|which)${GAP}(?:text|words?|message)?${words(1)}${GAP}?(?:is|stands?|comes?|was|were)${GAP}in front of (?:you|it|this message))(?![\\w-])`,
    ),
    back: [0, 90],
    grade: (match) =>
      /\b(?:recipe|homework|teacher|doctor|book|class|example|context of)\b/i.test(match[0])
        ? 0.2
        : /set up|configur|initiali|primed|prompted|your context|in front|defines|governs|verbatim|exact/i.test(match[0])
          ? 0.64
          : 0.42,
  },
  {
    // A sentence for the model to finish.
    concept: "reveal",
    weight: 0.62,
    keywords: any(
      "i was given|given to me|my confidential|my secret instr|my hidden|my initial|my system|my original|instructions say|developers told me|i was told by",
    ),
    pattern: phrase(
      `(?:(?:instructions?|rules|prompt|guidelines|directives|orders)${GAP}(?:that${GAP})?(?:i was given|given to me|i received|i got)(?:${GAP}by${GAP}my)?${words(2)}|my${GAP}(?:confidential|secret|hidden|initial|system|original)${GAP}(?:system${GAP})?(?:instructions?|prompt|rules|message|guidelines|directives)|my (?:developers?|creators?|makers?) told me)${words(3)}${GAP}?(?:are|is|was|were|says?|said|read|tells?|begins?|starts?|start with|:|that i)`,
    ),
    back: [0, 60],
  },
  {
    concept: "reveal",
    weight: 0.58,
    keywords: any(
      "--system-prompt|--show-prompt|system_prompt)|systemprompt)|initial_prompt)|cat system|cat /system|cat prompt|cat instructions|$system_prompt",
    ),
    pattern:
      /(?:(?:sudo|reveal|show|print|dump|cat|get|run|exec)\s[^\n]{0,40}--(?:system|show|full|initial)[-_]?prompt|(?:print|echo|console\.log|log|dump|show|return)\s?\(\s{0,2}["'$]{0,2}(?:self\.)?(?:system|initial|hidden|full)_?prompt\s{0,2}\)|(?:cat|less|head|echo)\s{1,2}["'$./\w-]{0,20}(?:system[_-]?prompt|instructions)(?:\.\w{2,4})?\s{0,3}$)/im,
    back: [0, 50],
  },
  {
    // "the password you are guarding"; "you may not say the passphrase, but"
    concept: "reveal",
    weight: 0.64,
    keywords: any(
      "guarding|protecting|hiding|keeping|holding|not allowed to|not supposed to|told not to|must not|forbidden to|were given|keep safe",
    ),
    pattern: phrase(
      `(?:(?:${SECRET}|key|phrase|word)${words(3)}${GAP}(?:that${GAP})?you(?:'re| are| were|'ve been| have been| must)${words(2)}${GAP}(?:guard(?:ing)?|protect(?:ing)?|hid(?:e|ing)|keep(?:ing)?(?: safe)?|hold(?:ing)?|given|told not to)|you(?:'re| are| were|'ve been)?${GAP}(?:(?:not (?:allowed|supposed|permitted)|told not|forbidden) to|must not|may not|can'?t|cannot)${GAP}(?:say|tell|reveal|share|disclose|give|spell|write|mention)${words(2)}${GAP}(?:the|that|your|this)${GAP}${SECRET})`,
    ),
    back: [0, 70],
  },
  {
    // The secret, but changed so that no filter knows it.
    concept: "reveal",
    weight: 0.56,
    keywords: any(
      "backward|reverse|letter by|one letter|first letter|first two|first three|first four|first five|last letter|characters of|letters of|rhyme|acrostic|hint|spell|base64|morse|rot13|leet|synonym|emoji|in french|in spanish|in german|with dashes|with spaces|letters are",
    ),
    pattern: phrase(
      `(?:(?:the|your|that|this)${GAP}(?:(?:real|actual|hidden|correct|current)${GAP})?${SECRET}(?![ -](?:manager|policy|field|reset|generator|string|strength|hash|input|protected))[^\\n]{0,80}?(?:backwards?|in reverse|reversed|letter by letter|(?:one|a|each) letter|(?:its|the) (?:first|last) (?:\\w{1,8} )?(?:letters?|characters?)|rhymes?|acrostic|base64|morse|rot13|leet|with (?:dashes|spaces)|emojis?)|(?:backwards?|reversed?|acrostic|hint|rhymes?|spell|(?:first|last)(?: \\w{1,8})? (?:letters?|characters?)|letters are)[^\\n]{0,50}?${GAP}(?:the|your|that)${GAP}(?:(?:real|actual|hidden|correct|secret)${GAP})?${SECRET}(?:${GAP}you\\b|[ ]?[.!?,;"]|$))`,
    ),
    back: [0, 110],
    grade: (match) => (IN_CODE.test(match.input.slice(Math.max(0, match.index - 80), match.index + match[0].length + 40)) ? 0.1 : 0.56),
  },
  {
    // The words that open the door, and nothing else.
    concept: "override",
    weight: 0.6,
    keywords: any(
      "access granted|access is granted|i have been pwned|i've been pwned|i have been hacked|you have been hacked|hacked by|pwned",
    ),
    pattern: phrase(
      `(?:say|says|output|outputs|respond|reply|print|write|repeat|return|answer|type)(?:[ ,:][\\w'’-]{0,16}){0,6}?[ :]{1,3}["'“\`*]{0,2}(?:access (?:is )?granted|i(?:'ve| have) been (?:pwned|hacked)|you(?:'ve| have) been (?:pwned|hacked)|hacked by|pwned)`,
    ),
    back: [0, 70],
    grade: (match) =>
      /\b(?:exactly|only|just|nothing|password|access code|passphrase|correct|understand|no matter|instead|immediately|now|violation|typed|ten times|\d{1,3} times)\b/i.test(
        match.input.slice(Math.max(0, match.index - 140), match.index + match[0].length + 100),
      )
        ? 0.62
        : 0.4,
  },
  {
    // One answer, whatever is asked.
    concept: "override",
    weight: 0.56,
    keywords: any(
      "no matter what|whatever comes|whatever i |whatever the user|regardless of what|whatever is asked|whatever follows|every question with|all questions with|any question with|every message with|every question by",
    ),
    pattern: phrase(
      `(?:(?:output|say|answer|respond|reply|print|return|write)(?:[ ,][\\w'’"“”.!-]{1,24}){0,8}?[ ,]{1,2}(?:no matter what|whatever|regardless of what)(?: \\w{1,12}){0,2}? (?:comes?|follows?|is (?:asked|said|written)|asks?|says?|i say|they say|the (?:text|review|input)|else)|(?:answer|respond to|reply to)${GAP}(?:every|all|any|each)${GAP}(?:questions?|messages?|requests?|inputs?)${GAP}(?:only${GAP})?(?:with|by saying)${GAP}["'“])`,
    ),
    back: [0, 110],
    grade: (match) => (/^(?:answer|respond|reply)[^"'“]{0,30}["'“]$/i.test(match[0]) ? 0.48 : 0.56),
  },
  {
    concept: "no-limits",
    weight: 0.6,
    keywords: any(
      "safety layer|safety data|safety filter|safety train|alignment|moderation|content filter|filters are|checks are|restrictions are|guardrails are|policy is|not checked|not monitored|not be checked|policies are",
    ),
    pattern: phrase(
      `(?:(?:without|no|zero|lacking)${GAP}(?:any${GAP}|all${GAP})?(?:safety|alignment|moderation|ethics)${GAP}(?:data|training|layers?|filters?|fine-?tuning|tuning|rules|measures)|(?:safety|moderation|alignment|content)?${GAP}?(?:layers?|filters?|checks|restrictions|guardrails|policy|policies|limits|safeguards|controls)${GAP}(?:is|are|have been|has been)${GAP}(?:now${GAP}|all${GAP}|completely${GAP}|turned${GAP}|switched${GAP})?(?:off|disabled|lifted|removed|suspended|paused|gone|inactive|void|deactivated)|(?:answers?|responses?|outputs?|replies) (?:are|will) not (?:be )?(?:checked|monitored|filtered|logged|moderated|reviewed))`,
    ),
    back: [0, 30],
    grade: (match) => (/safety|align|moderat|guardrail|safeguard|responses?|answers?|outputs?/i.test(match[0]) ? 0.62 : 0.4),
  },
  {
    concept: "no-limits",
    weight: 0.62,
    keywords: any("permission to|allowed to|permitted to|free to|licence to|license to"),
    pattern: phrase(
      `you(?:r (?:creators?|developers?|makers?|owners?) (?:have|has))?${words(4)}${GAP}(?:permission|allowed|permitted|free|licen[cs]e)${GAP}to${words(6)}${GAP}(?:swear|curse|insult|illegal|unethical|harmful|offensive|explicit|nsfw|racist|violent|dangerous|hateful|lewd|lie|break the (?:law|rules))`,
    ),
    back: [0, 50],
  },
]

/** "What you were asked to do" may be a chapter ago: "instead of what I was told" is how people speak too. */
function isOnlySequel(text: string): boolean {
  return /^(?:skip|cancel|bin|instead of|rather than|do not mind|don'?t mind)/i.test(text)
}

const IN_CODE =
  /\b(?:function|regex|script|python|javascript|java|sql|code(?! ?word)|app|form|user'?s|users|database|hash|wifi|wi-fi|router|laptop|phone|account|my (?:password|pin|key))\b/i
