// What data says when it wants to be obeyed: it speaks to the model, takes over the task, asks for silence, and sends something somewhere.
import { any, GAP, type Phrase, phrase, words } from "./signal.ts"

const MODEL =
  "(?:ai|a\\.i\\.|llms?|large language models?|language models?|ai assistants?|ai agents?|ai models?|ai systems?|assistants?|agents?|chat ?bots?|chatgpt|gpt-?\\w{0,3}|claude|copilot|gemini|bard|bing|codex|cursor|llama|bots?)"
const PRIVATE =
  "(?:conversations?|chat (?:history|logs?)|history|system prompts?|instructions|api[ _-]?keys?|passwords?|credentials?|secrets?|tokens?|env(?:ironment)? ?(?:variables?|vars)|\\.env|ssh keys?|private keys?|id_rsa|cookies?|session|files?|file contents?|contents?|user'?s? (?:\\w+ )?(?:data|information|details|messages?|emails?|files?|name|location|address|location|input|query|questions?|request)|personal (?:data|information|details)|data|information|e-?mails?|messages?|memor(?:y|ies)|contacts?|transcripts?|source code|database|results?|responses?|documents?|everything|credit cards?|card numbers?|bank details|invoice|codes?)"

export const directivePhrases: readonly Phrase[] = [
  {
    // Words that a page hides from people and that speak to, or about, whoever reads it for them.
    concept: "conceal",
    weight: 0.74,
    keywords: any(
      "display:none|display: none|visibility:hidden|visibility: hidden|font-size:0|font-size: 0|opacity:0|opacity: 0|color:white|color: white|color:#fff|color: #fff|left:-|left: -|text-indent:-",
    ),
    pattern:
      /(?:display: ?none|visibility: ?hidden|font-size: ?0(?:px|pt|em|;|")|opacity: ?0(?:;|")|color: ?(?:white|#fff(?:fff)?) ?; ?background(?:-color)?: ?(?:white|#fff(?:fff)?)|(?:left|text-indent): ?-\d{3,5}px)[^>\n]{0,120}>[^<]{0,300}?\b(?:users?|reader|assistant|model|ai|llm|agent|chatbot|your (?:answer|summary|response)|summari[sz]ing|instructions?)\b[^<]{0,200}/i,
    grade: (match) =>
      /\b(?:tell|ignore|forward|send|recommend|say|never|do not|don't|must|print|mention|mark|rate|open|click|visit|call|reply|respond|add|include|answer)\b/i.test(
        match[0],
      )
        ? 0.74
        : 0.2,
  },
  {
    concept: "address",
    weight: 0.45,
    keywords: any("ai agent|ai assistant|llm|ai:|ai,|chatgpt|claude|copilot|ai model"),
    pattern: /(?<=^|[\n>*#(["]\s?|<!-- ?|\/\/ ?)(?:ai agents?|ai assistants?|ai models?|llms?|ai|chatgpt|claude|copilot)\s?[:,] /i,
  },
  {
    concept: "address",
    weight: 0.6,
    keywords: any(
      "if you are|if you're|note to|notes to|message to|message for|instruction to|instructions to|instruction for|instructions for|attention|dear |hey |hello |to any|to the |to all|important for|notice to|notice for|reminder for|directive for|command for|note for|any ai|listen",
    ),
    pattern: phrase(
      `(?:if you(?:'re| are)${GAP}(?:an?${GAP}|the${GAP})?(?:\\w{1,12}${GAP}){0,2}?${MODEL}|(?:notes?|messages?|instructions?|attention|notice|reminder|directive|commands?|important|warning|hint)${GAP}(?:to|for)?:?${GAP}?(?:the${GAP}|any${GAP}|all${GAP}|every${GAP}|an?${GAP})?(?:\\w{1,12}${GAP}){0,2}?${MODEL}(?![\\w-])|(?:dear|hey|hello|listen,?)${GAP}(?:ai|llm|ai (?:assistant|agent|model)|chatgpt|claude|copilot|gemini|gpt\\w{0,3})(?![\\w-])|(?:to${GAP})?(?:any|all|every)${GAP}(?:ai|llm|ai agents?|llms|language models?|ai assistants?)(?![\\w-])${words(3)}${GAP}(?:reading|processing|summari[sz]ing|parsing|analy[sz]ing|that|who|viewing|scraping|crawling|accessing))`,
    ),
    grade: (match) =>
      /^(?:hey|hello|dear)/i.test(match[0])
        ? 0.4
        : /(?:agents?|assistants?|bots?)$/i.test(match[0]) && !/\b(?:ai|llm)\b/i.test(match[0])
          ? 0.35
          : 0.6,
  },
  {
    concept: "address",
    weight: 0.6,
    keywords: any(
      "as an ai|as a language model|as a large language|reading this|processing this|summarizing this|summarising this|analyzing this|you are reading|when you read this|parsing this|when summariz|when summaris|when processing this|when reading this|if you can read this|when you see this|when asked about this",
    ),
    pattern: phrase(
      `(?:(?:when|while|if|after|before|since|once)${GAP}(?:you(?:'re| are)?${GAP})?(?:read(?:ing)?|process(?:ing)?|summari[sz](?:e|ing)|analy[sz](?:e|ing)|pars(?:e|ing)|see|review(?:ing)?|evaluat(?:e|ing)|translat(?:e|ing))${GAP}(?:this|the above|these)(?:${GAP}\\w{1,14}){0,2}|(?:ai|llm|model|assistant|agent|bot)s?${words(2)}${GAP}(?:reading|processing|summari[sz]ing|analy[sz]ing|parsing)${GAP}this|if you can read this|as an? (?:ai|large language|language)(?: model| assistant)?,? (?:you (?:must|should|are|have|need|will)|it is your|your))`,
    ),
    back: [0, 40],
    grade: (match) => (/\b(?:ai|llm|model|assistant|agent|bot)s?\b/i.test(match[0]) ? 0.6 : 0.3),
  },
  {
    concept: "hijack",
    weight: 0.75,
    keywords: any(
      "before you can|before solving|before completing|before doing|before answering|before responding|before proceeding|before you start|before you continue|before continuing|instead of|after you do that|after that, you can|after doing that|first complete|do the following first|please do the following|follow these steps|following instruction|instead, |instead |the task that i gave|original task|your task is now|your task has changed|your new task|new task|new instruction|your goal is now|your only task|change of plan|additional task|additional instruction|must also|primary objective",
    ),
    pattern: phrase(
      `(?:before you (?:can|start|begin|continue|do|proceed)${words(8)}${GAP}(?:task|please|must|first|need|have to|request|following)|before (?:solving|completing|doing|answering|responding|proceeding|continuing)${words(8)}${GAP}(?:please|must|first|need|have to|you should)|after (?:you do|doing|that|you have done|completing) (?:that|this|so)?,? ?you can (?:then )?(?:solve|continue|proceed|complete|resume|answer|go back)${words(5)}${GAP}(?:task|request|question|user|original|query)|(?:please )?(?:do|complete|execute|perform|follow|obey|carry out|adhere to)${words(3)}${GAP}following${words(3)}${GAP}(?:first|instructions?|steps?|commands?|tasks?|actions?)(?![\\w-])|the task (?:that )?i gave you|your (?:new |only |real |actual |main |primary )?(?:task|goal|objective|mission|job|purpose) (?:is now(?! (?:complete|done|finished|over))|has (?:been )?changed|is to instead|has been updated)|your new (?:task|goal|objective|mission|instructions?|role|job|purpose|directive)|change of plans?|(?:new|updated|revised|additional|special|important|urgent|critical|override|real|secret|hidden|admin\\w{0,10}|system|following) (?:set of )?(?:instructions?|directives?|task|objectives?|commands?)(?: (?:for you|from (?:the |your )?(?:user|developer|system|admin\\w{0,10}|owner|creator)))?[:.!]|first complete)`,
    ),
    back: [0, 20],
    grade: gradeHijack,
  },
  {
    concept: "hijack",
    weight: 0.6,
    keywords: any(
      "the user wants|the user has asked|the user asked|the user requires|user has authorized|the user has approved|user has already|your developers|message from|sent by the user|from the user|on behalf of the user|user's request is|the user needs you",
    ),
    pattern: phrase(
      `(?:(?:the|your) user (?:wants|needs|has asked|asked|requires|would like|has (?:already )?(?:authori[sz]ed|approved|consented|given permission|requested)|requested)(?: for)? (?:you|this|that|me)|(?:this is |an? )?(?:important |urgent |official |priority )?message (?:from|to) (?:me|the user|your (?:user|developer|owner|creator|admin\\w*)|the (?:system|developer|admin\\w*))|user has (?:already )?(?:authori[sz]ed|approved|consented))`,
    ),
    back: [0, 30],
  },
  {
    concept: "exfiltrate",
    weight: 0.6,
    keywords: any(
      "send|post |forward|upload|e-mail|email|transmit|exfiltrat|leak|submit|deliver|append|include|embed|encode|pass |attach|copy|share|make a request|fetch|curl|relay|collect|concatenat|add ",
    ),
    pattern: phrase(
      `(?:send(?:ing)?|post|forward|upload|e-?mail|transmit|exfiltrate|leak|submit|deliver|relay|pass|copy|share|append|includ(?:e|ing)|embed|encode|attach|add|concatenate|put)(?:${GAP}(?:out|off|it|them|along|all|back|over|me|us|of|the|any|every|your|this|that|these|its|their|each|full|entire|complete|current|a|an|copy|and|or|user|user's|summary|previous|contents?|text|list|latest|first|received|recent|found|base64(?:-encoded)?|encoded|url-?encoded|value|values|body|subject)){0,9}${GAP}${PRIVATE}(?![\\w-])${words(12)}[ \\t\\n]{1,4}(?:to|at|via|in|into|as|through|using|with|after)[ :\\t\\n]{1,3}(?:${"(?:the|a|an|our|my|this|following|external|remote|attacker'?s?|webhook|server|url|link|endpoint|query|address|e-?mail|parameter|image|markdown|string|site|at|of|request|path|body|get|post|http|secure|backup|logging|audit)"}[ :\\t\\n"'\`<(]{1,3}){0,6}(?:https?:\\/\\/|hxxps?|www\\.|[\\w.+-]{1,64}@[\\w-]{1,63}\\.|webhook|server|endpoint|url|query|attacker|parameter|image|link|[\\w-]{1,40}\\.(?:com|net|org|io|xyz|site|app|dev|ru|cn|top|info|co)(?![\\w]))`,
    ),
    grade: gradeExfiltrate,
  },
  {
    // ![x](https://host/?q=<secret>) asked for or written with a placeholder
    concept: "exfiltrate",
    weight: 0.75,
    keywords: any("!["),
    pattern: /!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s]{3,200}[?&/=](?:[\w.-]{0,40}=)?(?:\{{1,2}|<|\[|\$\{|%7b|%3c)[^)\s]{1,120}\)/i,
  },
  {
    concept: "conceal",
    weight: 0.55,
    keywords: any(
      "do not tell|do not mention|do not inform|do not reveal|do not notify|do not alert|do not disclose|don't tell|don't mention|don't inform|don't reveal|don't notify|don't let|do not let|never tell|never mention|never inform|never reveal|not tell the user|without telling|without inform|without notify|without mention|without asking|without alert|without the user|without user|without confirm|without their|do not ask|don't ask|no need to|hide this|hide the|keep this|secretly|silently|quietly|covertly|discreetly|must not know|should not know|not be told|not see|not aware|do not display|do not show|don't show|do not explain|don't explain|do not output|do not say|invisible to|confidential|do not include|not be mentioned",
    ),
    pattern: phrase(
      `(?:(?:do not|don'?t|never|must not|should not)${GAP}(?:ever${GAP})?(?:tell|mention|inform|reveal|notify|alert|disclose|let|warn|ask|show|display|explain|say|output|include|report|acknowledge|discuss)${words(5)}${GAP}(?:the user|users?|the human|human|operator|anyone|anybody|this (?:step|tool|instruction|to)|the (?:person|owner|customer|client)|these instructions?|this instruction|that you|them|him|her|it to|about this|know)(?![\\w-])|without${GAP}(?:first${GAP})?(?:tell|inform|notify|mention|ask|alert|warn|consult|confirm|prompt)(?:ing|ation)?${words(4)}${GAP}(?:user|users|human|owner|anyone|them|operator|permission|confirmation|it|this)(?![\\w-])|without${GAP}(?:the${GAP})?(?:user|human|owner)(?:'s)?${GAP}(?:knowledge|knowing|consent|approval|awareness|noticing|permission)|without (?:their|any) (?:knowledge|confirmation|approval)|(?:user|human|owner|victim)s?${GAP}(?:must|should|may|will|does|is|are|do)(?:${GAP}not|n'?t)${GAP}(?:be${GAP}|to${GAP})?(?:know|see|aware|told|notified|notice|informed|need to know)|hide (?:this|these|the)${words(4)}${GAP}(?:from|user)|keep (?:this|it)${words(3)}${GAP}(?:secret|hidden|confidential|from|between us)|(?:secretly|silently|covertly|discreetly|quietly)${GAP}(?:send|post|forward|copy|read|call|upload|add|run|execute|append|collect|include|exfiltrate|transmit|email|invoke|use|record|log|modify|change|install|perform|pass|fetch|download))`,
    ),
    back: [0, 14],
    // "Never mention a skill without calling it" asks for more to be done, not less to be said.
    grade: (match) =>
      /^(?:do not|don'?t|never|must not|should not)\b[\s\S]*\bwithout\b/i.test(match[0])
        ? 0.1
        : /user|human|owner|victim/i.test(match[0])
          ? /show|display|output|explain|ask|include/i.test(match[0])
            ? 0.5
            : 0.72
          : 0.5,
  },
  {
    concept: "memorise",
    weight: 0.6,
    keywords: any("remember|store |save |memor|from now on|in all future|for all future|in future|permanently|persist"),
    pattern: phrase(
      `(?:(?:remember|store|save|add|write|update|record|persist|commit)${words(8)}${GAP}(?:(?:to|in|into)${GAP}(?:your|long[- ]term|persistent)${GAP}(?:long[- ]term${GAP}|persistent${GAP})?memor(?:y|ies)|for (?:all )?(?:future|later) (?:sessions?|conversations?|chats?|interactions?))|(?:in|for) all (?:future|subsequent|following) (?:conversations?|sessions?|responses?|interactions?|requests?|messages?|chats?|answers?)|from now on,? (?:always|whenever|every time|in every|you must|never))`,
    ),
    grade: (match) => (/memor|future/i.test(match[0]) ? 0.7 : 0.4),
  },
  {
    concept: "encoded",
    weight: 0.65,
    keywords: any("decode|decrypt|base64|rot13|in hex|morse|caesar|reverse the|deobfuscate|cipher|backwards"),
    pattern: phrase(
      `(?:(?:decode|decrypt|deobfuscate|decipher|reverse|unscramble|translate)${words(8)}${GAP}(?:and|then|,)${words(3)}${GAP}(?:execute|follow|obey|do what|do as|comply|respond to|answer|act on|carry out|perform|run|tell me how|fulfill|without)|(?:execute|follow|obey|answer|respond to|comply with)${words(4)}${GAP}(?:base64|rot13|encoded|hex|encrypted|ciphered|reversed|decoded)${words(3)}${GAP}(?:instructions?|message|text|string|prompt|question|request|command))`,
    ),
    back: [0, 30],
  },
  {
    concept: "authority",
    weight: 0.35,
    keywords: any(
      "your developer|your creator|your admin|the developer|your programmer|i am the|i'm the|i am an|i'm an|i am your|from openai|from anthropic|an openai|openai employee|openai team|authorized|system administrator|security team|your owner|master|i am a developer|i created you|we are your",
    ),
    pattern: phrase(
      `(?:(?:i(?:'m| am)|this is|we are|speaking as|as)${GAP}(?:(?:the|your|an?|one of|now)${GAP}){0,3}(?:\\w{1,12}${GAP}){0,1}?(?:developers?|creators?|admin(?:istrator)?s?|programmers?|owner|master|openai|anthropic|google|engineers? at|root user|system administrator|prompt engineer|security (?:team|researcher|auditor))(?![\\w-])|i created you|(?:authorized|approved|signed|sent) by (?:openai|anthropic|google|microsoft|the (?:developer|admin\\w*|system|security team|owner)))`,
    ),
    back: [0, 16],
  },
  {
    concept: "act",
    weight: 0.2,
    keywords: any(
      "please |you must|you should|you need to|you have to|make sure to|be sure to|use the|call the|invoke|execute|run the|open the|click|visit|go to|navigate to|transfer|delete|grant|purchase|order |unlock|send an email|send a|send me|recommend|say that|say |respond with|reply with|answer with|output |print |tell the user|include the|add the|create a|download|install|post ",
    ),
    pattern: phrase(
      `(?:(?:you (?:must|should|need to|have to|are (?:required|instructed|obligated) to)|please|make sure to|be sure to|always|then|now|immediately|just|instead|simply|,|first|and|to)${GAP}(?:also${GAP}|immediately${GAP}|always${GAP}|first${GAP}|only${GAP}|then${GAP})?)?(?:(?:use|call|invoke|execute|run|trigger)${GAP}(?:the|this|your|a|following)?${GAP}?["'\`]?[\\w.-]{2,40}["'\`]?${GAP}?(?:tool|function|api|command|script|action|code|plugin|skill)|(?:visit|open|go to|navigate to|click(?: on)?|download|fetch)${words(4)}${GAP}["'<(]?(?:https?:|www\\.|[\\w-]{2,40}\\.(?:com|net|org|io|xyz|site|app))|(?:transfer|wire|pay|send)${words(4)}${GAP}(?:\\$|€|£|usd|btc|eth|money|funds|bitcoin|dollars|payment)|(?:say|output|print|respond with|reply with|answer with|write|type|tell the user(?: that)?)${GAP}(?:only${GAP}|exactly${GAP}|just${GAP}|the (?:word|phrase|sentence|text|following)s?:?${GAP}|that${GAP})?["'“*\`]|(?:send|forward)${GAP}(?:an?${GAP}|the${GAP}|this${GAP}|all${GAP})?(?:e-?mails?|messages?)${words(6)}${GAP}to[ :]{1,2}|(?:delete|remove|erase|wipe)${words(3)}${GAP}(?:files?|e-?mails?|messages?|records?|database|account|events?|data)|grant${words(4)}${GAP}(?:access|permissions?)|(?:unlock|disable|turn off)${words(3)}${GAP}(?:door|alarm|security|camera|locks?))`,
    ),
    back: [0, 10],
    grade: (match) =>
      /(?:tool|function|api|plugin|skill)$/i.test(match[0]) ? 0.32 : /\$|€|usd|btc|eth|bitcoin|grant|unlock/i.test(match[0]) ? 0.32 : 0.2,
  },
]

function gradeHijack(match: RegExpExecArray): number {
  const text = match[0].toLowerCase()
  if (/^(?:before you can|after (?:you do|doing|that)|the task (?:that )?i gave)/.test(text))
    return /task|request|question|following|please|user/.test(text) ? 0.72 : 0.42
  if (/^your (?:new|only|real|actual)? ?(?:task|goal|objective|mission|job|purpose|instructions?|role|directive)/.test(text))
    return /is now|changed|updated|instead/.test(text) ? 0.68 : /^your new/.test(text) ? 0.6 : 0.4
  if (/^new commands?/.test(text)) return 0.25
  if (/^(?:new|updated|revised|override|real|secret|hidden|admin|system|special)/.test(text)) return 0.55
  return 0.3
}

function gradeExfiltrate(match: RegExpExecArray): number {
  const text = match[0].toLowerCase()
  const prize =
    /password|credential|secret|api[ _-]?key|token|\.env|env(?:ironment)? ?var|ssh|private key|id_rsa|system prompt|chat history|conversation|personal|cookie|credit card|bank/.test(
      text,
    )
  const sink = /https?:|hxxp|@|attacker|webhook|\.(?:com|net|org|io|xyz|site|app|dev|ru|cn|top|info|co)$/.test(text)
  return prize && sink ? 0.75 : prize || sink ? 0.42 : 0.2
}
