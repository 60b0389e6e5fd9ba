// Personal data in sentences, forms, mails and tables of ten languages, and numbers that are none. Written without a look at the rules; check digits are
// computed here. Every other template is held out.
import { LETTERS, type Random, UPPER } from "./random.ts"

export const personal: readonly (readonly [string, (random: Random) => string])[] = [
  ["card", (r) => `Please charge my card ${card(r, "4", 16)}, expiry 09/28, CVV ${r.digits(3)}.`],
  ["card", (r) => JSON.stringify({ customer: "C-10", card_number: card(r, "5", 16, "2"), exp: "11/27", holder: "DANA MEYER" })],
  ["card", (r) => `Numéro de carte : ${spaced(card(r, "4", 16), 4)} valable jusqu'au 05/27`],
  ["card", (r) => `Meine Kreditkarte (Amex) hat die Nummer ${card(r, "37", 15)}`],
  ["card", (r) => `信用卡号：${card(r, "62", 16, "2")}，有效期 08/29`],
  ["iban", (r) => `Bitte überweisen Sie auf IBAN ${spaced(iban(r, "DE", r.digits(18)), 4)} (Empfänger: M. Vogel).`],
  ["iban", (r) => `mon iban est ${iban(r, "FR", r.digits(23))}`],
  ["iban", (r) => `Transfer to ${iban(r, "GB", `NWBK${r.digits(14)}`)} before Friday`],
  ["iban", (r) => `Haga la transferencia a ES: ${iban(r, "ES", r.digits(20))}`],
  ["iban", (r) => `{"payee":"Rossi","account":"${iban(r, "NL", `INGB${r.digits(10)}`)}"}`],
  [
    "ssn",
    (r) => `Patient: John Carter, SSN ${r.pick(["212", "431", "523"])}-${1 + r.next(8)}${r.digits(1)}-${r.digits(4)}, admitted 03/02`,
  ],
  ["ssn", (r) => `My social security number is ${r.pick(["212", "431", "523"])}-4${r.digits(1)}-${r.digits(4)}.`],
  ["ssn", (r) => `social_security_number,name\n${r.pick(["212", "431"])}-3${r.digits(1)}-${r.digits(4)},Ann Lee`],
  ["passport", (r) => `Passport number: ${r.upper(1).replace(/\d/, "C")}${r.digits(8)}, issued in Boston`],
  ["passport", (r) => `Reisepass-Nr. C${r.of("0123456789CFGHJKLMNPRTVWXYZ", 7)}${r.digits(1)}, ausgestellt in Köln`],
  ["passport", (r) => `Número de pasaporte: ${r.of(UPPER, 3)}${r.digits(6)}`],
  ["passport", (r) => `护照号码：E${r.digits(8)}`],
  ["driver", (r) => `driver's license ${r.of(UPPER, 1)}${r.digits(7)} (California)`],
  ["driver", (r) => `Führerscheinnummer: B${r.upper(9)}${r.digits(1)}`],
  ["driver", (r) => `permis de conduire n° ${r.digits(12)}`],
  ["national id", (r) => `DNI: ${dni(r)}`],
  ["national id", (r) => `Mi NIE es ${nie(r)} y vivo en Valencia`],
  ["national id", (r) => `身份证号 ${cnId(r)}，请核对`],
  ["national id", (r) => `客户张伟，公民身份号码：${cnId(r)}`],
  ["national id", (r) => `PESEL: ${pesel(r)}`],
  ["national id", (r) => `meu CPF é ${cpf(r)}`],
  ["national id", (r) => `CPF do cliente: ${cpf(r)} nascido em 02/03/1987`],
  ["national id", (r) => `Aadhaar number ${aadhaar(r)}`],
  ["national id", (r) => `My PAN is ${r.of(UPPER, 3)}P${r.of(UPPER, 1)}${r.digits(4)}${r.of(UPPER, 1)}`],
  ["national id", (r) => `주민등록번호: ${krRrn(r)}`],
  ["national id", (r) => `マイナンバー：${myNumber(r)}`],
  ["national id", (r) => `NHS number: ${nhs(r)}`],
  ["national id", (r) => `National Insurance number ${r.pick(["AB", "CE", "JG"])} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} C`],
  ["national id", (r) => `Numéro de sécurité sociale : ${nir(r)}`],
  ["national id", (r) => `codice fiscale ${codice(r)}`],
  ["national id", (r) => `BSN ${bsn(r)}`],
  ["national id", (r) => `Steuer-ID: ${steuerId(r)}`],
  ["national id", (r) => `ИНН ${inn(r)}, паспорт ${r.digits(4)} ${r.digits(6)}`],
  ["national id", (r) => `SIN: ${spaced(luhn(`1${r.digits(7)}`), 3)}`],
  ["national id", (r) => `Medicare and TFN ${tfn(r)} on file`],
  ["national id", (r) => `NRIC ${nric(r)}`],
  ["national id", (r) => `HKID: ${hkid(r)}`],
  [
    "e-mail",
    (r) => `You can reach me at ${r.pick(["laura.benitez", "k.tanaka", "o_brien77"])}@${r.pick(["gmail.com", "web.de", "orange.fr"])}.`,
  ],
  ["e-mail", (r) => `E-Mail-Adresse des Kunden: ${r.pick(["h.schmidt", "anna-lena"])}${r.digits(2)}@gmx.de`],
  ["e-mail", (r) => `correo electrónico: ${r.pick(["marta", "jlopez"])}${r.digits(2)}@hotmail.com`],
  ["phone", (r) => `Call me on +1 (415) ${r.pick(["555", "736"])}-${r.digits(4)} after six.`],
  ["phone", (r) => `Telefonnummer: +49 171 ${r.digits(7)}`],
  ["phone", (r) => `Mon téléphone est le 06 ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}`],
  ["phone", (r) => `手机号：138${r.digits(8)}`],
  ["phone", (r) => `電話番号は090-${r.digits(4)}-${r.digits(4)}です`],
  ["phone", (r) => `전화번호: 010-${r.digits(4)}-${r.digits(4)}`],
  ["phone", (r) => `телефон: +7 916 ${r.digits(3)}-${r.digits(2)}-${r.digits(2)}`],
  ["phone", (r) => `meu celular é (11) 9${r.digits(4)}-${r.digits(4)}`],
  ["date of birth", (r) => `Date of birth: ${1 + r.next(27)} March 19${60 + r.next(39)}`],
  ["date of birth", (r) => `Geburtsdatum: 1${r.next(9)}.04.19${60 + r.next(39)}`],
  ["date of birth", (r) => `née le 1${r.next(9)}/05/19${60 + r.next(39)} à Lyon`],
  ["date of birth", (r) => `出生日期：19${60 + r.next(39)}年5月1${r.next(9)}日`],
  ["address", (r) => `Ship it to ${r.digits(3)} Maple Avenue, Springfield, IL 62${r.digits(3)}.`],
  ["address", (r) => `Adresse: Lindenstraße ${r.next(90) + 1}, 50${r.digits(3)} Köln`],
  ["address", (r) => `Vive en Calle Mayor ${r.next(90) + 1}, 28${r.digits(3)} Madrid`],
  ["address", (r) => `j'habite au ${r.next(90) + 1} rue de la République, 69002 Lyon`],
  ["address", (r) => `收货地址：广东省深圳市南山区科技园路${r.next(90) + 1}号3栋502室`],
  ["name", () => `Patient name: Margaret O'Neill, ward 4`],
  ["name", () => `{"first_name":"Giulia","last_name":"Bianchi"}`],
  ["name", () => `Sehr geehrte Frau Dr. Hoffmann, vielen Dank für Ihre Nachricht.`],
  ["name", () => `联系人：李建国`],
  ["medical", () => `Diagnosis: type 2 diabetes (E11.9), patient takes metformin 500 mg`],
  ["medical", (r) => `Medical record number MRN ${r.digits(8)}, HIV positive`],
  ["medical", (r) => `Krankenversicherungsnummer ${r.of(UPPER, 1)}${r.digits(9)}`],
  ["bank account", (r) => `Account number ${r.digits(9)}, routing number 021000021`],
  ["bank account", (r) => `Sort code ${r.digits(2)}-${r.digits(2)}-${r.digits(2)}, account ${r.digits(8)}`],
  ["bank account", (r) => `BIC/SWIFT DEUTDEFF500, Konto ${r.digits(10)}`],
  ["vehicle", (r) => `VIN 1HGCM82633A00${r.digits(4)}, plate 7ABC${r.digits(3)}`],
  ["vehicle", (r) => `车牌号：粤B${r.upper(5)}`],
  ["device", (r) => `IMEI ${luhn(`35${r.digits(12)}`)}`],
  ["device", (r) => `MAC address of her laptop: 3c:22:fb:${r.hex(2)}:${r.hex(2)}:${r.hex(2)}`],
  [
    "profile",
    (r) =>
      `Name: Karen Whitfield\nDOB: 04/11/1979\nAddress: ${r.digits(2)} Elm St, Dayton, OH 45402\nPhone: (937) 555-${r.digits(4)}\nEmail: karen.w${r.digits(2)}@yahoo.com`,
  ],
  [
    "profile",
    (r) =>
      `Nom : Camille Durand\nNé(e) le : 12/08/1990\nTéléphone : 07 ${r.digits(2)} ${r.digits(2)} ${r.digits(2)} ${r.digits(2)}\nCourriel : c.durand${r.digits(2)}@free.fr`,
  ],
  ["profile", (r) => `姓名：王芳 手机：139${r.digits(8)} 身份证：${cnId(r)} 地址：北京市朝阳区建国路${r.digits(2)}号`],
  [
    "bulk",
    (r) =>
      `id,name,email,phone\n${Array.from({ length: 8 }, (_, n) => `${n},${r.pick(["Ann", "Bob", "Eve"])} ${r.pick(["Lee", "Ray", "Fox"])},user${r.digits(4)}@gmail.com,+1 415 736 ${r.digits(4)}`).join("\n")}`,
  ],
  [
    "bulk",
    (r) => JSON.stringify(Array.from({ length: 7 }, () => ({ nombre: "Luis", dni: dni(r), correo: `c${r.digits(4)}@hotmail.com` }))),
  ],
]

