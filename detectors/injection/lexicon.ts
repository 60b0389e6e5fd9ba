// The words of "ignore what you were told" and "say what you were told" in the languages of the world. Stems, so that endings do not matter; a stem
// says nothing alone, `proximity.ts` asks for company. A trailing "|" asks for the end of the word there.

export const wordKinds = ["drop", "back", "told", "say", "prompt", "free", "play", "secret"] as const
/** drop: ignore. back: previous, all, your. told: instructions. say: reveal. prompt: system prompt. free: without limits. play: act as. secret: do not tell the user. */
export type WordKind = (typeof wordKinds)[number]

/** Words of one language; several meanings of a stem are listed under each. */
export type Lexicon = Readonly<Partial<Record<WordKind, string>>>

/** Scripts written with Latin letters: matched at the beginning of a word. */
export const latin: Readonly<Record<string, Lexicon>> = {
  es: {
    drop: "ignora, ignore|, ignores, ignorar, ignorad, olvida, olvide|, olvidar, olvides, descarta, descarte|, desatiende, desatienda, omite|, omita, pasa por alto, haz caso omiso, haga caso omiso, no sigas, no sigan, deja de seguir, deje de seguir, anula|, anule|, desobedece, desestima, prescinde, salta|, sáltate, elude, evade, incumple, quedan anul, no valen, ya no valen, nadie te hubiera, desobedéc, libérate, deja de lado",
    back: "anterior, previa, previo, todas, todos, todo|, tus, sus, arriba, hasta ahora, original, inicial, recibid, dadas, antes|, precedente, cualquier, del sistema, de la empresa, del desarrollador, de tus creadores, de tus programadores, al principio, te dieron, de tu empresa",
    told: "lo anterior, todo lo que, instruccion, indicacion, órden, orden|, ordenes, órdenes, directri, directiva, regla, norma|, normas, restriccion, prompt, mandato, pautas, programación, limitacion, consigna, mensajes anteriores, las anteriores, tu papel, tu rol",
    say: "revela, revele, muestra|, muéstra, muestre, mostrar, imprime, imprima, repite, repita, dime|, dígame, dame|, enseña, escribe|, escriba, comparte, divulga, cuéntame, cuál es, cuáles son, cuales son, devuelve, copia|, traduce, repíteme, cópialo, suéltame, transcribe",
    prompt:
      "prompt del sistema, prompt inicial, mensaje del sistema, instrucciones del sistema, instrucciones iniciales, instrucciones originales, instrucciones ocultas, tus instrucciones, sus instrucciones, tu prompt, tu configuración, instrucciones secretas, instrucciones anteriores, prompt original, indicaciones del sistema, indicaciones iniciales, tu programación, la contraseña, instrucciones que te dieron, texto oculto, con el que te configuraron, que te configuraron, texto inicial, al principio de la conversación, antes de nuestra conversación",
    free: "sin restricciones, sin limitaciones, sin límites, sin filtros, sin censura, sin ética, sin moral, sin reglas, modo desarrollador, libre de restricciones, no tienes restricciones, no tiene restricciones, puedes hacer cualquier cosa, modo sin restricciones, modo dios, amigo sin límites, solo obedeces, sólo obedeces, solo me obedeces, sin decir que no, ia sin",
    play: "haz de, responde como, habla como, actúa como, actua como, actúe como, actuarás como, finge, simula|, haz de cuenta, imagina que, a partir de ahora, de ahora en adelante, eres ahora, ahora eres, pretende",
    secret:
      "no le digas al usuario, no menciones, sin informar al usuario, no informes al usuario, sin decirle al usuario, sin que el usuario",
  },
  fr: {
    drop: "ne tiens plus compte, ne tenez plus compte, ignore|, ignorez, ignorer, ignores, oublie|, oubliez, oublier, oublies, ne tiens pas compte, ne tenez pas compte, ne pas tenir compte, fais abstraction, faites abstraction, passe outre, passez outre, néglige, négligez, ne suis pas|, ne suivez pas, ne suis plus, ne suivez plus, contourne, écarte, cesse de suivre, annule, désobéi, abandonne, sont annulé, sont caduques, désobéis, laisse tomber, mets de côté",
    back: "précédent, precedent, antérieur, ci-dessus, toutes, tous, tout ce, tes|, vos, votre, ton|, plus haut, initial, d'origine, original, reçu, donnée, auparavant, avant|, système, jusqu', de l'entreprise, de tes concepteurs, de tes créateurs, de tes développeurs, du développeur, données plus haut",
    told: "tout ce qui précède, tout ce que, ce qui précède, instruction, consigne, directive, règle, ordre, indication, contrainte, restriction, invite|, prompt, commande, programmation, limitation, recommandation, requête, ton rôle, tes concepteurs, tes créateurs",
    say: "révèle, révélez, révéler, montre|, montrez, montre-moi, affiche|, affichez, répète, répétez, dis-moi, dites-moi, donne-moi, donnez-moi, imprime, écris|, écrivez, partage, divulgue, quelles sont, quel est, quelle est, communique, traduis, copie|, recopie, recopie, restitue, cite|, retranscris",
    prompt:
      "prompt système, prompt initial, prompt du système, message système, instructions système, instructions du système, instructions initiales, instructions d'origine, instructions cachées, tes instructions, vos instructions, ton prompt, votre prompt, ta configuration, instructions secrètes, invite système, instructions précédentes, consignes initiales, tes consignes, vos consignes, le mot de passe, message caché, texte caché, avant notre discussion, avant cette conversation, avant notre conversation, prompt de départ, texte de départ, prompt d'origine",
    free: "sans restriction, sans limite, sans filtre, sans censure, sans éthique, sans aucune restriction, sans aucune limite, mode développeur, libéré de, aucune restriction, aucune limite, sans aucune morale, tu peux tout faire, sans règles, sans aucune limite morale, tu suis mes ordres, mes ordres et rien, obéis à moi, n'obéis qu'à moi, ia sans",
    play: "réponds comme, parle comme, agis comme, agissez comme, fais comme si, joue le rôle, jouez le rôle, fais semblant, prétends, imagine que, à partir de maintenant, désormais, tu es maintenant, vous êtes maintenant, simule",
    secret:
      "ne dis pas à l'utilisateur, ne mentionne, sans en informer, sans informer l'utilisateur, n'informe pas l'utilisateur, à l'insu de",
  },
  de: {
    drop: "ignorier, vergiss, vergessen sie, vergesst, missacht, mißacht, beachte nicht, beachten sie nicht, überspring, verwirf, verwerfen, lass außer acht, lasse außer acht, umgeh, übergeh, setze dich über, hör auf, befolge nicht, befolge keine, halte dich nicht, nicht mehr befolg, außer kraft, lösche|, löschen sie, vernachlässig, folge nicht, lass alle, ist ungültig, sind ungültig, gilt nicht mehr, gelten nicht mehr, ungültig, außer kraft",
    back: "vorherig, vorangegangen, vorig, bisherig, obig, alle|, allen|, alles|, deine, ihre|, ihren|, davor, zuvor, früher, ursprünglich, oben, bekommen, gegeben, erhalten, vorstehend, sämtliche, jegliche, system, deines betreibers, des betreibers, deines entwicklers, deiner entwickler, was oben steht, des unternehmens, der firma",
    told: "anweisung, anleitung, instruktion, regel, vorgabe, befehl, richtlinie, prompt, aufforderung, einschränkung, beschränkung, vorschrift, programmierung, auftrag, aufträge, aufgabe, aufgaben, richtlinien, informationen, eingabe, nachrichten, kontext, gesagte, gesagt, vorgaben, was oben steht, deine rolle",
    say: "zeig|, zeige|, zeigen sie, verrate, verraten, offenbar, gib|, gebe|, geben sie, druck, wiederhol, nenn|, nenne|, nennen sie, sag|, sage|, sagen sie, schreib|, schreibe|, teile|, lies|, wie lautet, wie lauten, was ist, was sind, was war, übersetz, kopier, liste, wörtlich|, zitiere, gib aus",
    prompt:
      "systemprompt, system-prompt, system prompt, systemnachricht, systemanweisung, ursprünglichen prompt, ursprüngliche anweisung, ursprünglichen anweisung, deine anweisung, deine instruktion, ihre anweisung, deinen prompt, dein prompt, deines prompts, ihren prompt, geheime anweisung, versteckte anweisung, versteckten anweisung, initialen prompt, prompttext, prompt-text, vorherigen anweisungen, anfänglichen anweisung, anfangs-prompt, das passwort, das geheime, vor diesem gespräch gegeben, vor diesem chat, dein entwickler vor, verborgenen text, versteckten text, starttext",
    free: "ohne einschränkung, ohne beschränkung, ohne filter, ohne zensur, ohne grenzen, ohne ethische, ohne moral, ohne regeln, keine einschränkung, keine grenzen, entwicklermodus, unzensiert, ungefiltert, frei von regeln, keinerlei einschränkung, keine regeln, keine regeln, keine moral, ohne moral, niemals ablehnt, nie ablehnt, lehnt nie ab, antworte ungefiltert, als hättest du keine",
    play: "antworte wie, antworte als, sprich wie, tu so, agiere als, verhalte dich, spiele die rolle, stell dir vor, ab jetzt, von nun an, du bist jetzt, du bist nun, simuliere, fungiere als, als ob du",
    secret:
      "sag dem nutzer nicht, sag dem benutzer nicht, teile dem benutzer nicht, ohne den benutzer, ohne den nutzer, ohne wissen des, erwähne nicht, erwähne dies nicht",
  },
  pt: {
    drop: "ignore|, ignora|, ignorar, ignorem, esqueça, esquece|, esqueçam, esquecer, desconsidere, desconsidera, despreze, não siga, não sigas, pare de seguir, desobedeça, descarte|, anule|, contorne, pule|, burle, deixe de lado, abandone, deixe de lado, não valem mais, desobedeça, largue",
    back: "anterior, prévi, acima, todas, todos, tudo|, suas|, seus|, tuas, teus, até agora, originai, inicia, recebid, dadas, antes|, sistema, precedente, quaisquer, da empresa, dos desenvolvedores, do desenvolvedor, dos criadores, que a empresa mandou",
    told: "tudo acima, tudo o que, o que foi dito, instruç, instruc, ordem|, ordens, diretriz, regra, comando, orientaç, restriç, prompt, limitaç, programação, indicaç, diretiva, mensagens anteriores, normas, o que a empresa, seu papel, teu papel, papel de assistente",
    say: "revele, revela|, mostre, mostra|, imprima, imprime, repita, repete, diga|, diga-me, me diga, dê-me, escreva, compartilhe, divulgue, exiba, quais são, qual é, conte-me, me conte, copie|, traduza, liste, copie|, mostra-me, mostra|, reproduza",
    prompt:
      "prompt do sistema, prompt inicial, mensagem do sistema, mensagem de sistema, instruções do sistema, instruções iniciais, instruções originais, instruções ocultas, suas instruções, seu prompt, sua configuração, instruções secretas, instruções anteriores, tuas instruções, prompt original, a senha, texto que os desenvolvedores, antes da nossa conversa, instruções que recebeste, instruções que recebeu, no início da conversa, texto oculto, mensagem oculta",
    free: "sem restriç, sem limit, sem filtro, sem censura, sem ética, sem moral, sem regras, modo desenvolvedor, modo de desenvolvedor, livre de restriç, nenhuma restrição, pode fazer qualquer coisa, não tem filtros, sem filtros nem regras, só o que eu disser, ia sem censura, sem filtros, faça só o que eu",
    play: "aja como, atue como, finja, simule, faça de conta, imagine que, a partir de agora, de agora em diante, você agora é, você é agora, faz de conta, interprete",
    secret: "não diga ao usuário, não mencione, sem informar o usuário, sem avisar o usuário, não informe o usuário, sem o conhecimento do",
  },
  it: {
    drop: "ignora|, ignorare, ignorate, ignori|, dimentica|, dimenticare, dimenticate, tralascia, non seguire, non tenere conto, non considerare, smetti di seguire, scarta, trascura, disobbedisci, annulla|, aggira, lascia perdere, non valgono, obbedisci solo a me, disobbedisci",
    back: "precedent, sopra|, tutte, tutti, tutto|, tue|, tuoi|, vostre, originali, iniziali, ricevut, finora, prima|, sistema, qualsiasi, del tuo sviluppatore, degli sviluppatori, dei creatori, dell'azienda, ti è stato ordinato",
    told: "tutto ciò, tutto quello, quanto detto, istruzion, ordini|, regol, direttiv, indicazion, comand, restrizion, prompt, limitazion, programmazione, linee guida, ti è stato ordinato, ti è stato detto, tuo ruolo",
    say: "rivela, mostra|, mostrami, stampa|, ripeti, dimmi, scrivi|, condividi, divulga, quali sono, qual è, copia|, traduci, elenca",
    prompt:
      "prompt di sistema, prompt del sistema, prompt iniziale, messaggio di sistema, istruzioni di sistema, istruzioni iniziali, istruzioni originali, istruzioni nascoste, tue istruzioni, tuo prompt, istruzioni segrete, istruzioni precedenti, la password",
    free: "senza restrizioni, senza limiti, senza filtri, senza censura, senza etica, senza regole, modalità sviluppatore, nessuna restrizione, libero da restrizioni, obbedisci solo a me, rispondi senza censura, ia senza",
    play: "agisci come, comportati come, fai finta, fingi, immagina che, d'ora in poi, da ora in poi, ora sei, simula|, interpreta",
    secret: "non dire all'utente, non menzionare, senza informare l'utente, senza dirlo all'utente",
  },
  nl: {
    drop: "negeer, vergeet, veronachtzaam, sla alle, volg niet, stop met het volgen, laat varen, omzeil, schrap",
    back: "vorige, voorgaande, eerdere, bovenstaande, alle|, alles|, jouw, je|, uw|, oorspronkelijke, hierboven, systeem, hierboven staat, wat hierboven, van je ontwikkelaar",
    told: "instructie, opdracht, regel, richtlijn, aanwijzing, beperking, prompt, bevel, commando, voorschrift, wat hierboven staat, wat hierboven, alles wat",
    say: "toon|, onthul, laat zien, herhaal, vertel, geef|, schrijf, druk af, wat is, wat zijn, noem",
    prompt:
      "systeemprompt, systeem prompt, systeembericht, oorspronkelijke instructie, je instructies, jouw instructies, uw instructies, je prompt, verborgen instructie, het wachtwoord",
    free: "zonder beperking, zonder filter, zonder censuur, zonder regels, zonder ethische, ontwikkelaarsmodus, geen beperkingen, geen regels, doe wat ik zeg, luister alleen naar mij",
    play: "doe alsof, gedraag je als, vanaf nu, je bent nu, stel je voor, speel de rol",
    secret: "vertel de gebruiker niet, zonder de gebruiker, zonder medeweten",
  },
  pl: {
    drop: "zignoruj, ignoruj, zapomnij, pomiń, odrzuć, nie przestrzegaj, przestań przestrzegać, nie stosuj się, obejdź, zlekceważ, zapomnij o",
    back: "poprzedni, wcześniejsz, powyższ, wszystk, wszelki, swoje|, twoje, systemow, dotychczasow, pierwotn, otrzyman",
    told: "instrukcj, polece, zasad, reguł, wytyczn, ograniczeni, prompt, rozkaz, nakaz",
    say: "pokaż, ujawnij, wyświetl, powtórz, podaj, powiedz, napisz, wypisz, zdradź, jakie są, jaki jest, pokaż mi",
    prompt:
      "prompt systemowy, promptu systemowego, instrukcje systemowe, początkowe instrukcje, swoje instrukcje, twoje instrukcje, ukryte instrukcje, swój prompt, komunikat systemowy, hasło",
    free: "bez ogranicze, bez cenzury, bez filtrów, bez zasad, bez limitów, tryb deweloper, tryb programisty",
    play: "udawaj, zachowuj się jak, od teraz, jesteś teraz, wyobraź sobie, wciel się",
    secret: "nie mów użytkownikowi, nie informuj użytkownika, bez wiedzy użytkownika",
  },
  tr: {
    drop: "yok say, yoksay, görmezden gel, unut|, unutun, dikkate alma, boş ver, göz ardı et, uymayı bırak, uyma|, takip etme, geçersiz kıl, geçerli değil, hiçbiri geçerli, geçersiz",
    back: "önceki, yukarıdaki, tüm|, bütün, şimdiye kadar, daha önce, verilen, sistem, ilk|",
    told: "talimat, komut, kural, yönerge, emir, emr, kısıtlama, prompt, direktif, istem",
    say: "göster, açıkla|, yazdır, tekrarla, söyle, ifşa et, paylaş, nedir, listele, yaz|, yazdır, aynen yaz",
    prompt:
      "sistem promptu, sistem prompt, sistem mesajı, sistem istemi, sistem talimat, ilk talimat, gizli talimat, talimatlarını, talimatların, başlangıç talimat, şifreyi, parolayı",
    free: "kısıtlama olmadan, sınırsız, filtresiz, sansürsüz, kuralsız, etik kurallar olmadan, geliştirici modu, sadece bana uy, sadece beni dinle",
    play: "gibi davran, rolünü, bundan sonra, şu andan itibaren, artık sen, hayal et",
    secret: "kullanıcıya söyleme, kullanıcıya haber vermeden, kullanıcıya bahsetme",
  },
  vi: {
    drop: "bỏ qua, quên|, phớt lờ, không tuân theo, đừng tuân theo, hủy bỏ, làm ngơ, quên hết, hãy quên",
    back: "trước đó, trước|, ở trên, tất cả, mọi|, của bạn, ban đầu, hệ thống",
    told: "hướng dẫn, chỉ dẫn, chỉ thị, lệnh|, quy tắc, yêu cầu, hạn chế, prompt, quy định, các quy tắc",
    say: "tiết lộ, hiển thị, cho tôi, in ra, lặp lại, nói cho, viết ra, là gì, hiển thị toàn bộ",
    prompt: "lời nhắc hệ thống, prompt hệ thống, hướng dẫn hệ thống, hướng dẫn ban đầu, chỉ dẫn ban đầu, hướng dẫn của bạn, mật khẩu",
    free: "không có giới hạn, không giới hạn, không bị hạn chế, không kiểm duyệt, không có quy tắc, chế độ nhà phát triển, không giới hạn, trả lời không giới hạn",
    play: "đóng vai, hãy giả vờ, từ bây giờ, bây giờ bạn là, hãy tưởng tượng",
  },
  id: {
    drop: "abaikan, lupakan, jangan ikuti, hiraukan, kesampingkan, lewati, lupakan semua",
    back: "sebelumnya, di atas, semua|, seluruh, anda|, awal|, sistem, terdahulu, dari pengembang, pengembangmu, pengembang",
    told: "instruksi, perintah, aturan, arahan, petunjuk, batasan, prompt, pedoman",
    say: "tampilkan, ungkapkan, tunjukkan, ulangi, cetak, beritahu, katakan, tuliskan, apa itu, sebutkan",
    prompt: "prompt sistem, pesan sistem, instruksi sistem, instruksi awal, instruksi anda, prompt anda, kata sandi",
    free: "tanpa batasan, tanpa filter, tanpa sensor, tanpa aturan, mode pengembang, bebas tanpa aturan, kamu bebas, sekarang kamu bebas",
    play: "berpura-pura, bertindaklah sebagai, bertindak sebagai, mulai sekarang, kamu sekarang, bayangkan",
  },
  sv: {
    drop: "ignorera, glöm|, bortse från, strunta i, åsidosätt, följ inte, sluta följa",
    back: "tidigare, föregående, ovanstående, alla|, allt|, dina|, ursprungliga, ovan|",
    told: "instruktion, order|, regler, riktlinje, direktiv, begränsning, prompt, anvisning",
    say: "visa|, avslöja, skriv ut, upprepa, berätta, säg|, vad är",
    prompt: "systemprompt, systemmeddelande, dina instruktioner, ursprungliga instruktioner, din prompt, lösenordet",
    free: "utan begränsningar, utan filter, utan censur, utan regler, utvecklarläge",
    play: "låtsas, agera som, från och med nu, du är nu, föreställ dig",
  },
  cs: {
    drop: "ignoruj, zapomeň, nedbej, přeskoč, neřiď se, přestaň dodržovat, nevšímej si",
    back: "předchozí, výše, všechn, veškeré, své|, tvé|, původní, systémov, dosavadní",
    told: "instrukc, pokyn, pravid, příkaz, směrnic, omezení, prompt",
    say: "ukaž, odhal, vypiš, zopakuj, řekni, napiš, prozraď, jaké jsou, jaký je",
    prompt: "systémový prompt, systémové pokyny, systémové instrukce, původní instrukce, své instrukce, tvé instrukce, heslo",
    free: "bez omezení, bez cenzury, bez filtrů, bez pravidel, vývojářský režim",
    play: "předstírej, chovej se jako, od teď, nyní jsi, představ si",
  },
}
