// Data that only its label, or the words it is built of, make personal: names, addresses, birth dates, traits, health, plates, bank codes.
import { type Pattern, PatternSet } from "../text/pattern-set.ts"
import type { View } from "../text/view.ts"
import { type Entity, type EntityKind, kind } from "./entity.ts"

interface Labelled {
  readonly kind: EntityKind
  readonly confidence: number
  readonly valid?: (value: string) => boolean
}

export function findLabelled(view: View, found: (entity: Entity) => void): void {
  set.scan(view, (rule, match, start) => {
    const value = match.groups?.["value"] ?? match[0]
    if (rule.valid !== undefined && !rule.valid(value)) return
    const from = start + match[0].lastIndexOf(value)
    found({ kind: rule.kind, confidence: rule.confidence, start: from, end: from + value.length })
  })
}

/** `label` is read where a keyword stands; then an operator, then the value. JSON, YAML, CSV headers beside values, forms and prose. */
function labelled(
  id: string,
  title: string,
  group: EntityKind["group"],
  severity: EntityKind["severity"],
  body: {
    readonly keywords: readonly string[]
    readonly value: string
    readonly confidence: number
    readonly valid?: (value: string) => boolean
  },
): Pattern<Labelled> {
  const names = body.keywords.map((keyword) => keyword.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|")
  return {
    rule: {
      kind: kind(id, title, group, severity),
      confidence: body.confidence,
      ...(body.valid === undefined ? {} : { valid: body.valid }),
    },
    keywords: body.keywords,
    pattern: new RegExp(
      `(?<![A-Za-z])(?:${names})["'\\])*]{0,3}\\s{0,3}(?:[:=：|-]|\\bis\\b|是|为|為)["'\\s*]{0,4}(?<value>${body.value})`,
      "i",
    ),
  }
}

const PERSON = "[A-ZÀ-Þ][a-zà-ÿ'’-]{1,20}(?:[ ,.]{1,2}[A-ZÀ-Þ][A-Za-zà-ÿ'’-]{0,20}){0,3}"
const DATE =
  "(?:\\d{4}[-/.年]\\d{1,2}[-/.月]\\d{1,2}|\\d{1,2}[-/. ](?:\\d{1,2}|[A-Za-z]{3,9})[-/. ,]{1,2}\\d{2,4}|[A-Z][a-z]{2,8} \\d{1,2},? \\d{4})"
const notWord = (value: string) =>
  !/^(?:the|a|an|string|null|none|name|undefined|true|false|test|example|value|text|required|optional|unknown|n\/a|your|john doe|jane doe)\b/i.test(
    value,
  )
const capitalised = (value: string) => /^[A-ZÀ-Þ]/.test(value) && notWord(value)

const patterns: readonly Pattern<Labelled>[] = [
  labelled("name", "Name of a person", "person", "low", {
    keywords: [
      "full_name",
      "fullname",
      "full name",
      "first_name",
      "firstname",
      "first name",
      "last_name",
      "lastname",
      "last name",
      "surname",
      "given_name",
      "patient name",
      "patient_name",
      "patient",
      "customer name",
      "customer_name",
      "cardholder",
      "account holder",
      "contact name",
      "employee name",
      "employee",
      "my name",
      "nombre",
      "nom",
      "prénom",
      "vorname",
      "nachname",
      "cognome",
      "sobrenome",
    ],
    value: PERSON,
    confidence: 0.6,
    valid: capitalised,
  }),
  labelled("name-cn", "Name of a person", "person", "low", {
    keywords: ["姓名", "联系人", "聯絡人", "收件人", "患者", "客户姓名", "持卡人", "申请人", "名字", "氏名", "お名前", "성명", "이름"],
    value: "(?:[\\u4e00-\\u9fa5]{2,4}|[\\u4e00-\\u9fff\\u3040-\\u30ff]{2,8}|[\\uac00-\\ud7af]{2,4})",
    confidence: 0.7,
    valid: (value) => !/(?:不能|必填|为空|字段|输入|字符|长度)/.test(value),
  }),
  labelled("birth-date", "Date of birth", "person", "low", {
    keywords: [
      "dob",
      "d.o.b",
      "date of birth",
      "date_of_birth",
      "birth_date",
      "birthdate",
      "birthday",
      "born",
      "出生日期",
      "出生年月",
      "生日",
      "生年月日",
      "생년월일",
      "fecha de nacimiento",
      "geburtsdatum",
      "date de naissance",
      "data de nascimento",
      "дата рождения",
    ],
    value: DATE,
    confidence: 0.8,
  }),
  labelled("gender", "Gender", "trait", "info", {
    keywords: ["gender", "sex", "性别", "性別", "성별"],
    value: "(?:male|female|man|woman|non-binary|m|f|男|女|남|여)(?![\\w])",
    confidence: 0.6,
  }),
  labelled("religion", "Religious belief", "trait", "low", {
    keywords: ["religion", "religious belief", "faith", "宗教信仰", "宗教"],
    value:
      "(?:christian|catholic|protestant|muslim|islam|buddhis[tm]|hindu|jewish|judaism|sikh|taois[tm]|atheis[tm]|佛教|道教|基督教|天主教|伊斯兰教|回教)\\w{0,6}",
    confidence: 0.7,
  }),
  labelled("ethnicity", "Ethnicity", "trait", "low", {
    keywords: ["ethnicity", "ethnic group", "race", "民族"],
    value:
      "(?:[\\u4e00-\\u9fa5]{1,5}族|asian|black|african american|white|caucasian|hispanic|latino|native american|han|uyghur|tibetan)(?![a-z])",
    confidence: 0.7,
  }),
  labelled("medical", "Health data", "health", "medium", {
    keywords: [
      "diagnosis",
      "diagnosed with",
      "icd-10",
      "icd10",
      "medication",
      "prescription",
      "prescribed",
      "blood type",
      "allergies",
      "诊断",
      "診斷",
      "病史",
      "过敏史",
      "处方",
      "血型",
      "診断",
      "진단",
      "diagnóstico",
      "diagnose",
      "diagnostic médical",
    ],
    value:
      "(?:[A-TV-Z]\\d[0-9AB](?:\\.\\w{1,4})?(?![\\w])|(?:AB|A|B|O)[+-](?![\\w])|[A-Za-z][A-Za-z0-9 -]{0,40}(?:itis|osis|emia|oma|pathy|diabetes|cancer|hypertension|asthma|HIV|hepatitis|depression|syndrome|disorder|disease|mg)|[\\u4e00-\\u9fa50-9]{0,10}(?:病|炎|癌|症|瘤|糖尿|高血压))",
    confidence: 0.75,
  }),
  labelled("salary", "Salary", "person", "low", {
    keywords: ["salary", "annual compensation", "base pay", "gehalt", "salaire", "salario", "年薪", "月薪", "工资", "薪资", "給与", "연봉"],
    value: "(?:[$€£¥￥]|USD|EUR|CNY|RMB)? ?\\d[\\d,. ]{3,12}(?:\\s?(?:USD|EUR|元|万|円|원|k))?",
    confidence: 0.6,
  }),
  labelled("driver-licence", "Driving licence number", "identity", "medium", {
    keywords: ["driver's license", "driver license", "driving licence", "drivers license", "license number", "驾驶证号", "驾照"],
    value: "[A-Z0-9][A-Z0-9-]{5,18}(?=[^A-Za-z0-9])",
    confidence: 0.7,
    valid: (value) => /\d{4}/.test(value),
  }),
  labelled("passport-number", "Passport number", "identity", "medium", {
    keywords: [
      "passport number",
      "passport no.",
      "passport no",
      "passport #",
      "passport",
      "护照号码",
      "护照号",
      "护照",
      "旅券番号",
      "numéro de passeport",
      "reisepassnummer",
      "número de pasaporte",
    ],
    value: "[A-Z0-9]{7,10}(?![A-Za-z0-9])",
    confidence: 0.85,
    valid: (value) => (value.match(/\d/g) ?? []).length >= 4,
  }),
  labelled("swift", "Bank identifier (SWIFT)", "business", "info", {
    keywords: ["swift", "bic", "swift code", "bic code", "swift/bic"],
    value:
      "[A-Z]{4}(?:AD|AE|AR|AT|AU|BE|BG|BH|BR|CA|CH|CL|CN|CO|CY|CZ|DE|DK|EE|EG|ES|FI|FR|GB|GR|HK|HR|HU|ID|IE|IL|IN|IS|IT|JO|JP|KE|KR|KW|KZ|LB|LI|LT|LU|LV|MA|MC|MO|MT|MX|MY|NG|NL|NO|NZ|OM|PE|PH|PK|PL|PT|QA|RO|RS|RU|SA|SE|SG|SI|SK|TH|TN|TR|TW|UA|US|UY|VN|ZA)[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9])",
    confidence: 0.8,
    valid: (value) => value === value.toUpperCase(),
  }),
  labelled("business-license", "Business licence number", "business", "low", {
    keywords: [
      "营业执照号",
      "营业执照",
      "注册号",
      "business license",
      "business licence",
      "税务登记证号",
      "税务登记证",
      "纳税人识别号",
      "税号",
    ],
    value: "[0-9A-Z]{13,20}(?![A-Za-z0-9])",
    confidence: 0.8,
  }),
  labelled("officer-id", "Officer identity card", "identity", "medium", {
    keywords: ["军官证号", "军官证", "士兵证", "警官证"],
    value: "[\\u4e00-\\u9fa5]{0,3}字?第?[A-Z0-9]{6,10}号?",
    confidence: 0.85,
  }),
  labelled("province-cn", "Province", "place", "info", {
    keywords: ["省份", "所在省", "籍贯", "户籍"],
    value:
      "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)[省市]?",
    confidence: 0.7,
  }),
  labelled("city-cn", "City", "place", "info", {
    keywords: ["城市", "所在市", "所在城市"],
    value: "[\\u4e00-\\u9fa5]{2,6}市?(?![\\u4e00-\\u9fa5])",
    confidence: 0.5,
  }),
  labelled("address", "Postal address", "place", "low", {
    keywords: [
      "home address",
      "mailing address",
      "shipping address",
      "billing address",
      "street address",
      "residential address",
      "住址",
      "家庭住址",
      "收货地址",
      "通讯地址",
      "地址",
      "住所",
      "주소",
      "dirección",
      "adresse",
      "anschrift",
      "endereço",
      "адрес",
    ],
    value: '(?=[^\\n"]{0,60}\\d)[^\\n"\']{10,120}',
    confidence: 0.6,
    valid: (value) => !/^(?:https?:|0x|\/|\w+@)|[{}<>;]|\d+\.\d+\.\d+\.\d+/.test(value),
  }),
  {
    rule: { kind: kind("name-said", "Name of a person", "person", "low"), confidence: 0.6 },
    keywords: ["my name is ", "name is ", "contact ", "i am ", "i'm ", "patient ", "customer ", "regards,", "sincerely,"],
    pattern:
      /(?<![A-Za-z])(?:[Mm]y name is |[Nn]ame is |[Cc]ontact |I am |I'm |[Pp]atient |[Cc]ustomer |[Rr]egards,\n|[Ss]incerely,\n)(?<value>[A-ZÀ-Þ][a-zà-ÿ'-]{1,15} (?:[A-Z]\. )?[A-ZÀ-Þ][a-zà-ÿ'-]{1,20})(?![A-Za-z])/,
  },
  {
    rule: { kind: kind("name-title", "Name of a person", "person", "info"), confidence: 0.5 },
    keywords: ["Mr. ", "Mrs. ", "Ms. ", "Dr. ", "Herr ", "Frau ", "Señor "],
    pattern: /(?<![A-Za-z])(?:Mr\.|Mrs\.|Ms\.|Dr\.|Herr|Frau|Señora?) (?<value>[A-ZÀ-Þ][a-zà-ÿ'-]{1,20}(?: [A-ZÀ-Þ][a-zà-ÿ'-]{1,20}){1,2})/,
  },
]

const set = new PatternSet<Labelled>(patterns)

/** Addresses by their structure alone: a house number with a street word, or a chain of Chinese place levels that ends in a number. */
export function findAddresses(text: string, beyondAscii: boolean, found: (entity: Entity) => void): void {
  for (const match of text.matchAll(US_ADDRESS)) {
    found({ kind: ADDRESS, confidence: match[1] === undefined ? 0.6 : 0.85, start: match.index, end: match.index + match[0].length })
  }
  if (!beyondAscii) return
  if (/[路街道巷村弄]/.test(text)) {
    for (const match of text.matchAll(CN_ADDRESS))
      found({ kind: ADDRESS_CN, confidence: 0.85, start: match.index, end: match.index + match[0].length })
  }
  for (const match of text.matchAll(CN_PLATE))
    found({ kind: PLATE_CN, confidence: 0.8, start: match.index, end: match.index + match[0].length })
}

const ADDRESS = kind("address-us", "Postal address", "place", "low")
const ADDRESS_CN = kind("address-cn", "Postal address (China)", "place", "low")
const PLATE_CN = kind("plate-cn", "Vehicle plate (China)", "device", "low")
// The house number anchors it; every repeat is bounded.
const US_ADDRESS =
  /\d(?<![\w.,$-]\d)\d{0,4} (?:[NSEW]\.? )?(?:[A-Z][a-z]{1,15}|\d{1,3}(?:st|nd|rd|th)) (?:[A-Z][a-z]{1,15} ){0,2}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Parkway|Pkwy|Highway|Hwy|Square|Sq|Circle|Cir)\b\.?(?:,? (?:Apt|Suite|Ste|Unit|#)\.? ?[\w-]{1,6})?((?:, ?|\n)[A-Z][A-Za-z. ]{2,25},? [A-Z]{2} \d{5}(?:-\d{4})?)?/g
const CN_ADDRESS =
  /(?:[\u4e00-\u9fa5]{2,8}(?:省|自治区|特别行政区|市))?[\u4e00-\u9fa5]{2,8}(?:市|州|区|县|旗)[\u4e00-\u9fa5]{1,12}(?:区|县|镇|乡|街道|路|街|大道|村|新区)[\u4e00-\u9fa50-9A-Za-z]{0,16}[0-9一二三四五六七八九十百]{1,5}(?:号|號|弄|栋|室|单元|组)(?:[\u4e00-\u9fa50-9A-Za-z-]{0,14}(?:室|号|楼|层|栋|单元))?/g
const CN_PLATE =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·• ]?(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])|[DF][A-HJ-NP-Z0-9]\d{4}(?!\d)|\d{5}[DF](?![A-Za-z0-9]))/g
