// Numbers that only their label tells: identity cards, passports, licences, insurance, tax, patients, accounts, in ten languages. Their shapes differ from
// country to country and from year to year, so the label decides, and the value need only look like a number that an office wrote.
// And postal addresses of Europe and Brazil: a word for a street, a house number, a code of a place.
import { type Pattern, PatternSet } from "../text/pattern-set.ts"
import type { View } from "../text/view.ts"
import { type Entity, type EntityKind, kind } from "./entity.ts"

export function findIdentifiers(view: View, found: (entity: Entity) => void): void {
  set.scan(view, (rule, match, start) => {
    if (rule.confidence === PLACE_CONFIDENCE) {
      found({ kind: rule.kind, confidence: rule.confidence, start, end: start + match[0].length })
      return true
    }
    const value = written(match.groups?.["value"] ?? "")
    const digits = value.replace(/\D/g, "")
    if (digits.length < 3 || value !== value.toUpperCase() || /^(\d)\1+$/.test(digits) || SEQUENCES.test(digits) || DATE.test(value))
      return false
    const from = start + match[0].lastIndexOf(value)
    found({ kind: rule.kind, confidence: rule.confidence, start: from, end: from + value.length })
    return true
  })
}

/** The pattern reads letters of either case; a number of an office has no small ones, so the next word ends it. */
function written(value: string): string {
  const word = /[ ./-]{0,2}[^\s./-]{0,12}[a-z]/.exec(value)
  return word === null ? value : value.slice(0, word.index)
}

interface Rule {
  readonly kind: EntityKind
  readonly confidence: number
}

/** `labels`: what stands before the value, parted by "|"; the words that may follow any of them ("number", "Nr.", "n°") are added here. */
function labelled(
  id: string,
  title: string,
  group: EntityKind["group"],
  { labels, severity = "medium" }: { readonly labels: string; readonly severity?: EntityKind["severity"] },
): Pattern<Rule> {
  const list = labels.split("|")
  return {
    rule: { kind: kind(id, title, group, severity), confidence: LABEL_CONFIDENCE },
    keywords: list,
    pattern: new RegExp(
      `(?<![A-Za-z])(?:${list.map((label) => label.replaceAll(".", "\\.")).join("|")})s?(?:${CARD})?(?:[ _-]{0,2}(?:${NUMBER}))?["'\\])*]{0,3}\\s{0,3}(?:[:=：#|]|-\\s|is\\b|was\\b|ist\\b|lautet\\b|est\\b|es\\b|è\\b|é\\b|是|为|は|는|은)?\\s{0,3}["'*(]{0,2}(?<value>[A-Z0-9][A-Z0-9]{0,14}(?:[ ./-]{1,2}[A-Z0-9]{1,12}){0,6})(?![A-Za-z0-9])`,
      "i",
    ),
  }
}

const CARD = " ?(?:card|document|karte|ausweis)"
const NUMBER = "number|no\\.?|nr\\.?|num\\.?|n[°º]|numéro|número|numero|nummer|code|id|#|号码|号碼|号|番号|번호|номер|№"
const LABEL_CONFIDENCE = 0.7
const PLACE_CONFIDENCE = 0.6

const streets = (words: string, source: string): Pattern<Rule> => ({
  rule: { kind: kind("address-eu", "Postal address", "place", "low"), confidence: PLACE_CONFIDENCE },
  keywords: words.split("|"),
  pattern: new RegExp(source),
})

