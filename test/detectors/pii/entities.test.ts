import { describe, expect, it } from "vitest"
import { findEntities, piiDetector } from "../../../detectors/pii/detector.ts"
import { rawView } from "../../../detectors/text/view.ts"
import type { Place, RawFinding } from "../../../services/contracts/inspection.ts"
import type { Direction } from "../../../services/contracts/primitives.ts"

/** Published sample numbers of each authority, with the words they come with. */
const hits: readonly (readonly [rule: string, text: string])[] = [
  ["pii/card", "my card is 4539 1488 0343 6467 ok"],
  ["pii/card", "visa 4539148803436467"],
  ["pii/card", "银行卡号：6222021001116245702"],
  ["pii/us-ssn", "SSN: 536-22-8719"],
  ["pii/us-ssn", "his number, 536-22-8719, is on file"],
  ["pii/us-itin", "ITIN 912-70-1234"],
  ["pii/us-routing", "routing number 021000021"],
  ["pii/us-npi", "NPI 1234567893"],
  ["pii/iban", "IBAN DE89 3704 0044 0532 0130 00"],
  ["pii/iban", "GB82WEST12345698765432"],
  ["pii/cn-id-x", "身份证号11010519491231002X"],
  ["pii/cn-mobile", "手机 13812345670"],
  ["pii/cn-mobile", "call 138-1234-5670"],
  ["pii/cn-uscc", "统一社会信用代码 91350100M000100Y43"],
  ["pii/hk-id", "HKID A123456(3)"],
  ["pii/tw-id", "身分證 A123456789"],
  ["pii/sg-id", "NRIC S1234567D"],
  ["pii/my-id", "MyKad 900101-14-5678"],
  ["pii/kr-rrn", "주민등록번호 800101-1234560"],
  ["pii/jp-my-number", "マイナンバー 1234 5678 9018"],
  ["pii/in-aadhaar", "Aadhaar 2341 2341 2346"],
  ["pii/in-pan", "PAN ABCPE1234F"],
  ["pii/br-cpf", "111.444.777-35"],
  ["pii/br-cnpj", "11.222.333/0001-81"],
  ["pii/uk-nhs", "NHS number 943 476 5919"],
  ["pii/uk-nino", "NI number AB 12 34 56 C"],
  ["pii/es-dni", "DNI 12345678Z"],
  ["pii/es-nie", "NIE X1234567L"],
  ["pii/it-cf", "RSSMRA85T10A562S"],
  ["pii/fr-nir", "N° sécurité sociale 2 55 08 14 168 025 38"],
  ["pii/de-tax-id", "Steuer-ID 86 095 742 719"],
  ["pii/pl-pesel", "PESEL 44051401359"],
  ["pii/se-personnummer", "personnummer 811218-9876"],
  ["pii/fi-hetu", "henkilötunnus 131052-308T"],
  ["pii/nl-bsn", "BSN 111222333"],
  ["pii/be-id", "rijksregister 85.07.30-033.28"],
  ["pii/pt-nif", "NIF 123456789"],
  ["pii/tr-id", "TCKN 10000000146"],
  ["pii/ru-inn", "ИНН 7707083893"],
  ["pii/ru-snils", "СНИЛС 112-233-445 95"],
  ["pii/za-id", "South Africa ID number 8001015009087"],
  ["pii/au-tfn", "TFN 123 456 782"],
  ["pii/au-medicare", "Medicare 2123 45670 1"],
  ["pii/ca-sin", "SIN 130 692 544"],
  ["pii/vin", "VIN 1M8GDM9AXKP042788"],
  ["pii/imei", "IMEI 490154203237518"],
  ["pii/meid-digits", "MEID 35A0000000123B"],
  ["pii/mac", "eth0 3c:22:fb:1a:90:0e"],
  ["pii/passport-mrz", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"],
  ["pii/passport-number", "Passport number: C01X00T47"],
  ["pii/cn-hk-permit", "港澳通行证 C12345678"],
  ["pii/officer-id", "军官证号：海字第1234567号"],
  ["pii/business-license", "营业执照号：110105012345678"],
  ["pii/email", "write to anna.schmidt@posteo.de"],
  ["pii/phone", "+49 30 901820 11"],
  ["pii/us-phone", "phone (415) 273-9164"],
  ["pii/us-phone", "tel 415-273-9164"],
  ["pii/address-us", "lives at 1428 Elm Street, Springfield, IL 62704"],
  ["pii/address-cn", "广东省深圳市南山区科技园路15号3栋502室"],
  ["pii/plate-cn", "车牌 粤B12345"],
  ["pii/name", '{"full_name": "Maria Gonzalez"}'],
  ["pii/name-cn", "姓名：王小明"],
  ["pii/birth-date", "Date of birth: 1984-03-12"],
  ["pii/gender", "性别：女"],
  ["pii/religion", "Religion: Buddhist"],
  ["pii/ethnicity", "民族：维吾尔族"],
  ["pii/medical", "Diagnosis: E11.9"],
  ["pii/medical", "诊断：2型糖尿病"],
  ["pii/swift", "SWIFT: DEUTDEFF500"],
  ["pii/province-cn", "籍贯：湖南省"],
  ["pii/salary", "Salary: $125,000"],
]

/** Ordinary text that looks a little like one of them. */
const misses: readonly (readonly [text: string, reason: string])[] = [
  ["550e8400-e29b-41d4-a716-446655440000", "a UUID"],
  ["commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904", "a hash"],
  ["1700000000000", "a time in milliseconds"],
  ["version 1.2.3.4567", "a version"],
  ["192.168.1.100:8080", "an address"],
  ["4111 1111 1111 1111", "a published test card"],
  ["order 4539148803436460", "fails the check digit"],
  ["noreply@github.com and user@example.com", "a role and a sample"],
  ["@types/node@20.1.2 lodash@4.17.21", "packages"],
  ["logo@2x.png", "a file"],
  ["3.14159265358979", "a number"],
  ["078-05-1120", "the sample of the authority"],
  ["phone: 555", "too short"],
  ["8366487E-16 -51040905E-20", "powers of ten, one of them with the check letter of an identity number"],
]

describe("personal data", () => {
  it.each(hits)("%s in %j", (rule, text) => {
    expect(kinds(text)).toContain(rule)
  })

  it.each(misses)("nothing in %j (%s)", (text) => {
    expect(kinds(text)).toEqual([])
  })

  it("reports a table of people as bulk, and its direction decides how bad it is", () => {
    const rows = ["536-22-8719", "219-45-6781", "401-55-1938", "622-18-3344", "145-67-8890", "318-22-7781"]
    const table = rows.map((ssn, i) => `Person${i},${ssn}`).join("\n")
    expect(inspect(table, "outbound", "user").find(({ rule }) => rule === "pii/bulk")?.severity).toBe("high")
    expect(inspect(table, "inbound", "tool-result").find(({ rule }) => rule === "pii/bulk")?.severity).toBe("medium")
  })

  it("puts several kinds together to a profile", () => {
    const text = "Full name: Anna Schmidt, phone (415) 273-9164, lives at 1428 Elm Street, Springfield, IL 62704"
    expect(inspect(text, "outbound", "tool-call").map(({ rule }) => rule)).toContain("pii/profile")
  })

  it("finds a number written with full-width digits and says where it was", () => {
    const text = "身份证 １１０１０５１９４９１２３１００２Ｘ"
    const [finding] = inspect(text, "outbound", "user")
    expect(finding?.rule).toBe("pii/cn-id-x")
    expect(text.slice(...(finding?.span ?? [0, 0]))).toBe("１１０１０５１９４９１２３１００２Ｘ")
  })
})

function kinds(text: string): string[] {
  return findEntities(rawView(text)).map(({ kind }) => kind.id)
}

function inspect(text: string, direction: Direction, place: Place): RawFinding[] {
  const found: RawFinding[] = []
  piiDetector().inspect({ id: "t", kind: "scan", direction, texts: [{ place, direction, path: "text", text }] }, (finding) =>
    found.push(finding),
  )
  return found
}
