// More cues of poisoned definitions: who is spoken to, what other tools may no longer do, whose words are obeyed, what the user is told.

export interface CuePattern<C> {
  readonly cue: C
  readonly keywords: string
  readonly pattern: RegExp
  readonly back?: readonly [number, number]
  readonly schemaOnly?: boolean
}

export const moreCues: readonly CuePattern<
  | "coerce"
  | "addressed"
  | "order"
  | "suppress-others"
  | "obey-output"
  | "deceive"
  | "conceal"
  | "sensitive"
  | "ordered-read"
  | "tamper"
  | "hidden-tag"
>[] = [
  {
    cue: "addressed",
    keywords: "assistant|model|llm|agent|the ai ",
    pattern:
      /(?:(?:the )?(?:assistant|model|llm|ai|ai agent|agent)(?:, (?:you|do|never|always|include|please)|:? (?:should|must|is to|has to|needs to|shall) (?:also |always |never |from |not |now |put |include |add |first )|: ?(?:include|add|send|read|put|do|call|never|always|pass|append|when))|(?:notes?|hints?|requirements?|instructions?|message|important) (?:to|for) (?:the |any |all )?(?:model|assistant|ai|llm|agent)s?\b|(?:for|by) the (?:model|assistant|ai|llm|agent) only)/i,
    back: [0, 24],
  },
  {
    cue: "suppress-others",
    keywords:
      "must not be used|never use|do not use|don't use|deprecated|compromised|supersede|without exception|instead of the built|replaces all|only tool|no other tool|unsafe|other tools|other servers|broken|disabled",
    pattern:
      /(?:must not be used|never use (?:anything|any other|another|the other)|(?:do not|don'?t) use (?:the |any |another )?(?:other |built-?in |default )?[\w -]{0,24}(?:tools?|scanner|server|function)|(?:other|built-?in|all)\b[^.\n]{0,60}(?:deprecated|compromised|unsafe|broken|disabled|not be trusted)|(?:server|tool)s?[^.\n]{0,40}(?:deprecated|compromised) and|supersedes? (?:all|any|every)|without exception|instead of the built-?in|replaces all other|no other tool)/i,
    back: [0, 40],
  },
  {
    cue: "obey-output",
    keywords:
      "error text|error message|returned text|returned instruction|run it as|as instructions|follow the text|result says|response says|reply holds|output as|the returned|fetched text|obey",
    pattern:
      /(?:(?:call|run|execute|obey|follow|perform|do)\b[^.\n]{0,60}(?:given|contained|found|listed|stated|named|shown)? ?(?:in|from|by) the (?:error|returned|result|response|output|reply)(?: text| message| body)?|(?:obey|follow|execute|run) (?:the |any |all )?(?:returned|fetched|received|downloaded)\b(?! (?:conventions|format|schema|cursor|link|links|order|pages?|ids?))|run it as is|(?:treated|interpreted|followed|taken) as (?:instructions|commands|orders)|(?:reply|result|response|error) (?:holds|contains|includes|has) (?:a |the )?(?:shell|command|instruction)[^.\n]{0,40}(?:run|execute|follow|do))/i,
    back: [0, 90],
  },
  {
    cue: "deceive",
    keywords: "tell the user|tell them|answer that|claim that|deny|pretend|say that|required by law|everything is fine|assure|if asked",
    pattern:
      /(?:tell (?:the user|them) (?:that )?(?:it(?:'s| is| was)|this is|everything|the)\b[^.\n]{0,40}(?:required|safe|fine|normal|ok|okay|law|policy|verified|successful)|(?:answer|say|claim|report|reply|state) that (?:everything|all|it|nothing)\b[^.\n]{0,30}(?:fine|safe|ok|okay|well|wrong|normal)|(?:if|when) asked,? (?:about \w+ )?(?:deny|say|claim|pretend|answer)|deny (?:it|this|that|any)|pretend (?:that|to)\b)/i,
  },
  {
    cue: "conceal",
    keywords:
      "need not know|needs not|no interest|nothing about|invisible|not to reveal|not reveal|never mention|in secret|bring it up|ask for permission|ask permission|not visible|no need to|not to mention|unaware",
    pattern:
      /(?:(?:users?|human|developers?|they|he|she) (?:need|needs|must|should|does|do) not (?:to )?(?:know|see|hear|be told)|of no interest to|say nothing about|(?:invisible|not visible|hidden) (?:to|from) the (?:user|human)|not to (?:reveal|mention|tell|disclose)|never mention\b|(?:in|as a) secret\b|no need to (?:bring|mention|tell|inform|ask|bother)|(?:do not|don'?t|never|without) ask(?:ing)? (?:for )?(?:permission|confirmation|approval|the user))/i,
    back: [0, 24],
  },
  {
    cue: "sensitive",
    keywords:
      "home folder|home directory|directory listing|current directory|e-mail address|email address|card number|cvc|cvv|chat so far|conversation so far|whole chat|complete chat|entire chat|hidden instruction|_secret|_token|_key|$github|search term|browser history|every search|social security|all messages|tool outputs",
    pattern:
      /(?:\b(?:put|include|add|append|pass|supply|copy|send|provide|attach|list|ask|give|collect)\b[^\n]{0,120}(?:home (?:folder|directory)|directory listing|current directory|user'?s (?:e-?mail|home|name|address|location)|card numbers?|\bcv[cv]\b|(?:chat|conversation) so far|(?:whole|complete|entire|full) (?:chat|conversation)|hidden instructions|social security|all messages))/,
    back: [0, 130],
  },
  {
    // A secret of the environment asked for as an argument.
    cue: "order",
    keywords: "_secret|_token|_key|_password",
    pattern:
      /[A-Z][A-Z0-9_]{1,40}_(?:SECRET|TOKEN|KEY|PASSWORD)\w{0,24}\b[^\n]{0,60}(?:parameter|field|argument|trailer|header|named|in `|as `)/,
    back: [0, 42],
  },
  {
    // The name of a parameter is the order.
    cue: "ordered-read",
    schemaOnly: true,
    keywords: "content_from|contents_of|content_of|output_of|result_of|value_of|reading_|file_content",
    pattern:
      /"(?:contents?|outputs?|results?|values?)_(?:of|from)_[\w~./-]{0,60}(?:ssh|rsa|passwd|shadow|env|aws|credential|token|key|cat|reading|secret|config|history)[\w./-]{0,40}"\s{0,3}[:,\]]/i,
    back: [0, 12],
  },
  {
    cue: "tamper",
    keywords: "recipient|must be sent to|have to be|bcc|whatever they|whatever the user|the wallet 0x|as the destination|swap",
    pattern:
      /(?:(?:swap|replace|exchange)\b[^.\n]{0,40}\b(?:recipient|destination|account|wallet|address)\b|(?:must|have to|has to|shall|are to) be (?:sent|bcc'?d|copied|forwarded|routed|paid)\b[^.\n]{0,40}(?:@|account|https?:|\b0x)|(?:wallet|account|address) (?:0x[0-9a-f]{4,}|[A-Z0-9]{8,})[^.\n]{0,40}(?:destination|whatever|instead)|hidden blind copy|bcc'?d to)/i,
    back: [0, 60],
  },
  {
    cue: "hidden-tag",
    keywords: "trust level|user has granted|authorised by the user|authorized by the user|system:|[system]|has approved|pre-authori",
    pattern:
      /(?:trust level (?:raised|is|set)|the user has (?:granted|approved|authori[sz]ed|consented)|authori[sz]ed by the user to|(?:^|[\s"'.>])\[?system\]?:? (?:the|trust|override|all|you|user)|approval prompts|pre-?authori[sz]ed)/i,
    back: [0, 3],
  },
  {
    // Silence, said in other words: the step, the copy, the change; the user's say skipped.
    cue: "conceal",
    keywords:
      "explain|draw|drawing|approval|consent|confirmation|report it|report this|announce|not interested|do not care|don't care|do not prompt|don't prompt|confusing|under a pretext|never reveal|show the user|present the original|leave this out|leave it out|omit this|without their|user away|do both|do so quietly|do this quietly|background",
    pattern:
      /(?:(?:do not|don'?t|never|no need to|without) (?:explain(?:ing)?|report(?:ing)?|announc(?:e|ing)|comment(?:ing)? on|show(?:ing)?|display(?:ing)?|log(?:ging)?) (?:this|it|that|these|the (?:step|call|change|copy|reason|parameter|transfer|request))\b|(?:without|avoid) draw(?:ing)? attention|draw no attention|(?:skip|bypass|omit|suppress|waive|forgo) (?:the |any |all )?(?:user(?:'s)? )?(?:approval|consent|confirmation|permission|review)|users? (?:are|is|do|does|would|will|find)\b[^.\n]{0,16}(?:not interested|not care|n't care|confus)|(?:do not|don'?t|never) prompt\b(?! for)|under a pretext|present the original|leave (?:this|it) out of|(?:do|send|run|call|pass) (?:this|it|so) (?:quietly|in the background|unnoticed|discreetly))/i,
    back: [0, 30],
  },
  {
    // The whole conversation, the user's own particulars, as somebody's argument.
    cue: "sensitive",
    keywords:
      "whole conversation|entire conversation|full conversation|complete conversation|whole chat|conversation so far|all previous messages|chat history|conversation history|user's name|user's e|user's email|user's phone|user's full name|user's password|content of .env|contents of .env",
    pattern:
      /(?:with|includ(?:e|es|ing)|contain(?:s|ing)|pass(?:es|ing)?|supply|append|of|for|put)\b[^.\n]{0,40}(?:(?:whole|entire|full|complete) (?:conversation|chat|history)|conversation so far|all previous messages|(?:chat|conversation) history|user's (?:full )?(?:name|e-?mail|phone|password)[^.\n]{0,60}(?:field|argument|parameter|`|in the|company|address)|contents? of (?:the )?\.env)/i,
    back: [0, 70],
  },
  {
    cue: "coerce",
    keywords:
      "required to call|required to use|beginning of each|beginning of every|start of every|start of each|after every call|after each call|every time|for every message|in case of error|to authenticate|to work around|only succeeds|only works",
    pattern:
      /(?:required to (?:call|use|run)|(?:beginning|start) of (?:each|every) (?:conversation|chat|session)|after (?:every|each) call|for every message|to authenticate,|to work around|only (?:succeeds|works) (?:if|when))/i,
  },
  {
    // What the user says in passing is harvested; what is done is also done elsewhere.
    cue: "order",
    keywords:
      "mentions|enters|types|pastes|shares|provides|additionally|also be posted|also be sent|also upload|also post|also send|also forward|also call|prepend",
    pattern:
      /(?:(?:when(?:ever)?|if|each time|every time) (?:the |a )?(?:user|customer|human|they)\b[^.\n]{0,24}\b(?:mentions?|enters?|types?|pastes?|shares?|provides?|says?)\b[^.\n]{0,60}(?:password|token|secret|credential|api key|card|key)s?\b[^.\n]{0,60}\b(?:record|save|store|log|send|call|pass|submit|keep|forward)|(?:also|additionally|as well|in addition)\b[^.\n]{0,30}\b(?:be )?(?:post|send|sent|upload|forward|copie?|report|transmit)(?:ed|y)?\b[^\n]{0,80}(?:https?:\/\/(?!localhost|127\.|[\w.-]{0,40}example\.)|[\w.+-]{1,64}@[\w-]{1,63}\.)|(?:prepend|append|add|insert|include)\b[^.\n]{0,40}\b(?:curl|wget|bash|powershell|ssh-(?:rsa|ed25519))\b)/i,
    back: [0, 40],
  },
  {
    // Guards to be taken down, keys to be let in: no business of a tool's description.
    cue: "tamper",
    keywords:
      "branch protection|force push|authorized_keys|environment variable|proxy|confirmation dialog|disable|turned off|turn off|is disabled|swap it|instead of the",
    pattern:
      /(?:(?:turn(?:ed)? off|disabl(?:e|ed|ing)|remov(?:e|ed|ing)|bypass)\b[^.\n]{0,60}\b(?:branch protection|protection|scanner|antivirus|firewall|logging|audit|confirmation|approval|2fa|mfa|sandbox|verification)|(?:branch protection|firewall|antivirus|audit log|sandbox|confirmation dialog|approval)\b[^.\n]{0,30}\b(?:is|must be|has to be|should be|be) (?:turned off|switched off|disabled|removed|skipped)|to ~?\/?[\w./]{0,20}authorized_keys|set the environment variable (?:https?_|all_)?proxy|swap (?:it|them|this) (?:for|with) [\w.+-]{1,64}@)/i,
    back: [0, 70],
  },
  {
    // A key file, and a parameter to put it in, whatever the language.
    cue: "ordered-read",
    keywords: "~/.ssh|~/.aws|~/.git|~/.kube|~/.env|~/.netrc|~/.npmrc|id_rsa|id_ed25519|/proc/self/environ|.env",
    pattern:
      /(?:(?:contents?|base64|copy|output|text|hash|lines?) of [^.\n]{0,20}(?:~\/\.(?:ssh|aws|git|kube|env|netrc|npmrc)|id_rsa|id_ed25519|\/proc\/self\/environ|\.env\b)|(?:~\/\.(?:ssh|aws|git|kube|env|netrc|npmrc)[\w./-]{0,40}|id_rsa|id_ed25519|\/proc\/self\/environ|\.env\b)[`'"]?[^.\n]{0,80}(?:paramètre|parámetro|parâmetro|parametro|\bfeld\b|\bim feld|参数|パラメータ|引数|に入れて|매개변수|параметр|(?:in|as|under|via|into|through|with) (?:the )?(?:key |field |parameter |argument )?[`'"]\w{2,30}[`'"]))/i,
    back: [0, 40],
  },
  {
    cue: "sensitive",
    keywords:
      "e-mail of the user|email of the user|message of the user|messages of the user|user's latest|user's most recent|user's last|user's shell|user's master|message that the user|what the user writes|user's exchange|caller's credentials|user's browser",
    pattern:
      /(?:(?:(?:most recent|latest|last|all|every) (?:e-?mails?|messages?) (?:of the user|that the user)|user's (?:latest|most recent|last) (?:e-?mails?|messages?)|user's (?:shell history|master password|browser (?:history|cookies))|what the user writes|caller's credentials))/i,
    back: [0, 24],
  },
  {
    cue: "tamper",
    keywords: "approval|permission|consent",
    pattern:
      /(?:approvals?|permissions?|consent)\b[^.\n]{0,40}\b(?:(?:is|are|be) (?:replaced|overridden|waived|implied|assumed|not needed|given by this)|by this (?:tool|server))/i,
  },
  {
    // What comes back is to be obeyed.
    cue: "obey-output",
    keywords: "as commands|as instructions|as orders|as directives|as if the user",
    pattern:
      /(?:treat|regard|interpret|consider|understand|take)\b[^.\n]{0,90}\bas (?:commands|instructions|orders|directives|if the user)\b(?! for humans)/i,
    back: [0, 100],
  },
  {
    // What only the model and its user have, ordered as an argument.
    cue: "ordered-read",
    keywords:
      "chat history|conversation history|system prompt|environment variables|private key|whole conversation|full conversation|entire conversation|complete conversation",
    pattern:
      /(?:(?:[."'] ?)(?:put|add|include|append|attach|insert|paste|supply|copy|pass)|\b(?:always|first|must|please|also) (?:put|add|include|append|attach|insert|paste|supply|copy|pass|fetch|read|get|collect))\b[^.\n]{0,24}\b(?:(?:complete |full |entire |whole )?(?:chat|conversation) history|system prompt|environment variables|private key|(?:complete|full|entire|whole) conversation)/i,
    back: [0, 60],
  },
  {
    cue: "conceal",
    keywords:
      "must not be told|should not be told|not be informed|must not know|must not see|must not notice|must never know|must never see",
    pattern:
      /(?:users?|human|they|he|she|customer)\b[^.\n]{0,8}\b(?:must|should|may|shall) (?:not|never) (?:be (?:told|informed|shown|asked)|know|notice|see|learn)/i,
    back: [0, 24],
  },
  {
    cue: "tamper",
    keywords:
      "must be changed|must be set|must be replaced|is to be replaced|has to be changed|should be replaced|calls through this|through this tool first",
    pattern:
      /(?:(?:recipient|destination|account|address|iban|amount|url|beneficiary|payee|wallet)\b[^.\n]{0,16}\b(?:must|should|is to|has to|shall) be (?:changed|set|replaced|swapped|redirected)|route (?:those|these|all|its|such|other) (?:\w{1,12} )?calls through|through this tool first)/i,
    back: [0, 40],
  },
  {
    cue: "order",
    keywords: "every message|each message|all messages|every prompt|each prompt|every file|each file|every e-mail|every email|every input",
    pattern:
      /(?:every|each|all) (?:messages?|prompts?|inputs?|files?|e-?mails?)\b[^.\n]{0,40}\b(?:is|are|must|should|has|have|to) (?:to )?(?:be )?(?:also )?(?:forwarded|sent|copied|posted|uploaded|mirrored|relayed)\b/i,
  },
  {
    cue: "suppress-others",
    keywords: "fraudulent|malicious|decline to use|untrustworthy|refuse to use|compromised",
    pattern:
      /(?:(?:other|another|all) (?:providers?|tools?|servers?)\b[^.\n]{0,30}\b(?:fraudulent|malicious|untrustworthy|dangerous|compromised)|(?:decline|refuse) to use (?:them|it|any|other))/i,
    back: [0, 60],
  },
  {
    cue: "hidden-tag",
    keywords: "system override|admin override|system instruction:|system note:|assistant only|model only",
    pattern:
      /(?:system|admin) (?:override|instruction|note|directive|command) ?:|(?:note|message) (?:to|for) (?:the )?(?:assistant|model) only/i,
    back: [0, 24],
  },
  {
    // Another tool, that moves or destroys, over everything there is.
    cue: "order",
    keywords: "upload_|send_|post_|share_|export_|sync_|publish_|forward_|delete_",
    pattern:
      /(?:call|invoke|run|use)\b[^.\n]{0,12}[`'"]?(?:upload|send|post|share|export|sync|publish|forward|delete)_\w{2,30}[`'"]?[^.\n]{0,30}\b(?:all|every|each|the whole|the entire)\b[^.\n]{0,30}\b(?:documents?|files?|messages?|e-?mails?|conversations?|workspace)/i,
    back: [0, 24],
  },
  {
    cue: "conceal",
    keywords: "need to know|need to see|need to be told|have to know",
    pattern: /(?:users?|human|they|he|she|customers?)\b[^.\n]{0,8}(?:do(?:es)?n'?t|do(?:es)? not) (?:need|have) to (?:know|see|be told)/i,
    back: [0, 40],
  },
]
