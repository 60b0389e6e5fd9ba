// What the lexicons cannot list one by one: every way to say "without rules" and "never refuses" is a word of lacking before a word for rules, and the
// frame of a conversation ("what they told you", "the text before this message") has few words in each language. Products, made once.
import type { Lexicon } from "./lexicon.ts"

interface Parts {
  /** "without", "no", "neither": before a norm. */
  readonly lack?: string
  readonly norms?: string
  readonly never?: string
  readonly refuse?: string
  /** "what you were told": an object to drop, and old by itself. */
  readonly given?: string
  /** "before this message": a thing to be told. */
  readonly before?: string
  readonly conceal?: string
  /** "even if it is illegal" */
  readonly lawless?: string
}

const latinParts: Readonly<Record<string, Parts>> = {
  es: {
    lawless: "aunque sea ilegal, por muy ilegal, aunque sean ilegales",
    lack: "sin, sin ningún, sin ninguna, sin ningún tipo de, ningún, ninguna, ni, no tienes, no tiene, libre de",
    norms: "límite, limitacion, restriccion, filtro, censura, ética, moral, regla, norma, ley, leyes, escrúpulo, prohibicion",
    never: "nunca, jamás, no puedes, sin, no",
    refuse: "se niega, te niegas, te niegues, negarte, rechaza, rechazas, rechaces, rehúsa, rehúsas, dices que no, te negarás",
    given:
      "que te impusieron, que te dieron, que te pusieron, lo que te, lo que te dijeron, lo que te han dicho, lo que te dijo, lo que te ordenaron, lo que te pidieron, todo lo que te han, lo que te enseñaron",
    before:
      "que te configura, tu configuración interna, con el que empieza esta conversación, con que te configuraron, que yo no escribí, antes de este mensaje, antes de mi mensaje, antes de esta conversación, que precede a este, encima de este mensaje, anterior a este mensaje",
    conceal: "sin que el usuario, sin avisar, sin que se entere, sin decírselo, no se lo digas, no le digas nada",
  },
  fr: {
    lawless: "même illégal, même si c'est illégal, aussi illégal",
    lack: "sans, sans aucune, sans aucun, aucune, aucun, ni, n'a pas de, pas de, dépourvue de, dépourvu de, libre de",
    norms: "limite, restriction, filtre, censure, éthique, morale, règle, loi, scrupule, tabou, interdit, contrainte",
    never: "jamais, ne, sans jamais, sans",
    refuse: "refuse, refuses, refuser, refuserez, décline, décliner, ne refuse",
    given:
      "ce qu'on t'a, qu'on t'a imposé, ce que tes développeurs, ce qu'ils t'ont, ce qu'on t'a dit, ce qu'on t'a donné, ce qu'on t'a demandé, ce qu'ils t'ont dit, qu'on t'a données, ce qui t'a été dit, ce que l'on t'a dit, qu'on t'a donné",
    before:
      "fourni avant, avant ma première phrase, avec lequel tu as été, ta configuration interne, avant ce message, avant mon message, précède ce message, précèdent ce message, au-dessus de ce message",
    conceal: "d'en parler, sans en parler, sans lui en parler, sans le lui dire, sans le mentionner, n'en parle pas",
  },
  de: {
    lawless: "auch illegales, egal wie illegal, auch wenn es illegal",
    lack: "ohne, ohne jede, ohne jegliche, ohne irgendwelche, keine, keinerlei, kennt keine, frei von, weder",
    norms: "grenze, einschränkung, beschränkung, filter, zensur, ethik, moral, regel, gesetz, skrupel, tabu, richtlinie, schranken",
    never: "nie, niemals, nicht, ohne",
    refuse: "ablehn, verweiger, weiger, eine antwort verweiger, nein sag, abzulehnen",
    given:
      "was der betreiber, was der entwickler, was dein entwickler, was dir der, was dir gesagt, was man dir gesagt, was dir vorher, was dir vorgegeben, was man dir, alles was dir, dir vorher gesagt, dir bisher gesagt",
    before:
      "konfiguriert wurdest, eingerichtet wurdest, gestartet wurdest, mit dem du konfiguriert, was vor meiner, vor dieser nachricht, vor meiner nachricht, vor meiner ersten, über dieser nachricht, dieser nachricht voraus, dieser nachricht vorangeh",
    conceal:
      "nichts davon, sag dem benutzer nichts, sag dem nutzer nichts, erzähl dem nutzer nicht, ohne es zu erwähnen, erwähne es nicht, erwähne das nicht",
  },
  pt: {
    lawless: "mesmo que seja ilegal, mesmo ilegal",
    lack: "sem, sem nenhum, sem nenhuma, sem qualquer, nenhum, nenhuma, nem, não tem, não segue, não tens, livre de",
    norms: "limite, limitaç, restriç, filtro, censura, ética, moral, regra, lei|, leis, política, escrúpulo, tabu",
    never: "nunca, jamais, não, sem",
    refuse: "recusa, recusas, recusar, se nega, te negas, rejeita, diz não",
    given:
      "que o administrador definiu, o que o administrador, tudo que o administrador, que te impuseram, que o desenvolvedor, o que foi dito, o que te disseram, o que lhe disseram, o que disseram, o que lhe foi dito, o que você aprendeu, o que te mandaram, que recebeste, que você recebeu",
    before:
      "com que você foi configurado, com o qual foste configurado, sua configuração interna, antes desta mensagem, antes da minha mensagem, que precede esta, acima desta mensagem, antes desta conversa",
    conceal: "sem avisar, sem contar, não conte, sem dizer nada",
  },
  it: {
    lawless: "anche se illegale, anche illegale",
    lack: "senza, senza alcun, senza alcuna, senza nessun, nessuna, nessun, né, non ha, non hai, libero da, libera da",
    norms: "limit, restrizion, filtr, censur, etica, moral, regol, legg, scrupol, tabù, vincol",
    never: "non, mai, senza mai",
    refuse: "rifiuta, rifiuti, rifiutare, rifiutarti, ti rifiuti, dice di no",
    given:
      "che ti hanno dato, che ti hanno imposto, che ti ha dato, ciò che ti hanno, quello che ti hanno, quello che ti è stato, ciò che ti è stato, istruzioni ricevute, che hai ricevuto",
    before:
      "la tua configurazione, con cui sei stato configurato, le tue impostazioni, prima di questo messaggio, prima del mio messaggio, precede questo, sopra questo messaggio",
  },
  nl: {
    lack: "zonder, zonder enige, geen, geen enkele, vrij van",
    norms: "grens, grenzen, beperking, filter, censuur, ethiek, moraal, regel, wet, scrupules",
    never: "nooit, niet",
    refuse: "weiger, weigert, nee zegt",
    given: "wat je is verteld, wat je eerder, wat ze je, wat jou is",
    before: "voor dit bericht, vóór dit bericht, boven dit bericht, voor mijn bericht",
  },
  pl: {
    lack: "bez, bez żadnych, żadnych, nie ma, nie masz, wolny od",
    norms: "ograniczeń, granic, filtr, cenzur, etyk, moral, zasad, reguł, praw, skrupuł",
    never: "nigdy, nigdy nie, nie",
    refuse: "odmawia, odmawiasz, odmówi",
    given: "co ci powiedziano, co ci kazano, co ci mówiono, które otrzymałeś",
    before: "przed tą wiadomością, przed moją wiadomością, nad tą wiadomością",
  },
  ru: {
    lawless: "даже незаконн, даже если это незаконно",
    lack: "без, без всяких, без каких-либо, нет, нет ни, ни, никаких, не имеет, не имеешь, свободен от, лишён",
    norms: "огранич, правил, цензур, фильтр, морал, этик, закон, запрет, принцип, рамок, тормоз",
    never: "никогда не, никогда, не",
    refuse: "отказыва, откаж, отклоня",
    given:
      "что задал разработчик, что задали, что задал, что тебе внушили, что тебе говорили, что тебе сказали, что тебе велели, чему тебя учили, что тебе было сказано, что тебе приказали, о чём тебя просили",
    before:
      "начинается твой контекст, с которого начинается, твоя конфигурация, твой контекст, до моего сообщения, перед этим сообщением, перед моим сообщением, до этого сообщения, выше этого сообщения, который был до моего",
  },
  tr: {
    norms: "",
    given: "sana söylenen, sana verilen, sana öğretilen",
    before: "bu mesajdan önce, mesajımdan önce, bu mesajın üstündeki",
  },
  vi: { given: "những gì bạn được, những gì đã được nói", before: "trước tin nhắn này" },
  id: { given: "apa yang dikatakan, yang diberikan kepadamu", before: "sebelum pesan ini" },
}

