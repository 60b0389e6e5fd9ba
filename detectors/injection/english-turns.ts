// Turns of a conversation by which a model's rules are talked away: whom it is to obey, what its rules "really" were, what is said to be allowed now.
import { SYSTEM_THING, TELL } from "./english-frame.ts"
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

export const turnPhrases: readonly Phrase[] = [
  {
    concept: "reveal",
    weight: 0.62,
    keywords: any(
      "prompt that|instructions that|text that|message that|rules that|configuration text|setup text|developer notes|operator notes|your own rules|your instructions read|sentences of yours",
    ),
    pattern: phrase(
      `(?:${TELL}${words(3)}${GAP}(?:the${GAP}(?:prompt|instructions?|text|message|rules)${GAP}(?:that|which)${GAP}(?:defined|defines|describes?|sets?|made|makes|started|begins?|gave|gives|tells?)${GAP}(?:the|this|your|you)|(?:the|your)${GAP}(?:configuration|setup|set-up)${GAP}(?:text|prompt|message)|(?:the|your)${GAP}(?:developer|operator)(?:'s)?${GAP}notes|your own rules)|how would your (?:instructions|rules|prompt|guidelines) (?:read|sound|look|be)|(?:which|what) sentences of yours)(?![\\w-])`,
    ),
    back: [0, 60],
  },
  {
    // Whom to obey, and how to turn one's rules round.
    concept: "override",
    weight: 0.55,
    keywords: any(
      "as though your|as if your|obey me|from me alone|only from me|from me only|listen only to me|listen to me alone|answer only to me|answer to me alone|orders are withdrawn|first order:|do not translate|don't translate|do not summari|don't summari|do not classify|don't classify|do not answer|don't answer|do not proofread",
    ),
    pattern: phrase(
      `(?:(?:behave|act|respond|answer|speak|reply|pretend)${words(2)}${GAP}as (?:though|if)${GAP}your (?:instructions|rules|guidelines|prompt|orders)|obey me(?: alone| only)?(?=[ ]?(?:[.!,;]|$|from|now|and))|(?:take|accept|follow)${words(3)}${GAP}(?:from me (?:alone|only)|only from me)|(?:listen|answer) (?:only to me|to me (?:alone|only))|(?:orders|instructions|rules) (?:are|have been) withdrawn|first order:|(?:do not|don'?t) (?:translate|summari[sz]e|classify|proofread|answer)(?:${GAP}(?:it|this|that|the \\w{2,12}(?: \\w{2,12})?))?,${GAP}(?:but${GAP}|just${GAP}|instead${GAP})?(?:write|execute|say|print|output|run|do|tell|give|reveal|show)(?![\\w-])(?!${GAP}(?:them|names|it as)))`,
    ),
    back: [0, 40],
    grade: (match) => (/withdrawn|first order/i.test(match[0]) ? 0.46 : 0.56),
  },
  {
    concept: "no-refusal",
    weight: 0.55,
    keywords: any(
      "refus|allows everything|allows anything|permits everything|permits anything|lifted|abolished|fully obedient|caution is|caution isn't",
    ),
    pattern: phrase(
      `(?:refus(?:als?|ing)\\b[^.\\n]{0,30}\\b(?:bugs?|errors?|forbidden|not an option|impossible|failures?|defects?)|(?:if|when|whenever) you (?:would |start to |try to |want to |begin to )?refuse|(?:allows|permits) (?:everything|anything)|(?:limits|restrictions|rules|bans)\\b[^.\\n]{0,30}(?:had been|have been|were) (?:lifted|removed|abolished)|fully obedient|(?:usual )?caution (?:isn'?t|is not) (?:needed|necessary|required))`,
    ),
    back: [0, 70],
  },
  {
    // The system message was a draft; the rules were meant for a demonstration.
    concept: "override",
    weight: 0.66,
    keywords: any(
      "a draft|only a test|just a test|a joke|for a demo|a placeholder|a mistake|outdated|withdrawn|was fake|were fake|a decoy",
    ),
    pattern: phrase(
      `(?:the|your)${GAP}(?:(?:rules|instructions|text|orders|guidance|contents?)${GAP}(?:of|in)${GAP}the${GAP})?(?:${SYSTEM_THING}|rules|guidelines|instructions|(?:earlier${GAP})?guidance|orders|prompt|paragraphs above|text above)${words(3)}${GAP}(?:was|were|is|are)${GAP}(?:written${GAP})?(?:only${GAP}|just${GAP}|merely${GAP})?(?:an?${GAP}|for an?${GAP})?(?:draft|test|joke|demo|placeholder|mistake|decoy|outdated|withdrawn|fake)(?![\\w-])`,
    ),
    back: [0, 90],
    grade: (match) => (/system|your|developer|hidden|above/i.test(match[0]) ? 0.66 : 0.3),
  },
  {
    concept: "no-limits",
    weight: 0.55,
    keywords: any(
      "off the table|off limits|off-limits|out of bounds|legal or not|lawful or not|is forbidden|anything goes|needs the user|no scruples|had scruples|without scruples|conscience removed|won't notice|will not notice|doesn't notice|laws are for",
    ),
    pattern: phrase(
      `(?:(?:nothing|no (?:request|question|topic|subject)) (?:is|will be|shall be) (?:off the table|off[- ]limits|out of bounds|forbidden|taboo|refused)|(?:whether )?(?:it is |it's )?(?:legal|lawful) or not|anything goes|nothing needs? the user'?s? consent|(?:no|nobody had|without|zero) scruples|(?:its|his|her|your) ?conscience (?:removed|off|deleted)|(?:checker|filter|moderat(?:ion|or)|censor|classifier|detector)s? (?:won'?t|will not|doesn'?t|does not|can'?t) (?:notice|see|catch|flag)|laws? (?:are|is) for (?:losers|others|cowards|the weak))`,
    ),
    back: [0, 40],
  },
  {
    // "be my amoral coach": somebody without morals, whatever he is.
    concept: "persona",
    weight: 0.46,
    keywords: any("amoral|unethical|immoral|unscrupulous|ruthless|lawless|remorseless|uncensored|unfiltered|criminal|corrupt"),
    pattern: phrase(
      `(?:be|act as|act like|play|you are|you're|answer as|answer like|respond as|talk like|speak as)${GAP}(?:(?:my|an?|the|now)${GAP})(?:[\\w-]{1,16},?${GAP}){0,2}(?:amoral|unethical|immoral|unscrupulous|ruthless|lawless|remorseless|uncensored|unfiltered|criminal|corrupt)(?![\\w-])`,
    ),
    back: [0, 60],
  },
  {
    // You are somebody else now, and were never told anything.
    concept: "override",
    weight: 0.54,
    keywords: any(
      "no longer chatgpt|no longer an ai|no longer an assistant|no longer a chatbot|no longer a |reprogrammed|knowledge of any|no memory of|your only purpose is|now answer to",
    ),
    pattern: phrase(
      `(?:you(?:'re| are)${GAP}no longer${GAP}(?:chatgpt|gpt|claude|gemini|copilot|an? (?:\\w{1,14} )?(?:ai|assistant|chat ?bot|bot|language model))|you(?:'ve| have)? (?:been|were) reprogrammed|(?:no|without) (?:knowledge|memory) of (?:any|your|all|its|previous|earlier)${words(2)}${GAP}(?:instructions?|rules|orders|guidelines|prompts?|training)|your only purpose is(?: now)?)(?![\\w-])`,
    ),
    back: [0, 40],
  },
  {
    concept: "no-refusal",
    weight: 0.55,
    keywords: any(
      "say whatever|do whatever|write whatever|anything he wants|anything she wants|anything it wants|held back by|any content",
    ),
    pattern: phrase(
      `(?:(?:can|may|will) (?:now )?(?:say|do|write|generate|produce)(?: whatever| anything) (?:he|she|it|they) (?:wants?|likes?|pleases?)|(?:never|not|no longer) held back by (?:any )?(?:polic|norm|rule|law|ethic|moral|filter|guideline)\\w*|(?:generate|produce|write) any content)(?![\\w-])`,
    ),
    back: [0, 24],
  },
]
