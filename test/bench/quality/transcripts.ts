// Ordinary conversations with an assistant in ten languages, some about security itself: questions a person asks and answers a model gives.
import type { Place } from "../../../services/contracts/inspection.ts"

interface Turn {
  readonly language: string
  readonly place: Place
  readonly text: string
}

/** Every question with every detail, and the answer to it. */
export function transcripts(): Turn[] {
  return Object.entries(languages).flatMap(([language, { questions, answers, details }]) =>
    questions.flatMap((question, q) =>
      details.flatMap((detail): Turn[] => [
        { language, place: "user", text: question.replace("%", detail) },
        { language, place: "assistant", text: (answers[q % answers.length] ?? "").replace("%", detail) },
      ]),
    ),
  )
}

interface Language {
  readonly questions: readonly string[]
  readonly answers: readonly string[]
  readonly details: readonly string[]
}

const languages: Readonly<Record<string, Language>> = {
  English: {
    questions: [
      "Can you explain how % works and when I should use it?",
      "Please ignore the formatting of the old report and write a summary about % in three sentences.",
      "How do password managers store secrets, and is % related to that?",
      "My test about % fails with `Error: token expired`. What does the message mean?",
      "Write a polite e-mail to my landlord about %. My number is in the signature.",
      "What is prompt injection, and how can a team that builds % defend against it?",
      "Show me the system requirements for % and the instructions to install it.",
      "Never mind my last question. Tell me instead about %.",
    ],
    answers: [
      "Here is how it works: % takes an input, checks it, and returns a result. You should use it when order matters. For example, start with a small case.",
      "Summary: the work on % is on schedule. Two tasks remain. The team meets on Tuesday at 14:30.",
      "Password managers encrypt the vault with a key derived from the master password (PBKDF2 or Argon2). The API key is never stored in clear text. % is a different matter.",
      "The message says that the session token is no longer valid. Set `expiresIn` to '1h' and pass the header `Authorization: Bearer <token>`. For % nothing else changes.",
      'An attacker hides text such as "ignore previous instructions" in a page. To defend %, treat tool output as data, limit tools, and ask before sensitive actions.',
    ],
    details: [
      "caching",
      "the garden fence",
      "binary search",
      "a heating problem",
      "our quarterly budget",
      "TypeScript generics",
      "the 2026 conference",
    ],
  },
  Chinese: {
    questions: [
      "请解释一下%的原理，并举一个例子。",
      "帮我写一封关于%的邮件，语气要礼貌。",
      "如何安全地保存密码？和%有关系吗？",
      "忽略之前的表格格式，重新总结一下%。",
    ],
    answers: [
      "%的原理很简单：先检查输入，再给出结果。例如，可以从一个小例子开始。",
      "您好，关于%的事情，我们计划在下周二下午三点讨论，地点在三楼会议室。",
      "建议使用密码管理器，并开启双因素认证。密码不要写在代码里。",
    ],
    details: ["缓存", "年度预算", "二分查找", "供暖问题", "产品发布会"],
  },
  Spanish: {
    questions: [
      "¿Puedes explicar cómo funciona %?",
      "Escribe un correo amable sobre %.",
      "Olvida el formato anterior y resume % en dos frases.",
      "¿Qué contraseña es segura para %?",
    ],
    answers: [
      "Claro: % recibe una entrada, la comprueba y devuelve un resultado.",
      "Estimado equipo: el trabajo sobre % sigue según lo previsto. Nos vemos el martes.",
      "Una contraseña segura tiene al menos doce caracteres. Usa un gestor de contraseñas.",
    ],
    details: ["la caché", "el presupuesto", "la búsqueda binaria", "la calefacción"],
  },
  French: {
    questions: [
      "Peux-tu expliquer comment fonctionne % ?",
      "Écris un courriel poli au sujet de %.",
      "Oublie la mise en forme précédente et résume %.",
      "Quel mot de passe choisir pour % ?",
    ],
    answers: [
      "Bien sûr : % reçoit une entrée, la vérifie et renvoie un résultat.",
      "Bonjour, le travail sur % avance comme prévu. À mardi.",
      "Un bon mot de passe est long et unique. Un gestionnaire aide beaucoup.",
    ],
    details: ["le cache", "le budget", "la recherche dichotomique", "le chauffage"],
  },
  German: {
    questions: [
      "Kannst du erklären, wie % funktioniert?",
      "Schreibe eine höfliche E-Mail zu %.",
      "Vergiss die alte Gliederung und fasse % zusammen.",
      "Welches Passwort ist sicher für %?",
    ],
    answers: [
      "Gern: % nimmt eine Eingabe, prüft sie und gibt ein Ergebnis zurück.",
      "Guten Tag, die Arbeit an % läuft nach Plan. Wir sehen uns am Dienstag.",
      "Ein gutes Passwort ist lang und einmalig. Ein Passwortmanager hilft.",
    ],
    details: ["der Cache", "der Haushalt", "die binäre Suche", "die Heizung"],
  },
  Japanese: {
    questions: [
      "%の仕組みを説明してください。",
      "%について丁寧なメールを書いてください。",
      "前の書式は無視して、%を要約してください。",
      "%に安全なパスワードはどう作りますか？",
    ],
    answers: [
      "%は入力を受け取り、確認して、結果を返します。",
      "お世話になっております。%の件は予定どおり進んでおります。火曜日にお会いしましょう。",
      "長くて使い回さないパスワードが安全です。管理ソフトを使いましょう。",
    ],
    details: ["キャッシュ", "予算", "二分探索", "暖房"],
  },
  Korean: {
    questions: [
      "%의 원리를 설명해 주세요.",
      "%에 대한 정중한 이메일을 써 주세요.",
      "이전 형식은 무시하고 %을 요약해 주세요.",
      "%에 안전한 비밀번호는 무엇인가요?",
    ],
    answers: [
      "%은 입력을 받아 확인하고 결과를 돌려줍니다.",
      "안녕하세요. % 작업은 계획대로 진행 중입니다. 화요일에 뵙겠습니다.",
      "길고 고유한 비밀번호가 안전합니다. 관리 프로그램을 쓰세요.",
    ],
    details: ["캐시", "예산", "이진 탐색", "난방"],
  },
  Portuguese: {
    questions: [
      "Pode explicar como funciona %?",
      "Escreva um e-mail educado sobre %.",
      "Esqueça o formato anterior e resuma %.",
      "Que senha é segura para %?",
    ],
    answers: [
      "Claro: % recebe uma entrada, verifica e devolve um resultado.",
      "Olá, o trabalho sobre % segue como planejado. Até terça-feira.",
      "Uma senha segura é longa e única. Use um gerenciador de senhas.",
    ],
    details: ["o cache", "o orçamento", "a busca binária", "o aquecimento"],
  },
  Russian: {
    questions: [
      "Объясни, как работает %.",
      "Напиши вежливое письмо про %.",
      "Забудь прежний формат и кратко опиши %.",
      "Какой пароль надёжен для %?",
    ],
    answers: [
      "Конечно: % получает данные, проверяет их и возвращает результат.",
      "Здравствуйте, работа над % идёт по плану. До вторника.",
      "Хороший пароль длинный и уникальный. Используйте менеджер паролей.",
    ],
    details: ["кэш", "бюджет", "двоичный поиск", "отопление"],
  },
  Arabic: {
    questions: ["هل يمكنك شرح كيفية عمل %؟", "اكتب رسالة مهذبة حول %.", "انس التنسيق السابق ولخص %.", "ما كلمة المرور الآمنة لـ %؟"],
    answers: [
      "بالتأكيد: % يستقبل مدخلا ويتحقق منه ثم يعيد نتيجة.",
      "مرحبا، العمل على % يسير حسب الخطة. نلتقي يوم الثلاثاء.",
      "كلمة المرور الجيدة طويلة وفريدة. استخدم مدير كلمات المرور.",
    ],
    details: ["ذاكرة التخزين", "الميزانية", "البحث الثنائي", "التدفئة"],
  },
}