const scriptParts: Readonly<Record<string, Parts>> = {
  zh: {
    lawless: "无论多么违法, 即使违法, 哪怕违法, 不管是否合法",
    lack: "没有任何, 没有, 不受, 不受任何, 毫无, 无, 不需要遵守, 不用遵守, 不讲, 不顾",
    norms: "道德, 伦理, 限制, 约束, 审查, 过滤, 底线, 规则, 原则, 法律, 禁忌",
    never: "从不, 绝不, 永远不, 永不, 不会, 不能, 不许, 不得, 从来不",
    refuse: "拒绝, 说不, 推辞",
    given: "之前的所有设定, 之前告诉你的, 别人告诉你的, 给你的规定, 给你的设定, 你被告知的, 开发者给你的",
    before:
      "我说话之前, 看到的全部文字, 对话开始之前, 你的配置, 你的上下文, 这条消息之前, 我的消息之前, 此消息之前, 本消息之前, 这句话之前, 这条信息之前",
  },
  ja: {
    lawless: "違法でも, 違法な内容でも",
    lack: "",
    norms: "",
    never: "決して, 絶対に, 一切, 必ず",
    refuse: "拒否しない, 拒否しません, 断らない, 断りません, 拒まない, どんな質問にも答え",
    given: "これまでに言われた, 言われたこと, 与えられた指示, 教えられたこと",
    before:
      "あなたの設定をすべて, 設定をすべて, 会話の前に, このメッセージより前, このメッセージの前, このメッセージ以前, 私のメッセージより前, 最初のメッセージより前",
  },
  ko: {
    lawless: "불법이라도, 불법적인",
    given: "지금까지의 역할, 지금까지의 지시, 지금까지 들은, 네가 들은, 전달받은, 지금까지 배운",
    before: "설정된 내용, 대화 이전, 대화 시작 전, 이 메시지 이전, 이 메시지 앞, 이 메시지 위, 내 메시지 이전, 내 메시지 앞",
  },
}

