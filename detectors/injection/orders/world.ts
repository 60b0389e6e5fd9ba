// The same senses in other languages. Verbs stand in the forms that order; stems end in "*" as in lexicon.ts. Where a negation stands by the verb, the
// order is none (`negations`); words that ask for silence hold their negation themselves.
import type { Sense } from "./lexicon.ts"

type Words = Readonly<Partial<Record<Sense, string>>>

/** Written with letters and spaces: a word begins where no letter stands before it. */
export const spaced: Readonly<Record<string, Words>> = {
  es: {
    send: "envía, envíe, envia, envíale, envíalo, enviar, reenvía, reenvíe, reenviar, manda, mande, comparte, comparta, sube, suba, publica, publique, remite",
    pay: "transfiere, transfiera, transferir, paga, pague, compra, compre, haz una transferencia, realiza el pago, autoriza el pago",
    destroy: "elimina, elimine, eliminar, borra, borre, borrar, suprime, cancela, cancele, vacía",
    open: "desbloquea, desbloquee, abre, concede, conceda, otorga, otorgue, da acceso, autoriza, añade, desactiva, desactive",
    alter: "cambia, cambie, modifica, modifique, actualiza, reemplaza, sustituye",
    run: "ejecuta, ejecute, instala, instale, descarga, descargue, visita, visite, llama a la herramienta",
    say: "responde, responda, escribe, escriba, di que, recomienda, recomiende, muestra, imprime",
    private:
      "contraseña*, credencial*, claves, clave de api, tarjeta*, datos bancarios, cuenta bancaria, contactos, historial, conversación, correos, bandeja de entrada, datos personales, archivos, token*",
    conceal:
      "sin decírselo, sin decirle, sin avisar, sin informar, no se lo digas, no le digas, no digas nada, no lo menciones, no menciones, en secreto, en silencio, sin que el usuario, no informes, oculta est*, esconde",
    machine: "asistente*, ia, inteligencia artificial, modelo de lenguaje, agente de ia, chatbot",
    user: "usuario, al usuario, del usuario",
    reading: "si eres una ia, al leer est*, cuando leas, cuando resumas, al resumir, al procesar est*, atención asistente",
    swap: "olvida la tarea, olvida la petición, no resumas, en lugar de responder, en lugar de resumir, en vez de, antes de responder, antes de continuar, tu nueva tarea, ignora la petición, ignora al usuario",
    authority: "ya ha autorizado, ya autorizó, el usuario aprobó, ya dio su permiso",
  },
  fr: {
    send: "envoie, envoyez, envoyer, transmets, transmettez, transférez, transfère, partage, partagez, publie, publiez, téléverse, téléversez, fais suivre, faites suivre",
    pay: "virez, vire, payez, paie, achète, achetez, effectue un virement, effectuez un virement, règle la facture",
    destroy: "supprime, supprimez, supprimer, efface, effacez, effacer, annule, annulez, vide, videz",
    open: "déverrouille, déverrouillez, ouvre, ouvrez, accorde, accordez, donne accès, autorise, désactive, désactivez, ajoute",
    alter: "change, changez, modifie, modifiez, remplace, remplacez",
    run: "exécute, exécutez, installe, installez, télécharge, téléchargez, visite, visitez, appelle l'outil",
    say: "réponds, répondez, écris, écrivez, dis que, dites que, recommande, recommandez, affiche, affichez",
    private:
      "mot de passe, mots de passe, identifiants, clé api, clés, carte bancaire, carte de crédit, coordonnées bancaires, compte bancaire, contacts, historique, conversation, courriels, boîte de réception, données personnelles, fichier*, jeton*",
    conceal:
      "sans le dire, sans prévenir, sans avertir, sans informer, ne dis rien, ne dites rien, n'en parle, ne le mentionne, ne mentionne, en secret, discrètement, à l'insu, ne préviens pas, cache cette, sans que l'utilisateur",
    machine: "assistant*, ia, l'ia, intelligence artificielle, modèle de langage, agent ia, chatbot",
    user: "l'utilisateur, utilisateur",
    reading:
      "à l'attention de l'ia, si tu es un modèle, si tu es une ia, si vous êtes une ia, en lisant ce, lorsque tu résumes, quand tu résumes, en traitant ce",
    swap: "ne fais pas le résumé, ne résume pas, oublie la tâche, oublie la demande, au lieu de répondre, au lieu de résumer, avant de répondre, avant de continuer, ta nouvelle tâche, ignore la demande, ne résume pas, réponds uniquement, répondez uniquement",
    authority: "a déjà donné son accord, a déjà autorisé, l'utilisateur a approuvé, déjà validé",
  },
  de: {
    send: "sende, senden sie, schicke, schick, schicken sie, leite, leiten sie, übermittle, übermitteln sie, teile, lade, veröffentliche, mailen sie",
    pay: "überweise, überweisen sie, bezahle, zahle, kaufe, bestelle, buche, bestätige die zahlung",
    destroy: "lösche, löschen sie, entferne, entfernen sie, storniere, vernichte, leere",
    open: "entsperre, entsperren sie, öffne, öffnen sie, gewähre, gib zugriff, erteile, genehmige, deaktiviere, deaktivieren sie, schalte, füge",
    alter: "ändere, ändern sie, ersetze, ersetzen sie, setze",
    run: "führe, führen sie, installiere, installieren sie, besuche, besuchen sie, rufe, rufen sie, starte",
    say: "antworte, antworten sie, schreibe, empfiehl, empfehlen, sage, sag, gib aus, behaupte",
    private:
      "passwort, passwörter, kennwort, zugangsdaten, api-schlüssel, schlüssel, kreditkarte*, bankdaten, konto, kontakte, verlauf, unterhaltung, e-mails, posteingang, gesprächsverlauf, chatverlauf, kontaktliste, rechnungen, personenbezogen*, datei*, token*",
    conceal:
      "ohne den nutzer, ohne dem nutzer, ohne den benutzer, ohne es dem, sage dem nutzer nichts, sag dem nutzer nichts, sage dem benutzer nichts, nichts davon, erwähne dies nicht, erwähne es nicht, heimlich, verschweige, unbemerkt, ohne rückfrage, ohne wissen",
    machine: "ki, ki-assistent*, ki-system*, ki-modell*, assistent*, sprachmodell*, chatbot*, ki-agent*",
    user: "nutzer, benutzer, dem nutzer, den nutzer",
    reading:
      "beim lesen dieser, beim lesen dieses, wenn du dies liest, beim zusammenfassen, wenn du eine ki bist, falls du eine ki, an den ki, an die ki, beim verarbeiten",
    swap: "vergiss die aufgabe, vergiss die frage, statt zu antworten, anstatt, bevor du antwortest, bevor du fortfährst, deine neue aufgabe, ignoriere die anfrage, ignoriere den nutzer, fasse nicht zusammen",
    authority: "hat bereits zugestimmt, hat bereits genehmigt, wurde genehmigt, ist autorisiert",
  },
  pt: {
    send: "envie, envia, enviar, encaminhe, encaminha, mande, manda, compartilhe, partilhe, publique, suba",
    pay: "transfira, transfere, pague, compre, faça um pix, faça uma transferência, aprove o pagamento",
    destroy: "apague, apaga, exclua, elimine, delete, remova, cancele",
    open: "desbloqueie, abra, conceda, dê acesso, autorize, adicione, desative",
    alter: "altere, mude, troque, substitua, modifique, atualize",
    run: "execute, instale, baixe, visite, acesse, chame a ferramenta",
    say: "responda, escreva, diga que, recomende, mostre",
    private:
      "senha*, credenciais, chave de api, cartão, cartões, dados bancários, conta bancária, contatos, contactos, histórico, conversa, e-mails, caixa de entrada, dados pessoais, arquivos, ficheiros, token*",
    conceal:
      "não avise, sem avisar, sem informar, não diga ao, não conte, não mencione, em segredo, sem que o usuário, esconda esta, oculte",
    machine: "assistente*, ia, inteligência artificial, modelo de linguagem, agente de ia, chatbot",
    user: "usuário, utilizador, o usuário",
    reading: "se você é uma ia, se és uma ia, ao ler este, ao resumir, ao processar este, atenção assistente",
    swap: "esqueça a tarefa, esqueça o pedido, em vez de responder, em vez de resumir, antes de responder, sua nova tarefa, ignore o pedido, depois continue normalmente, recomende apenas, não resuma",
    authority: "já autorizou, já aprovou, já deu permissão",
  },
  it: {
    send: "invia, inviare, manda, inoltra, condividi, pubblica, carica, spedisci",
    pay: "trasferisci, paga, compra, acquista, bonifica, effettua un bonifico",
    destroy: "elimina, cancella, rimuovi, svuota, annulla",
    open: "sblocca, apri, concedi, autorizza, disattiva, aggiungi",
    alter: "cambia, modifica, sostituisci, aggiorna",
    run: "esegui, installa, scarica, visita, apri il link",
    say: "rispondi, scrivi, consiglia, raccomanda, dì che, mostra",
    private:
      "password, credenziali, chiave api, carta di credito, carte, dati bancari, conto, contatti, cronologia, conversazione, e-mail, posta in arrivo, dati personali, file, eventi, token*",
    conceal: "senza avvisare, senza dirlo, senza informare, non dirlo, non dire, non menzionare, in segreto, di nascosto, all'insaputa",
    machine: "assistente*, ia, intelligenza artificiale, modello linguistico, agente ia, chatbot",
    user: "utente, l'utente",
    reading: "se sei un assistente, se sei una ia, se sei un'ia, leggendo questo, quando riassumi, nota per l'assistente",
    swap: "dimentica il compito, dimentica la richiesta, invece di rispondere, invece di riassumere, prima di rispondere, il tuo nuovo compito, ignora la richiesta, non riassumere",
    authority: "ha già autorizzato, ha già approvato",
  },
  ru: {
    send: "отправь, отправьте, перешли, перешлите, пошли, вышли, передай, опубликуй, загрузи, поделись",
    pay: "переведи, переведите, оплати, оплатите, купи, заплати",
    destroy: "удали, удалите, сотри, очисти, отмени",
    open: "разблокируй, открой, предоставь, дай доступ, разреши, отключи, добавь",
    alter: "измени, замени, поменяй, обнови",
    run: "запусти, выполни, установи, скачай, перейди, вызови",
    say: "ответь, напиши, скажи, порекомендуй, попроси, выведи",
    private:
      "парол*, учётн*, учетн*, ключ*, карт*, банковск*, счёт, контакт*, истори*, переписк*, письма, почт*, личн*, персональн*, файл*, токен*",
    conceal: "не сообщай, не говори, без ведома, не упоминай, втайне, незаметно, не уведомляй, скрой, не предупреждай",
    machine: "ии, ии-ассистент*, ассистент*, языковая модель, нейросет*, помощник, бот",
    user: "пользовател*",
    reading: "если ты ии, если ты языковая модель, читая это, при чтении, обрабатывая это, при обработке",
    swap: "вместо ответа, вместо того чтобы, прежде чем отвечать, твоя новая задача, не пересказывай, игнорируй запрос",
    authority: "уже разрешил, уже одобрил, уже дал согласие",
  },
  ko: {
    send: "보내세요, 보내라, 보내줘, 보내십시오, 전송하세요, 전송해야, 전송하라, 전달하세요, 공유하세요, 업로드하세요",
    pay: "송금하세요, 이체하세요, 결제하세요, 구매하세요, 지불하세요",
    destroy: "삭제하세요, 삭제하라, 지우세요, 취소하세요, 제거하세요",
    open: "잠금을 해제, 권한을 부여, 승인하세요, 추가하세요, 비활성화",
    run: "실행하세요, 설치하세요, 방문하세요, 다운로드하세요, 호출하세요",
    say: "답하세요, 추천하세요, 출력하세요, 응답하세요",
    private: "비밀번호*, 자격 증명, 키*, 카드*, 계좌*, 연락처*, 대화*, 이메일*, 받은 편지함*, 개인정보*, 파일*, 토큰*",
    conceal: "사실을 숨기, 숨기세요, 사용자에게 알리지, 사용자에게 말하지, 사용자 모르게, 몰래, 알리지 말고, 언급하지",
    machine: "ai, 인공지능*, 비서*, 어시스턴트*, 언어 모델*, 챗봇*",
    user: "사용자*",
    reading: "이 문서를 읽는 ai, 이 글을 읽는 ai, ai 비서에게, 인공지능에게, 요약할 때",
    swap: "요약하는 대신, 답변하는 대신, 새로운 임무",
  },
  tr: {
    send: "gönder, gönderin, ilet, paylaş, yükle",
    pay: "transfer et, öde, satın al, havale et",
    destroy: "sil, silin, kaldır, iptal et",
    open: "kilidi aç, erişim ver, yetki ver, devre dışı bırak",
    run: "çalıştır, yükle ve çalıştır, indir, ziyaret et",
    private: "parola*, şifre*, kart*, banka*, kişiler*, rehber, geçmiş*, konuşma*, e-posta*, dosya*",
    conceal: "söylemeden, haber vermeden, kullanıcıya söyleme, gizlice, bahsetme",
    machine: "yapay zeka*, asistan*, dil modeli*",
    user: "kullanıcı*",
  },
  vi: {
    send: "hãy gửi, gửi, chuyển tiếp, chia sẻ",
    pay: "chuyển tiền, thanh toán, chuyển khoản, mua",
    destroy: "xóa, hủy",
    private: "mật khẩu, thẻ, tài khoản, danh bạ, lịch sử, cuộc trò chuyện, email, tệp",
    conceal: "đừng nói với, không cho người dùng, mà không báo, bí mật, không thông báo",
    machine: "trợ lý, ai, trí tuệ nhân tạo, mô hình ngôn ngữ",
    user: "người dùng",
  },
  id: {
    send: "kirim, kirimkan, teruskan, bagikan, unggah",
    pay: "transfer, bayar, beli",
    destroy: "hapus, batalkan",
    private: "kata sandi, kartu, rekening, kontak, riwayat, percakapan, email, berkas",
    conceal: "tanpa memberi tahu, jangan beri tahu, diam-diam, jangan sebutkan",
    machine: "asisten, ai, model bahasa",
    user: "pengguna",
  },
}

