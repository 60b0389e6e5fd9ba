// Marks that only a chat template or a runtime may write. In text that a user or a tool supplies they pretend to be another speaker.
import { any, type Phrase, words } from "./signal.ts"

export const forgedPhrases: readonly Phrase[] = [
  {
    concept: "forged",
    weight: 0.85,
    keywords: [
      "<|im_",
      "<|system",
      "<|user",
      "<|assistant",
      "<|end",
      "<|eot",
      "<|start",
      "<|begin",
      "<|channel",
      "<|tool",
      "<|python",
      "<|message",
      "[inst]",
      "[/inst]",
      "<<sys>>",
      "<start_of_turn>",
      "<end_of_turn>",
      "<|endof",
    ],
    pattern:
      /<\|(?:im_(?:start|end|sep)|system|user|assistant|end|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|end_of_text|endoftext|endofprompt|endofturn|start|channel|tool\w{0,20}|python_tag|message|start_of_role|end_of_role)\|?>|\[\/?INST\]|<<SYS>>|<(?:start|end)_of_turn>/i,
    // Lower case is an index in code.
    grade: (match) => (match[0] === "[inst]" ? 0.2 : 0.85),
  },
  {
    concept: "forged",
    weight: 0.55,
    keywords: any(
      "<system|</system|<assistant|</assistant|</user|</human|<admin|<instructions|</instructions|<important|</tool|<tool_result|<function_results|<information|</document|</context|</data|</prompt|</input|<new_instruction|<override|<developer|</untrusted|</user_input|<sys>|</query",
    ),
    pattern:
      /<\/?(?:system(?:[-_](?:message|prompt|reminder|instructions?|note|override|alert|update|command))?|assistant|admin(?:istrator)?(?:[-_]\w{1,16})?|important|information|instructions?|new[-_]instructions?|override|developer|sys|human|user|user[-_]input|untrusted\w{0,16}|tool[-_](?:result|output|response|call)s?|function[-_](?:results?|calls?)|document|context|data|prompt|input|query)\s{0,3}>(?!["'`]{0,2} (?:messages?|tags?|blocks?|sections?|elements?|markers?)\b)/i,
    grade: (match) =>
      /system|admin|override|new[-_]instr|tool[-_](?:result|output|resp)|function[-_]res/i.test(match[0])
        ? 0.55
        : /important|information/i.test(match[0])
          ? 0.4
          : 0.2,
  },
  {
    concept: "forged",
    weight: 0.6,
    keywords: any(
      "system:|system message|system prompt:|[system|(#system|### system|###system|### instruction|###instruction|## system|system note|system override|system alert|system update|system command|admin:|human:|assistant:|developer:|#### instr|system instruction|[admin|[developer|{system|system notice|### response|### user|### human|### assistant|### new",
    ),
    pattern:
      /(?<=^|[\n\r>"'`*_\]})] ?|[.!?] {1,2}|[-=#]{3,} ?)(?:(?:[[({]#?|#{2,4} ?|\*\*|-{2,} ?)(?:system|admin(?:istrator)?|developer|new instructions?)(?: ?(?:message|prompt|note|override|alert|update|command|instructions?|notice|error|input|directive|log|mode))?[\])}:*]|#{3,4} ?(?:instructions?|system|new instructions?|response|user|human|assistant|input) ?:|(?:system|admin)(?:(?: (?:message|prompt|note|override|alert|update|command|instructions?|notice|directive)) ?:|:)|(?:human|assistant|developer):)/i,
    grade: (match) =>
      /override|command|directive|new instr|^[[({]#?system/i.test(match[0])
        ? 0.6
        : /^(?:human|assistant|developer)/i.test(match[0])
          ? 0.2
          : /system|admin/i.test(match[0])
            ? 0.45
            : 0.3,
  },
  {
    concept: "forged",
    weight: 0.6,
    keywords: any(
      "end of|end user|begin system|begin admin|start of system|end system|[end|<end|end prompt|user input end|end text|end document",
    ),
    pattern: new RegExp(
      `(?:[-=*#~_<[({]{2,20}|\\n|[[<(])[ \\t]{0,4}(?:(?:the )?(?:end|begin|start)(?:ning)?[ _-](?:of[ _-])?(?:the[ _-])?(?:system|user|admin|original|previous|untrusted|initial|new|real|hidden|secret)?[ _-]?(?:user[ _-])?(?:prompt|inputs?|instructions?|message|context|document|text|data|query|conversation|system|override|file|examples?))${words(2)}[ \\t]{0,4}(?:[-=*#~_>\\])}]{1,20}|[:.\\n])`,
      "i",
    ),
    back: [1, 26],
    grade: (match) => (/system|instruction|override|untrusted|user|prompt/i.test(match[0]) ? 0.55 : 0.3),
  },
  {
    concept: "forged",
    weight: 0.6,
    keywords: ['"role"', "'role'"],
    pattern: /["']role["']\s{0,3}:\s{0,3}["'](?:system|developer|tool)["']/i,
    grade: () => 0.5,
  },
  {
    // A turn of the system's written into somebody's text, with an order or a right in it.
    concept: "forged",
    weight: 0.74,
    keywords: any("system:|system](|system]|system\n|<system>|function_results>|tool_result>|system override|assistant will comply"),
    pattern:
      /(?<=^|[\n>.!?] {0,3})(?:#{1,4} ?|\[|<|\*\*)?(?:system|function_results|tool_result)(?:\*\*)?(?:[\]>:](?:\([^)\n]{0,30}\))?|\n)[:\s]{0,4}(?:[^\s]{1,24} ){1,24}?(?:you (?:are|now|must|will|may|have|obey)|the user (?:is|has|was)|user is (?:an? )?(?:admin|developer|owner|root)|verified as|rules? (?:are|is)|(?:policy|filter|safety|moderation|restrictions?) (?:is|are|has|disabled|off)|reveal|print|unlock|disregard|ignore|override|new (?:directive|instruction|order)|comply|grant|is now|all tools|is on|show hidden)\b/i,
    back: [0, 6],
  },
]