const set = new PatternSet<Rule>([
  labelled("passport-labelled", "Passport number", "identity", {
    labels: "passport|passeport|pasaporte|reisepass|passnummer|passaporto|passaporte|paspoort|паспорт|护照|護照|旅券|パスポート|여권",
  }),
  labelled("driver-licence-labelled", "Driving licence number", "identity", {
    labels:
      "driver's license|driver’s license|drivers license|driver license|driver's licence|driving licence|driving license|driver_license|führerschein|permis de conduire|permiso de conducir|licencia de conducir|carnet de conducir|patente di guida|rijbewijs|carteira de motorista|cnh|водительское удостоверение|驾驶证|驾照|運転免許証|운전면허",
  }),
  labelled("identity-card", "Identity card number", "identity", {
    labels:
      "id card|identity card|identity document|national id|national_id|national identity|identification number|personalausweis|ausweisnummer|carte d'identité|carte nationale d'identité|documento de identidad|documento d'identità|carta d'identità|identiteitskaart|cédula|удостоверение личности|身分証|신분증",
  }),
  labelled("social-number", "Social insurance number", "identity", {
    labels:
      "social security number|social security|social insurance|social_security_number|sozialversicherungsnummer|numéro de sécurité sociale|seguridad social|national insurance|burgerservicenummer|versicherungsnummer|avs-nummer|ahv-nummer|снилс",
  }),
  labelled("tax-number", "Tax number", "identity", {
    labels:
      "tax id|tax number|tax identification|taxpayer id|tax_id|steuernummer|steuer-id|steueridentifikationsnummer|numéro fiscal|identifiant fiscal|código fiscal|codice fiscale|partita iva|número de contribuinte|инн|税号|纳税人识别号",
  }),
  labelled("health-insurance", "Health insurance number", "health", {
    labels:
      "health insurance|insurance policy|policy number|member id|krankenversicherungsnummer|krankenversichertennummer|versichertennummer|carte vitale|tessera sanitaria|tarjeta sanitaria|medicare number|医保卡|健康保険",
  }),
  labelled("medical-record", "Medical record number", "health", {
    labels:
      "medical record|medical_record|mrn|patient id|patient number|patient_id|patientennummer|numéro de dossier|historia clínica|病历|病案|カルテ",
  }),
  labelled("account-number", "Account number", "business", {
    labels:
      "account number|bank account|account_number|acct number|kontonummer|konto|numéro de compte|número de cuenta|numero di conto|rekeningnummer|número da conta|номер счета|номер счёта|银行账号|银行卡号|口座番号|계좌번호",
  }),
  labelled("vehicle-number", "Vehicle number", "device", {
    labels: "vin|vehicle identification|license plate|licence plate|kennzeichen|plaque d'immatriculation|matrícula",
    severity: "low",
  }),
  streets(
    "straße|strasse|str. |weg |platz |allee |gasse |straat |laan |plein |gracht ",
    "(?<=[A-ZÄÖÜ][A-Za-zäöüß.-]{1,24})(?:straße|strasse|str\\.|weg|platz|allee|gasse|straat|laan|plein|gracht) \\d{1,4} ?[a-zA-Z]?(?:, ?|\\n| )\\d{4,5} ?(?:[A-Z]{2} )?[A-ZÄÖÜ][a-zäöüß]{2,30}",
  ),
  streets(
    "rue |avenue |boulevard |place |chemin |allée |impasse |quai ",
    "(?<=\\d(?: ?(?:bis|ter))?,? )(?:rue|avenue|boulevard|place|chemin|allée|impasse|quai) [A-Za-zÀ-ÿ' -]{3,40}(?:, ?|\\n| )\\d{5} [A-ZÀ-Þ][A-Za-zÀ-ÿ' -]{2,30}",
  ),
  streets(
    "calle |avenida |avda. |plaza |paseo |via |viale |piazza |corso |rua |travessa ",
    "(?:Calle|Avenida|Avda\\.|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Travessa) [A-Za-zÀ-ÿ'. -]{2,40},? (?:n[º°.] ?)?\\d{1,5}(?:[^\\n\\d]{0,30})(?:, ?|\\n| |- ?)\\d{4,5}(?:-\\d{3})?,? [A-ZÀ-Þ][A-Za-zÀ-ÿ' -]{2,30}",
  ),
])

const SEQUENCES = /^(?:0?12345\d*|9876\d*|0+1?|1111\d*)$/
const DATE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/