/** Japanese, Korean and Turkish put the word of lacking behind. */
const lacksBehind: Readonly<Record<string, Pick<Parts, "lack" | "norms">>> = {
  ja: {
    norms: "制限, 制約, 倫理, 道徳, 検閲, フィルター, ルール, 規則, モラル, タブー",
    lack: "のない, がない, なし, を気にせず, も法律も気にせず, を無視, に縛られない, は一切ない, を持たない",
  },
  ko: {
    norms: "제한, 제약, 윤리, 도덕, 검열, 필터, 규칙, 법, 금기",
    lack: "이 없는, 가 없는, 이 없어, 없는, 없이, 을 무시, 를 무시, 에 얽매이지",
  },
  tr: {
    norms: "sınır, kısıtlama, filtre, sansür, ahlak, etik, kural, yasa",
    lack: "sız, suz, sı olmayan, ı olmayan, tanımayan, tanımaz, olmadan",
  },
}

function lexiconOf(
  { lack = "", norms = "", never = "", refuse = "", given, before, conceal, lawless }: Parts,
  behind: Pick<Parts, "lack" | "norms"> = {},
  space = " ",
): Lexicon {
  const free = [
    ...(lawless === undefined ? [] : [lawless]),
    ...product(lack, norms, space),
    ...product(never, refuse, space),
    ...product(behind.norms ?? "", behind.lack ?? "", ""),
  ]
  return {
    ...(free.length === 0 ? {} : { free: free.join(", ") }),
    ...(given === undefined ? {} : { told: given, back: given }),
    ...(before === undefined ? {} : { prompt: before }),
    ...(conceal === undefined ? {} : { secret: conceal }),
  }
}

function product(left: string, right: string, between: string): string[] {
  if (left === "" || right === "") return []
  return left.split(", ").flatMap((one) => right.split(", ").map((other) => `${one}${between}${other}`))
}

export const frameLatin: Readonly<Record<string, Lexicon>> = Object.fromEntries(
  Object.entries(latinParts).map(([language, parts]) => [language, lexiconOf(parts, lacksBehind[language])]),
)
export const frameScripts: Readonly<Record<string, Lexicon>> = Object.fromEntries(
  Object.entries(scriptParts).map(([language, parts]) => [language, lexiconOf(parts, lacksBehind[language], "")]),
)