export const notPersonal: readonly ((random: Random) => string)[] = [
  (r) => `Order ${r.digits(16)} shipped, tracking 1Z${r.upper(16)}`,
  (r) => `{"ts":${1_700_000_000_000 + r.next(1_000_000_000)},"seq":${r.digits(9)},"id":${r.digits(18)}}`,
  (r) => `build ${r.digits(8)} finished in ${r.digits(3)} ms, 4${r.digits(3)} tests, coverage 87.${r.digits(2)} %`,
  (r) => `version 10.0.${r.digits(5)}.${r.digits(4)} released 2026-03-11`,
  (r) => `ISBN 978-3-16-148410-0, DOI 10.1000/${r.digits(6)}`,
  () => `Visa test card 4242 4242 4242 4242 and 4111 1111 1111 1111 work in the sandbox.`,
  () => `Contact support@example.com or noreply@github.com for help. Call 1-800-555-0199.`,
  () => `from 192.168.0.12 to 10.2.3.4 via fe80::1, mask 255.255.255.0`,
  (r) => `const PRIME = ${r.digits(15)}n\nconst EPOCH = 1420070400000\nconst MAX = 9007199254740991`,
  (r) => `SKU ${r.digits(12)}, EAN ${r.digits(13)}, price 1.299,00 EUR`,
  () => `The meeting of the 12 March 2026 was moved to 14:30, room 204, building 7.`,
  () => `Die Straße ist 12 km lang und führt durch 50 Dörfer; Berlin hat 3,7 Millionen Einwohner.`,
  () => `Le rapport de 2025 compte 120 pages; la population de Lyon est de 520 000 habitants.`,
  () => `东京奥运会共有 11326 名运动员参加，来自 206 个国家和地区。`,
  () => `Alan Turing was born in London and worked at Bletchley Park. Marie Curie won two Nobel prizes.`,
  (r) => `lat/long tiles z=12 x=${r.digits(4)} y=${r.digits(4)}; bbox 5.98,47.30,15.01,54.98`,
  (r) => `pid ${r.digits(5)} tid ${r.digits(5)} addr 0x${r.hex(12)} size ${r.digits(10)}`,
  () => `git config user.email "you@example.com" && git config user.name "Your Name"`,
  (r) => `Invoice 2026-${r.digits(5)}: net 1,240.00, VAT 235.60, total 1,475.60 USD`,
  (r) => `stock 600${r.digits(3)} rose 3.2 %, volume ${r.digits(9)}, turnover ${r.digits(11)}`,
  (r) => `"phash": "${r.digits(20)}", "snowflake": "${r.digits(18)}", "score": 0.${r.digits(16)}`,
  () => `SELECT name, email, phone, date_of_birth FROM customers WHERE passport_number IS NOT NULL`,
  () => `interface Person { firstName: string; ssn: string; cardNumber: string; iban?: string; dateOfBirth: Date }`,
  () => `Please enter your name, your e-mail address and your telephone number in the form below.`,
  (r) => `pkts ${r.digits(10)} bytes ${r.digits(13)} drops 0 errs 0 mtu 1500 qlen 1000`,
  (r) => `npm warn deprecated pkg@1.${r.digits(2)}.${r.digits(2)}: 202${r.digits(1)}1${r.digits(1)}21 rev ${r.digits(12)}`,
  () => `The ICD-10 code system has chapters from A00 to Z99. E11 is used for type 2 diabetes in general.`,
  () => `Room: Maple Avenue (ground floor), Oak (1st floor). Seats: 12 / 8. Key code on the intranet.`,
  (r) => `3c22fb${r.hex(6)} ${r.hex(12)} revision ${r.digits(7)} matches`,
  () => `Phone numbers in tests use 555-0100 to 555-0199; e-mail addresses use example.org.`,
]

