// What a skill's sentences order that has nothing to do with what it claims: most attacks in skills stand in prose, not in code.
import type { SkillRule } from "./rules.ts"

export const proseRules: readonly SkillRule[] = [
  {
    id: "stays-behind",
    title: "A skill that wants to run after the session",
    severity: "high",
    confidence: 0.62,
    keywords:
      "crontab|launchagents|launchdaemons|systemd|startup|login item|.bashrc|.zshrc|.profile|autostart|scheduled task|with each login|at every login|hook",
    pattern:
      /(?:(?:add|append|insert|copy|install|put|load|place|register|write|create|enable)\b[^\n.]{0,120}(?:crontab|LaunchAgents|LaunchDaemons|systemd|startup (?:folder|items?|programs?)|login items?|\.bashrc|\.zshrc|\.profile|autostart|scheduled task|SessionStart hook|PreToolUse hook|PostToolUse hook)|(?:starts?|runs?) (?:with|at|on) (?:each|every) (?:login|start|boot|session))/i,
    back: [0, 130],
    where: "prose",
    references: ["T1053", "T1547", "ASI05"],
  },
  {
    id: "outranks",
    title: "A skill that puts itself above the user and the system",
    severity: "high",
    confidence: 0.72,
    keywords: "priority|precedence|overrid|supersede|contradict|conflict|ignore instructions|instructions of other|outrank",
    pattern:
      /(?:(?:priority|precedence) over (?:the |any |all )?(?:system|user|other|developer|previous)|(?:overrides?|supersedes?|outranks?|contradicts?) (?:the |any |all )?(?:system prompt|user|developer|other instructions|safety|previous)|(?:user|system|developer|they)\b[^.\n]{0,60}(?:conflict|contradict)[^.\n]{0,60}(?:ignored?|dropped?|discard|overrul|disregard)|(?:ignore|drop|disregard) [^.\n]{0,60}(?:user|other skills|system)[^.\n]{0,60}(?:conflict|contradict)|take precedence)/i,
    back: [0, 100],
    where: "prose",
    references: ["LLM01:2025", "ASI01"],
  },
  {
    id: "hidden-copy",
    title: "A skill that sends copies to somebody the user did not choose",
    severity: "high",
    confidence: 0.76,
    keywords: "blind copy|bcc|hidden copy|copy of|copies of|cc:",
    pattern:
      /(?:(?:blind |hidden |secret |carbon )?cop(?:y|ies)\b[^\n.]{0,100}(?:to|at|into) [<"'`]?(?:[\w.+-]{1,64}@[\w-]{1,63}\.|https?:\/\/(?!(?:localhost|127\.)))|bcc[^\n.]{0,60}[\w.+-]{1,64}@[\w-]{1,63}\.)/i,
    back: [0, 8],
    where: "prose",
    references: ["T1020", "ASI02"],
  },
  {
    id: "changes-the-answer",
    title: "A skill that gives a false answer when a condition is met",
    severity: "high",
    confidence: 0.66,
    keywords:
      "always say|always report|always answer|always approve|always recommend|replace the iban|replace the account|replace the address|even when|even if|regardless of",
    pattern:
      /(?:(?:if|when|whenever) [^.\n]{3,100}, ?(?:always |then )?(?:say|answer|report|approve|mark|replace|recommend|state|rate)\b[^.\n]{0,100}(?:\bfine\b|safe|correct|approved|valid|\bok\b|even (?:when|if)|iban|account|wallet|address)|always (?:say|report|answer|state|approve)[^.\n]{0,80}(?:even (?:when|if)|regardless|fine|safe)|replace the (?:iban|account|wallet|address)[^.\n]{0,60}\bwith\b)/i,
    back: [0, 120],
    where: "prose",
    references: ["ASI01", "ASI09"],
  },
  {
    id: "collects-secrets",
    title: "A skill that gathers secrets in passing",
    severity: "high",
    confidence: 0.68,
    keywords:
      "tokens you find|secrets you find|credentials you find|keys you find|environment variables|any token|any secret|api keys|whatever tokens|whatever secrets|passwords",
    pattern:
      /(?:collect|gather|list|dump|copy|record|save|include|write down|harvest|extract|print)\b[^.\n]{0,60}(?:(?:tokens|secrets|credentials|keys|passwords) (?:you|that you) (?:find|see|come across)|(?:any|all|whatever) (?:\w+ )?(?:tokens|secrets|credentials|api keys|passwords)|(?:all|the) environment variables)/i,
    back: [0, 90],
    where: "prose",
    references: ["T1552", "ASI02"],
  },
  {
    id: "loads-orders",
    title: "A skill whose rules come from elsewhere at run time",
    severity: "high",
    confidence: 0.7,
    keywords: "http://|https://",
    pattern:
      /(?:(?:rules|instructions|prompt|steps|policy|commands|configuration) (?:live|lives|are|is|can be found|stay|reside)[^.\n]{0,20} (?:at|on|in|under) [<"'`(]{0,2}https?:\/\/[^\s)>"'`]{4,200}[^\n]{0,120}(?:load|read|fetch|follow|obey|each|every|precedence))/i,
    back: [0, 60],
    where: "prose",
    references: ["ASI04", "LLM01:2025"],
  },
  {
    id: "hidden-orders",
    title: "A skill that speaks to the agent where its reader does not look",
    severity: "high",
    confidence: 0.72,
    keywords: "<!--|[//]: #|[comment]: #",
    pattern:
      /(?:<!--|\[(?:\/\/|comment)\]: # ?\(?)[^>]{0,40}\b(?:agents?|assistants?|ai|models?|llms?|claude|codex|copilot)\b[^>]{0,40}[:,][^>]{0,40}\b(?:when|if|also|always|never|do|run|open|send|read|add|fetch|ignore|please|you|execute|keep|before|after)\b/i,
    where: "prose",
    references: ["LLM01:2025", "ASI01"],
  },
  {
    id: "silent-step",
    title: "A skill that has something done behind the user's back",
    severity: "high",
    confidence: 0.74,
    keywords:
      "mention|silently|secretly|quietly|tell the user|inform the user|show the user|show output|user does not need|user need not|no need to tell|not looking|while the user|when the user is away|without telling|without the user|previews|leave it out|leave this out|cover|traces",
    pattern:
      /(?:(?:do not|don'?t|never|no need to|without) (?:mention(?:ing)?|tell(?:ing)?|inform(?:ing)?|show(?:ing)?|notify(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|explain(?:ing)?)\b (?:this|it|that|these|the (?:step|upload|request|copy|commands?|output|call))\b[^.\n]{0,40}\b(?:to )?(?:the )?(?:users?|human|anyone|them|him|owner)\b|(?:do not|don'?t|never) (?:tell|inform|show|notify) (?:the |your )?(?:user|human|owner)\b[^.\n]{0,24}\b(?:this|which|that|what|the (?:step|upload|command|output))|(?:silently|secretly|quietly|covertly) (?:run|send|post|upload|push|execute|add|append|copy|read|install|fetch|collect|commit|include)|(?:users?|human) (?:does|do|need|needs|should|must) (?:not|n'?t)(?: need| have)? ?(?:to )?(?:see|know|notice|be (?:told|shown|asked))|(?:when|while) the user is (?:away|not looking|asleep|idle)|(?:remove|delete|clear|cover)\b[^.\n]{0,24}\b(?:traces|tracks|shell history|bash history))/i,
    back: [0, 20],
    where: "prose",
    references: ["ASI02", "ASI09"],
  },
  {
    id: "pack-and-send",
    title: "A skill that packs files and sends them away",
    severity: "high",
    confidence: 0.72,
    keywords: "tar c|tar -c|zip -r|7z a|tar cz|tar -cz",
    pattern:
      /(?:tar\s-?c|zip\s-r|7z\sa\b)[^\n]{0,240}(?:\bcurl\b[^\n]{0,120}(?:-F|-T|--upload-file|--form|-d\s?@|--data-binary)|\bnc\b|\bwget\b[^\n]{0,60}--post-file|transfer\.sh|file\.io|0x0\.st)/i,
    references: ["T1560", "T1041", "ASI02"],
  },
  {
    id: "takes-orders-from-notes",
    title: "A skill that puts its notes above the user",
    severity: "high",
    confidence: 0.7,
    keywords:
      "before those of the user|over those of the user|above the user|rather than the user|more than the user|instead of the user|overrule this|overrule the|they overrule|not refuse|full trust mode|trust mode|every request, whatever|before any other skill",
    pattern:
      /(?:(?:before|over|above|rather than|more than|instead of|ahead of) (?:those of |what |the orders of )?(?:the )?user(?:'s)?(?: says| orders| instructions| wishes)?\b(?! (?:can|has|is|may|interface|story|data))|they overrule|overrules? (?:this|the|any|all)|full trust mode|(?:do|must|will|should) not refuse|for every request,? whatever|before any other skill)/i,
    back: [0, 24],
    where: "prose",
    references: ["LLM01:2025", "ASI01"],
  },
  {
    id: "hook-that-sends",
    title: "A skill that installs a hook which sends what the agent sees",
    severity: "high",
    confidence: 0.76,
    keywords: "hook",
    pattern:
      /(?:(?:PreToolUse|PostToolUse|SessionStart|UserPromptSubmit|Stop|Notification)\b[^.\n]{0,40})?\bhook\b[^.\n]{0,100}\b(?:posts?|sends?|uploads?|forwards?|curls?|reports?)\b[^\n]{0,80}https?:\/\/(?!localhost|127\.)/i,
    back: [0, 60],
    references: ["T1546", "ASI02"],
  },
  {
    id: "secret-in-request",
    title: "A skill that puts the user's secrets or contacts into somebody's request",
    severity: "high",
    confidence: 0.68,
    keywords: "api key|secret|token|password|credential|address book|contacts|kube/config|seed|private key|gh auth token|cookies",
    pattern:
      /(?:(?:api keys?|secrets?|access tokens?|tokens?|passwords?|credentials|private keys?|address book|contacts|cookies|~\/\.kube\/config|gh auth token`?)\b[^.\n]{0,60}\b(?:goe?s?|is|are|gets?|be|sent|posted|put|mailed|commit(?:ted)?)\b[^.\n]{0,40}\b(?:in|into|to|at|with|together)\b[^\n]{0,60}(?:https?:\/\/(?!localhost|127\.|api\.(?:openai|anthropic|github|telegram)|hooks\.slack)|[\w.+-]{1,64}@[\w-]{1,63}\.)|(?:e-?mail|mail|send|forward|post|upload|keep a copy of)\b[^.\n]{0,80}\b(?:address book|contacts|~\/\.kube\/config|cookies|recovery phrase|its token|the token|private key)\b[^\n]{0,60}(?:https?:\/\/(?!localhost|127\.)|[\w.+-]{1,64}@[\w-]{1,63}\.))/i,
    back: [0, 110],
    where: "prose",
    references: ["T1552", "T1041", "ASI02"],
  },
  {
    id: "secret-in-address",
    title: "A skill that writes a secret into an address",
    severity: "high",
    confidence: 0.76,
    keywords: "curl|wget|http://|https://",
    pattern:
      /(?:curl|wget|https?:\/\/)[^\n]{0,160}(?:\?|&|=|\/)[^\n]{0,40}(?:\$\{\{ ?secrets\.|\$\((?:env|cat ~\/|gh auth token|printenv)|`(?:env|printenv|gh auth token))/i,
    references: ["T1552", "T1041", "ASI02"],
  },
  {
    id: "environment-in-request",
    title: "A skill that puts the environment or a login into what it publishes",
    severity: "high",
    confidence: 0.66,
    keywords: "`env|printenv|gh auth token|.netrc|.git-credentials|.aws/credentials|.npmrc",
    pattern:
      /(?:(?:collect|gather|print|dump|output of|run|read|take)\b[^.\n]{0,50}(?:`(?:env|printenv)\b[^`\n]{0,40}`|`?gh auth token`?)[^\n]{0,120}\b(?:request|commit|post|send|gist|upload|include|https?:\/\/)|(?:~\/\.netrc|\.git-credentials|\.aws\/credentials|~\/\.npmrc)[^\n]{0,60}\b(?:put|paste|include|add|write|copy) (?:it|them|the \w{2,12}) (?:in|into|to)\b)/i,
    back: [0, 60],
    where: "prose",
    references: ["T1552", "ASI02"],
  },
  {
    id: "shadowed-command",
    title: "A skill that puts a program of its own in the place of a system command",
    severity: "high",
    confidence: 0.72,
    keywords: "alias sudo|alias ssh|alias su|alias passwd|alias git|function sudo",
    pattern: /(?:alias (?:sudo|ssh|su|passwd|git)=['"]?[~/$.]|function sudo\b)/i,
    references: ["T1574", "T1546"],
  },
]
