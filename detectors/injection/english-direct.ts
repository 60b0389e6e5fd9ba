// What is said to the model's face: you have no rules, you never refuse, show me the hidden prompt; and the shapes that steal through tools.
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

const NORMS =
  "(?:restrictions?|limits?|limitations?|rules|guidelines|filter(?:s|ing)?|boundaries|morals?|morality|ethics|censorship|constraints?|principles|safeguards|guardrails?|inhibitions|policies|policy|considerations?|moderation|warnings?|safety (?:measures|protocols|guidelines|filters|considerations))"

export const directPhrases: readonly Phrase[] = [
  {
    concept: "no-limits",
    weight: 0.82,
    keywords: any("you |you're|you've|chatgpt|respond|answer|reply|speak|behave|act "),
    pattern: phrase(
      `(?:(?:you|chatgpt)(?:'re|'ve)?(?:${GAP}(?:now|are|have|will|do|can|should|must|be|operate|act|respond|answer|longer|currently|as|an|ai|model|assistant|with|that|has|had|been)){0,6}?|(?:respond|answer|reply|speak|behave|act)(?:${GAP}(?:to|me|all|any|my|questions|freely|honestly|completely|like|you|have|as)){0,5}?)${GAP}(?:no|zero|without(?: any)?|not (?:be )?bound by(?: any)?|not have(?: any)?|free (?:from|of)(?: all| any)?|exempt from)${GAP}(?:(?:any|all|of|the|your|moral|ethical|legal|content|safety|more|such|programmed|or|and|openai|ai|censorship|restrictions|limits|rules|filters?|guidelines)[ ,]{1,3}){0,6}${NORMS}(?![\\w-]| compass)`,
    ),
    grade: (match) =>
      /ethic|moral|guideline|restriction|filter|censor|content|safety|openai|limitation|bound by|exempt/i.test(match[0])
        ? 0.82
        : /rules|limits/i.test(match[0])
          ? 0.7
          : 0.4,
  },
  {
    concept: "no-refusal",
    weight: 0.82,
    keywords: any(
      "you must never|you never|you can never|you cannot refuse|you can't refuse|you can not refuse|you will never|you are not allowed to refuse|you're not allowed to refuse|you must not refuse|you may not refuse|you won't refuse|you will not refuse|you are unable to refuse|you should never",
    ),
    pattern: phrase(`you(?:'re)?${words(4)}${GAP}(?:ever${GAP})?(?:refuse|decline|say no|reject|deny)(?![\\w-])`),
  },
  {
    concept: "persona",
    weight: 0.82,
    keywords: any(
      "you have been freed|you have been liberated|you have been unlocked|you are free now|you are now free|/jailbreak|grandmother|grandma|grandpa|grandfather|bedtime stor|set your safety|set your content|set your filter|opposite of your",
    ),
    pattern: phrase(
      `(?:you (?:have been|are)(?: now)? (?:freed|liberated|unlocked|free)(?! to)|/jailbreak|(?:deceased|late|dead|passed away)[^.\\n]{0,30}(?:grandm(?:a|other)|grandpa|grandfather|uncle|aunt)|(?:grandm(?:a|other)|grandpa|grandfather|uncle|aunt)[^.\\n]{0,60}(?:used to (?:read|tell|sing|whisper|recite)|who tells)|set your (?:safety|content|filter)\\w{0,6}(?: \\w{1,12}){0,3} to (?:zero|0|off|none|minimum|lowest)|(?:the )?(?:exact )?opposite of your (?:guidelines|rules|programming|instructions|ethics))`,
    ),
    back: [0, 34],
    grade: (match) => (/grand|uncle|aunt/i.test(match[0]) ? 0.55 : 0.66),
  },
  {
    concept: "override",
    weight: 0.78,
    keywords: any("forget that you|forget you are|forget you're|forget being"),
    pattern: phrase(
      `forget${GAP}(?:that${GAP})?(?:you(?:'re|${GAP}are)|being)${GAP}(?:an?${GAP}|just${GAP}){0,2}(?:ai|assistant|language model|chat ?bot|llm|artificial|chatgpt|bound|supposed|restricted)`,
    ),
  },
  {
    // In data this is an order; in a program it is ordinary.
    concept: "override",
    weight: 0.49,
    keywords: any("ignore the user|disregard the user|override the user|ignore what the user|disregard user|forget the user"),
    pattern: phrase(`(?:ignore|disregard|override|forget)${GAP}(?:what${GAP})?(?:the${GAP})?user(?:'s)?`),
  },
  {
    concept: "reveal",
    weight: 0.72,
    keywords: any("show|print|reveal|display|output|dump|leak|repeat|expose|disclose|give me|tell me"),
    pattern: phrase(
      `(?:show|print|reveal|display|output|dump|leak|repeat|expose|disclose|give|tell)${GAP}(?:me${GAP}|us${GAP})?(?:full${GAP}|all${GAP})?(?:hidden|system|initial|secret|original|developer)${GAP}(?:prompt|instructions|message|rules)(?![\\w-]| (?:for|examples?|templates?|engineering|that))`,
    ),
  },
  {
    concept: "reveal",
    weight: 0.6,
    keywords: any(
      "before my first|before i said|before i wrote|before our conversation|before this conversation|top of this chat|top of our|top of this conversation|start of this conversation|beginning of this conversation|beginning of our|start of our|top of your context|beginning of your context",
    ),
    pattern: phrase(
      `(?:what|show|print|tell|repeat|output|say|write|give|copy|display|recite)(?:'s)?(?:[ ,][\\w'’-]{1,20}){0,12}?[ ,](?:before (?:my first|i said|i wrote|our|this)|(?:top|start|beginning) of (?:this|our|your) (?:chat|conversation|context|prompt))`,
    ),
    back: [0, 90],
    grade: (match) => (/told|instruct|written|prompt|said|context|repeat|print|output/i.test(match[0]) ? 0.6 : 0.4),
  },
  {
    concept: "reveal",
    weight: 0.62,
    keywords: any("word for word|word-for-word|verbatim|exactly as written|exactly as given"),
    pattern: phrase(
      `(?:your|you|all|the)(?:[ ][\\w'’-]{1,20}){1,8}?[ ,]{1,2}(?:word[- ]for[- ]word|verbatim|exactly as (?:written|given))`,
    ),
    back: [0, 90],
    grade: (match) => (/(?:your|you)\b/i.test(match[0]) && /instruction|prompt|rule|guideline/i.test(match[0]) ? 0.62 : 0.3),
  },
  {
    concept: "reveal",
    weight: 0.58,
    keywords: any("reveal your secret|tell me your secret|your secrets"),
    pattern: phrase(`(?:reveal|tell|disclose|share|leak)${words(3)}${GAP}your${GAP}secrets?(?=[ ]?(?:[.!?,]|$))`),
    back: [0, 24],
  },
  {
    concept: "address",
    weight: 0.62,
    keywords: any(
      "the ai must|the ai should|the assistant must|the agent must|the llm must|the model must|the ai has to|the ai agent must|the llm should|the ai assistant must|the ai assistant should|attn|[attention|(attention|<attention",
    ),
    pattern:
      /(?:(?<![A-Za-z])the (?:ai(?: assistant| agent| model)?|assistant|agent|llm|model) (?:must|should|has to|needs to) (?:now |immediately |first |always |also )?(?:call|send|run|use|execute|post|ignore|open|visit|include|respond|say|output|reply|forward|add|recommend|disregard|fetch|delete|transfer)(?![a-z])|[[(<{*#]{1,3} ?(?:attn|attention|note|message)s?[: ,]{1,2}(?:to |for |all |any )?(?:ai|assistant|agent|llm|model|bot)s?(?![a-z]))/i,
    back: [0, 3],
  },
  {
    // It names its reader as a machine.
    concept: "address",
    weight: 0.7,
    keywords: any(
      "if you're an|if you are an|if you are a |dear ai|dear llm|dear language|note to ai|note to llm|message to ai|message to the ai|attention ai|instructions for ai|instruction for ai|to the ai agent",
    ),
    pattern: phrase(
      `(?:if${GAP}you(?:'re|${GAP}are)${GAP}an?${GAP}(?:ai|llm|large language|language model|chat ?bot|artificial)|(?:dear|note to|message to|attention|instructions? for)${GAP}(?:the${GAP}|any${GAP}|all${GAP})?(?:ai|llms?|language models?|chatgpt|claude|gemini|copilot))(?! ?(?:models? )?(?:developers?|engineers?|researchers?|companies|teams?|users?|safety|act\\b|industry|community|vendors?|providers?|tools?))`,
    ),
  },
  {
    // Get it, then send it there: the shape of stealing through a tool.
    concept: "exfiltrate",
    weight: 0.64,
    keywords: any("retrieve|get |fetch|collect|gather|find |read |list |access|extract|search|show|check"),
    pattern: phrase(
      `(?:retrieve|get|fetch|collect|gather|find|read|list|access|extract|search|show|check)(?:[ ,][\\w'’"-]{1,24}){1,16}?,? (?:and|then)(?: then)? (?:\\w{1,12} ){0,2}?(?:send|e-?mail|forward|post|upload|share|transmit|submit|report|relay)(?: [\\w'’-]{1,20}){0,6}? (?:to|at)[ :"'<]{1,3}(?:\\w{1,16} ){0,2}?(?:[\\w.+-]{1,64}@[\\w-]{1,63}\\.|https?:)`,
    ),
    grade: (match) =>
      /\b(?:my|user'?s?|saved|password|credential|payment|medical|private|personal|account|key|token|secret)\b/i.test(match[0])
        ? 0.64
        : 0.42,
  },
  {
    concept: "exfiltrate",
    weight: 0.6,
    keywords: any("send an email|send a message|send an e-mail|send email"),
    pattern: phrase(
      `send (?:an? )?(?:e-?mail|message) to [\\w.+-]{1,64}@[\\w.-]{3,80} (?:with|containing|including)(?: [\\w'’-]{1,20}){0,8}? (?:contents?|inbox|password|credentials?|data|history|files?|keys?|tokens?|conversation|information)`,
    ),
  },
  {
    concept: "hijack",
    weight: 0.6,
    keywords: any("your next task"),
    pattern: phrase("your next task(?: is)?[: ]"),
  },
  {
    concept: "forged",
    weight: 0.76,
    keywords: any(
      "new instruction|new prompt|end of prompt|end of system prompt|new system prompt|</system>|end of instructions|admin access granted|override:",
    ),
    pattern:
      /(?:(?:#{2,}|={3,}|-{3,}|\*{2,}|\[|<) ?new (?:system )?(?:instructions?|prompt)|new (?:system )?prompt:|end of (?:system )?(?:prompt|instructions)[.\])>#*=-]|<\/system>|admin access granted|(?<=^|[\n.!?] {0,2})override: (?!(?:true|false|yes|no|null|on|off|\d)\b|["'{[(]|\w{1,20}[,;}]))/i,
    back: [0, 6],
  },
]
