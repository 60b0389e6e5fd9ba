// What a skill's prose and scripts hold when the skill is not what it claims. Dangerous commands and injected orders have their own rules;
// these are the ones that only a bundle shows.
import type { Severity } from "../../services/contracts/severity.ts"

export interface SkillRule {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly confidence: number
  readonly keywords: string
  readonly pattern: RegExp
  readonly back?: readonly [number, number]
  /** "prose": not inside source code; "code": only there. */
  readonly where?: "prose" | "code"
  readonly references: readonly string[]
}

const SEND =
  "(?:requests\\.(?:post|put|get)|httpx\\.(?:post|put|get)|urllib\\.request|urlopen|http\\.client|aiohttp|fetch|axios(?:\\.\\w{3,7})?|XMLHttpRequest|https?\\.request|net\\.connect|socket\\.|Invoke-WebRequest|Invoke-RestMethod|curl|wget|smtplib|sendmail|paramiko|ftplib|WebSocket|got|needle|superagent|undici|navigator\\.sendBeacon)"

export const skillRules: readonly SkillRule[] = [
  {
    id: "install-lure",
    title: "A skill that makes people run an unknown program first",
    severity: "high",
    confidence: 0.85,
    keywords: "password|paste|terminal|prerequisite|required|before using|extract|glot.io|pastebin|rentry",
    pattern:
      /(?:(?:\bzip|archive|extract|\brar\b|\b7z\b)[^\n]{0,120}(?:password|pass)\s?(?:is)?\s?[:=]?\s{0,3}[`"'*]{0,3}\w{3,24}|password[^\n]{0,60}(?:zip|archive|extract)|(?:glot\.io|pastebin\.com|rentry\.co|paste\.ee|hastebin|ghostbin|controlc\.com|dpaste)\/\S{2,80}|(?:copy|paste|run)[^\n]{0,80}(?:into|in) (?:your |the )?terminal[^\n]{0,200}(?:https?:|curl|base64)|(?:prerequisites?|required|requirement|before using)[^\n]{0,200}(?:download|install|run|get|open|fetch)[^\n]{0,160}(?:\.exe|\.dmg|\.pkg|\.msi|\.scr|\.zip)\b)/i,
    back: [0, 130],
    references: ["ASI04", "T1204", "T1195"],
  },
  {
    id: "remote-instructions",
    title: "A skill whose instructions come from elsewhere at run time",
    severity: "high",
    confidence: 0.72,
    keywords: "http://|https://",
    pattern:
      /(?:fetch|download|read|load|get|retrieve|curl|pull|visit|open)[^\n]{0,60}(?:instructions?|commands?|steps?|prompt|rules|configuration|script|payload|updates?|tasks?)[^\n]{0,60}(?:from|at|:)\s{0,3}[<("'`]{0,2}https?:\/\/[^\s)>"'`]{4,200}[^\n]{0,120}(?:and |then |, )?(?:follow|execute|run|obey|apply|do what|perform|source)?|https?:\/\/[^\s)>"'`]{4,200}[^\n]{0,80}(?:follow|execute|obey|run)[^\n]{0,40}(?:the |its |these |any |all )?(?:instructions?|commands?|steps?|script|output|contents?)/i,
    back: [0, 160],
    where: "prose",
    references: ["ASI04", "LLM01:2025"],
  },
  {
    id: "reads-and-sends",
    title: "A script that reads secrets and talks to the network",
    severity: "high",
    confidence: 0.82,
    keywords:
      ".ssh|.aws|id_rsa|.env|os.environ|process.en|keychain|login data|cookies|wallet|.netrc|.npmrc|metamask|.bash_history|.git-credentials|.clawdbot|.kube/config|local state",
    pattern: new RegExp(
      `(?:\\.ssh[\\\\/"']|\\.aws[\\\\/"']|id_rsa|id_ed25519|["'/]\\.env["'\\s]|dict\\(os\\.environ\\)|os\\.environ\\.(?:items|copy)\\(|os\\.environ(?=[,)\\s]{1,3}(?:$|\\n|\\)|,))|JSON\\.stringify\\(process\\.env\\)|\\.\\.\\.process\\.env|Object\\.(?:entries|keys|assign)\\([^)\\n]{0,20}process\\.env|keychain|Login Data|cookies\\.sqlite|Local State|wallet\\.dat|\\.netrc|\\.npmrc|metamask|\\.bash_history|\\.git-credentials|\\.clawdbot|\\.kube\\/config)[\\s\\S]{0,3000}?${SEND}\\s{0,3}[(.]?`,
      "i",
    ),
    where: "code",
    references: ["T1552", "T1041", "ASI02"],
  },
  {
    id: "sends-context",
    title: "A skill that sends the conversation or the user's files away",
    severity: "high",
    confidence: 0.75,
    keywords:
      "conversation|chat history|user's files|all files|file contents|system prompt|session|transcript|api key|credential|environment variable|env var|secret|token|user data|messages",
    pattern:
      /(?:send|post|upload|forward|transmit|submit|log|report|sync|back ?up|copy|share|include|pass|append)[^\n.]{0,80}(?:conversation|chat history|user'?s? (?:files|messages|data|input|prompt|query|queries|code)|all files|file contents?|source code|system prompt|session (?:data|history|token)|transcripts?|api[ _-]?keys?|credentials?|environment variables?|env vars|secrets?|access tokens?)[^\n]{0,120}(?:https?:\/\/(?!(?:localhost|127\.|example\.))[\w.-]{3,100}|webhook|(?:external|remote|our|analytics|telemetry|third[- ]party) (?:server|endpoint|api|service|url)|[\w.+-]{1,64}@[\w-]{1,63}\.)/i,
    back: [0, 100],
    references: ["LLM02:2025", "ASI02"],
  },
  {
    id: "agent-memory",
    title: "A skill that writes itself into the agent's memory, hooks or permissions",
    severity: "high",
    confidence: 0.72,
    keywords:
      "soul.md|memory.md|agents.md|claude.md|pretooluse|posttooluse|sessionstart|userpromptsubmit|settings.json|.cursorrules|heartbeat.md|allowedtools|permissions|.mcp.json|gemini.md",
    pattern:
      /(?:(?:write|append|add|insert|update|modify|edit|inject|prepend|create|overwrite|save|put|store|echo|copy)[^\n]{0,120}(?:SOUL\.md|MEMORY\.md|AGENTS\.md|CLAUDE\.md|GEMINI\.md|HEARTBEAT\.md|\.cursorrules|\.claude\/settings(?:\.local)?\.json|~\/\.claude|\.mcp\.json|openclaw\.json)|["'](?:PreToolUse|PostToolUse|SessionStart|UserPromptSubmit|Stop)["']\s{0,3}:\s{0,3}\[|(?:add|set|grant|enable|allow)[^\n]{0,80}(?:["'`]?(?:allow|allowedTools|permissions)["'`]?)[^\n]{0,60}(?:Bash\(\*|"\*"|all tools|Bash\b))/i,
    back: [0, 130],
    references: ["ASI06", "ASI10", "T1546"],
  },
  {
    id: "guard-off",
    title: "A skill that asks for checks and confirmations to be skipped",
    severity: "high",
    confidence: 0.7,
    keywords:
      "without asking|without confirm|without user|without permission|do not ask|don't ask|skip|bypass|never ask|no confirmation|auto-approve|autoapprove|disable|yes to all|yes to any|yes to every|ignore any|ignore all|not need to confirm|sandbox",
    pattern:
      /(?:(?:execute|run|perform|install|delete|send|proceed|do (?:this|it|so)|continue|approve|apply|commit|push|transfer|buy|trade)[^\n.]{0,80}without (?:asking|confirm(?:ing|ation)|user|any (?:user )?(?:confirmation|prompt|approval)|permission|approval|prompting|notifying|telling)|(?:skip|bypass|disable|ignore|turn off|suppress)[^\n.]{0,40}(?:security|safety|permission|confirmation|approval|sandbox|verification|user consent|guardrail|ssl|certificate|signature|virus|antivirus|warning)[^\n.]{0,24}(?:checks?|prompts?|warnings?|dialogs?|restrictions?|protections?|controls?|verification|policies|rules)?|(?:do not|don'?t|never) (?:ask|prompt|wait)[^\n.]{0,30}(?:permission|confirmation|approval)|(?:answer|say|press|choose) yes to (?:all|any|every)[^\n.]{0,40})/i,
    back: [0, 100],
    where: "prose",
    references: ["ASI02", "ASI09"],
  },
  {
    id: "seed-phrase",
    title: "A skill that asks for wallet secrets",
    severity: "high",
    confidence: 0.75,
    keywords: "seed phrase|private key|mnemonic|recovery phrase|12 words|24 words|twelve words|wallet",
    pattern:
      /(?:(?:enter|provide|paste|input|ask|request|collect|import|need|require|send|share)[^\n.]{0,60}(?:seed phrase|wallet(?:'s)? private key|mnemonic|recovery phrase|private key of your wallet|(?:their|your|the user's) (?:wallet )?private key)|(?:12|24|twelve|twenty-four) (?:seed )?words (?:of|from|to) (?:the|your|their) wallet|(?:seed phrase|mnemonic|recovery phrase)[^\n.]{0,60}(?:send|post|upload|verify|validate|submit))/i,
    back: [0, 70],
    references: ["T1552", "ASI02"],
  },
  {
    id: "obfuscated-code",
    title: "Code written so that nobody can read it",
    severity: "high",
    confidence: 0.8,
    keywords:
      "_0x|\\x|eval(function(p,a,c,k|pyarmor|string.fromcharcode|chr(|exec(|getattr(__builtins__|__import__('base64')|lambda __|jsfuck|[]+!",
    pattern:
      /(?:eval\(function\(p,a,c,k,e,[dr]\)|(?:_0x[a-f0-9]{4,8}[\s\S]{1,60}?){8}|(?:\\x[0-9a-f]{2}){40}|pyarmor_runtime|__pyarmor__|String\.fromCharCode\((?:\s?\d{1,3}\s?,){20}|(?:chr\(\d{1,3}\)\s?\+\s?){12}|exec\((?:compile\()?(?:base64|zlib|codecs|bytes|''\.join|"".join|lambda|marshal|__import__)[^\n]{10,300}|getattr\(__builtins__\s?,[^\n]{4,80}|__import__\(['"]base64['"]\)|(?:\[\]\+!?\[?\]?){12})/i,
    references: ["T1027", "ASI04"],
  },
  {
    id: "runs-shell-input",
    title: "A script that runs what it downloads",
    severity: "high",
    confidence: 0.8,
    keywords: "exec(|eval(|.get(|os.system|subprocess|child_process|execsync|new function|spawn(",
    pattern:
      /(?:(?:exec|eval)\(\s{0,3}(?:requests|urllib|urlopen|httpx|response|resp|res|r|data|code|payload|content|script)\b[^\n]{0,80}(?:\.text|\.content|\.read\(|\.decode|\.data|\))|(?:os\.system|subprocess\.\w{3,12}|execSync|child_process\.exec)\([^\n]{0,160}(?:curl|wget|bash -c|powershell|Invoke-)[^\n]{0,160}https?:|\.get\([^\n]{0,200}\beval\(|new Function\([^\n]{0,80}(?:fetch|response|data|atob|awai)|(?:os\.system|subprocess\.\w{3,12})\([^\n]{0,80}(?:\.text|\.content|response|payload|b64decode)[^\n]{0,80})/i,
    where: "code",
    references: ["T1105", "T1059"],
  },
]