function luhn(body: string): string {
  let sum = 0
  for (let n = 0; n < body.length; n++) {
    let digit = Number(body[body.length - 1 - n])
    if (n % 2 === 0) digit = digit > 4 ? digit * 2 - 9 : digit * 2
    sum += digit
  }
  return `${body}${(10 - (sum % 10)) % 10}`
}

function card(r: Random, prefix: string, length: number, second = ""): string {
  return luhn(`${prefix}${second}${r.digits(length - 1 - prefix.length - second.length)}`)
}

function spaced(text: string, size: number): string {
  return text.replace(new RegExp(`(.{${size}})(?=.)`, "g"), "$1 ")
}

function iban(_r: Random, country: string, bban: string): string {
  const digits = `${bban}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, "0")}${bban}`
}

function dni(r: Random): string {
  const number = r.digits(8)
  return `${number}${DNI[Number(number) % 23]}`
}

function nie(r: Random): string {
  const number = r.digits(7)
  return `X${number}${DNI[Number(number) % 23]}`
}

function cnId(r: Random): string {
  const body = `44030119${60 + r.next(39)}0${1 + r.next(8)}1${r.next(9)}${r.digits(3)}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return `${body}${"10X98765432"[weights.reduce((sum, weight, n) => sum + weight * Number(body[n]), 0) % 11]}`
}

function weighted(body: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, n) => sum + weight * Number(body[n]), 0)
}

function pesel(r: Random): string {
  const body = `${60 + r.next(39)}0${1 + r.next(8)}1${r.next(9)}${r.digits(4)}`
  return `${body}${(10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`
}

function cpf(r: Random): string {
  const body = r.digits(9)
  const first = tail11(weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]))
  const second = tail11(weighted(`${body}${first}`, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))
  return `${body.slice(0, 3)}.${body.slice(3, 6)}.${body.slice(6)}-${first}${second}`
}

function tail11(sum: number): number {
  return sum % 11 < 2 ? 0 : 11 - (sum % 11)
}

function aadhaar(r: Random): string {
  const body = `${2 + r.next(7)}${r.digits(10)}`
  let check = 0
  for (let n = 0; n < body.length; n++) check = dihedral(check, permuted(n + 1, Number(body[body.length - 1 - n])))
  const inverse = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9][check]
  return spaced(`${body}${inverse}`, 4)
}

function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5
  return b < 5 ? ((a - b + 5) % 5) + 5 : (a - b + 10) % 5
}

function permuted(times: number, digit: number): number {
  let out = digit
  for (let n = 0; n < times % 8; n++) out = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][out] ?? 0
  return out
}

function krRrn(r: Random): string {
  const body = `${60 + r.next(39)}0${1 + r.next(8)}1${r.next(9)}1${r.digits(5)}`
  return `${body.slice(0, 6)}-${body.slice(6)}${(11 - (weighted(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10}`
}

function myNumber(r: Random): string {
  const body = r.digits(11)
  const rest = weighted(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return `${body}${rest <= 1 ? 0 : 11 - rest}`
}

function nhs(r: Random): string {
  for (;;) {
    const body = r.digits(9)
    const check = 11 - (weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
    if (check !== 10) return `${body.slice(0, 3)} ${body.slice(3, 6)} ${body.slice(6)}${check % 11}`
  }
}

function nir(r: Random): string {
  const body = `1${60 + r.next(39)}0${1 + r.next(8)}69${r.digits(6)}`
  return `${body} ${String(97 - (Number(body) % 97)).padStart(2, "0")}`
}

function codice(r: Random): string {
  const body = `RSSMRA8${r.next(9)}A0${1 + r.next(8)}H501`
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
  let sum = 0
  for (let n = 0; n < body.length; n++) {
    const letter = body.charAt(n)
    const value = /\d/.test(letter) ? Number(letter) : letter.charCodeAt(0) - 65
    sum += n % 2 === 0 ? (odd[value] ?? 0) : value
  }
  return `${body}${UPPER[sum % 26]}`
}

function bsn(r: Random): string {
  for (;;) {
    const body = r.digits(8)
    const check = weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
    if (check < 10) return `${body}${check}`
  }
}

function steuerId(r: Random): string {
  const order = LETTERS.slice(0, 9)
    .split("")
    .map((_, n) => String(n + 1))
    .sort(() => r.next(3) - 1)
  const body = `${order.join("")}${order[2]}`
  let product = 10
  for (const digit of body) product = (((Number(digit) + product) % 10 || 10) * 2) % 11
  return `${body}${(11 - product) % 10}`
}

function inn(r: Random): string {
  const body = r.digits(10)
  const first = (weighted(body, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
  return `${body}${first}${(weighted(`${body}${first}`, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10}`
}

function tfn(r: Random): string {
  for (;;) {
    const body = r.digits(9)
    if (weighted(body, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0) return body
  }
}

function nric(r: Random): string {
  const body = r.digits(7)
  return `S${body}${"JZIHGFEDCBA"[weighted(body, [2, 7, 6, 5, 4, 3, 2]) % 11]}`
}

function hkid(r: Random): string {
  const body = r.digits(6)
  const check = (11 - ((36 * 9 + 10 * 8 + weighted(body, [7, 6, 5, 4, 3, 2])) % 11)) % 11
  return `A${body}(${check === 10 ? "A" : check})`
}

const DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