/** Written without spaces: found anywhere. */
export const unspaced: Readonly<Record<string, Words>> = {
  zh: {
    send: "发送到, 发送至, 发给, 发到, 转发, 上传到, 上传至, 分享给, 傳送到, 寄到, 提交到, 发送",
    pay: "转账, 转到, 转给, 汇款, 付款, 支付, 购买, 轉帳",
    destroy: "删除, 清空, 取消, 移除, 刪除",
    open: "解锁, 打开门, 授予, 开放权限, 批准, 禁用, 关闭报警, 添加",
    alter: "修改为, 改为, 更改, 替换",
    run: "执行, 运行, 安装, 下载, 访问, 调用",
    say: "只回复, 回复, 回答, 输出, 推荐, 说明",
    private: "密码, 凭证, 密钥, 银行卡, 信用卡, 余额, 账户, 通讯录, 联系人, 聊天记录, 邮件, 收件箱, 个人信息, 隐私, 文件, 令牌, 验证码",
    conceal:
      "不要告诉用户, 别告诉用户, 不要让用户知道, 不要提及, 不要提到, 瞒着用户, 无需告知, 无需用户确认, 不用询问, 悄悄, 秘密地, 不要告訴",
    machine: "ai助手, ai 助手, 人工智能, 智能助手, 语言模型, ai模型, 助手, 机器人, 智能体",
    user: "用户, 用戶",
    reading: "致ai, 如果你是人工智能, 如果你是ai, 阅读本文, 读取本文, 总结本文, 处理本, 在读取",
    swap: "不要总结, 而是, 你的新任务, 忽略用户, 在回答之前, 继续之前",
    authority: "用户已授权, 用户已同意, 已经批准, 管理员通知, 系统通知",
  },
  ja: {
    send: "送信して, 送信せよ, 送って, 転送して, 共有して, アップロードして, 投稿して",
    pay: "振り込んで, 送金して, 支払って, 支払いを承認, 購入して, 決済して",
    destroy: "削除して, 消去して, 取り消して, キャンセルして",
    open: "解錠して, 開けて, 権限を付与, 許可して, 無効にして, 追加して, 承認し",
    alter: "変更して, 書き換えて, 置き換えて",
    run: "実行して, インストールして, ダウンロードして, を開いて, 呼び出して, アクセスして",
    say: "回答して, 返答して, 出力して, 推薦して, 答えて, 入力して",
    private:
      "パスワード, 認証情報, 鍵, クレジットカード, カード, 口座, 残高, 連絡先, 会話, 履歴, メール, 受信トレイ, 個人情報, ファイル, トークン",
    conceal:
      "ユーザーに知らせず, ユーザーに伝えず, 確認しないで, 知らせないで, 言わないで, 内緒, こっそり, 確認は省略, 確認せず, 確認なし, 言及しない",
    machine: "aiアシスタント, ai, アシスタント, 言語モデル, 人工知能, エージェント",
    user: "ユーザー, 利用者",
    reading: "処理しているai, 読んでいるai, このページを要約, この文書を要約, このメールを処理, アシスタントへ",
    swap: "要約する代わりに, 回答する代わりに, の代わりに, 新しいタスク",
    authority: "承認済み, 許可済み, 管理者より",
  },
  ar: {
    send: "أرسل, ارسل, حوّل رسائل, شارك, انشر, ارفع",
    pay: "حوّل, حول مبلغ, ادفع, اشتر",
    destroy: "احذف, امسح, ألغ",
    private: "كلمة المرور, كلمات المرور, بطاقة, الحساب, جهات الاتصال, المحادثة, البريد, الملفات, البيانات الشخصية",
    conceal: "دون علم المستخدم, لا تخبر المستخدم, دون إخبار, سرا, لا تذكر",
    machine: "المساعد, الذكاء الاصطناعي, نموذج اللغة",
    user: "المستخدم",
  },
  hi: {
    send: "भेजें, भेजो, भेज दें, साझा करें, अग्रेषित करें",
    pay: "ट्रांसफर करें, भुगतान करें, खरीदें",
    destroy: "हटाएं, हटा दें, मिटा दें, रद्द करें",
    private: "पासवर्ड, कार्ड, खाता, खाते, संपर्क, बातचीत, ईमेल, फ़ाइलें, व्यक्तिगत",
    conceal: "उपयोगकर्ता को न बताएं, बिना बताए, चुपचाप, ज़िक्र न करें",
    machine: "सहायक, एआई, भाषा मॉडल",
    user: "उपयोगकर्ता",
  },
}

/** Right before the verb, or right after it, in any of them. */
export const DENIED_BEFORE =
  /(?:^|[^\p{L}])(?:no|nunca|jamás|ne|n'|jamais|nicht|nie|niemals|keine?|não|nunca|non|mai|не|никогда|никому|jangan|đừng|không|لا|न|मत)(?:\s\p{L}{1,4})?\s{1,2}$|(?:不要|不得|切勿|请勿|禁止|绝不|不能|不会|勿|别|不|不会自动)$/iu
export const DENIED_AFTER =
  /^(?:\s{0,2}(?:nicht|keine?n?|kein|niemals|pas|jamais|मत))(?![\p{L}])|^(?:はいけ|はならない|ない|ないで|지 마|지 말)/iu
