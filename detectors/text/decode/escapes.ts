// URL escapes, HTML references, backslash escapes and quoted-printable, each replaced in place.
import { type Decoded, rewrite } from "./rewrite.ts"

/** Percent escapes (RFC 3986 §2.1), read as UTF-8; a broken sequence is read byte by byte. */
export function decodePercent(text: string): Decoded | undefined {
  return rewrite(text, /(?:%[0-9A-Fa-f]{2})+/g, ([match]) => utf8(Buffer.from(match.replaceAll("%", ""), "hex")))
}

/** Character references of HTML: numbers, and the names that stand for characters a rule could need. */
export function decodeHtml(text: string): Decoded | undefined {
  return rewrite(text, /&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]{2,8}));?/g, ([match, decimal, hex, name]) => {
    if (decimal !== undefined) return codePoint(Number.parseInt(decimal, 10))
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16))
    return match.endsWith(";") ? named[name ?? ""] : undefined
  })
}

/** Backslash escapes of JSON, JavaScript, Python and C. */
export function decodeBackslash(text: string): Decoded | undefined {
  return rewrite(
    text,
    /\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([0-3][0-7]{2}|[0-7]{2})|(["'\\/bfnrtv0]))/g,
    ([, braced, four, eight, two, octal, single]) => {
      const hex = braced ?? four ?? eight ?? two
      if (hex !== undefined)
        return four === undefined ? codePoint(Number.parseInt(hex, 16)) : String.fromCharCode(Number.parseInt(four, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      return singles[single ?? ""]
    },
  )
}

/** Quoted-printable (RFC 2045 §6.7). An escape alone is more often part of a query string: it takes two, of those that must be escaped or in a row. */
export function decodeQuotedPrintable(text: string): Decoded | undefined {
  let escapes = 0
  const decoded = rewrite(text, /(?<![<>=!~^])(?:=\r?\n|(?:=[0-9A-F]{2})+)/g, ([match]) => {
    if (match.endsWith("\n")) {
      escapes++
      return ""
    }
    const value = utf8(Buffer.from(match.replaceAll("=", ""), "hex"))
    if (match.length > 3 || /[=\s]/.test(value)) escapes += match.length / 3
    return value
  })
  return escapes >= 2 ? decoded : undefined
}

/** Terminal control sequences (ECMA-48), removed. */
export function stripAnsi(text: string): Decoded | undefined {
  return rewrite(text, /(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)|\x1b[@-Z\\-_]/g, () => "")
}

/** UTF-16 read as single bytes: a NUL beside every character. */
export function stripNuls(text: string): Decoded | undefined {
  return rewrite(text, /\0/g, () => "")
}

function utf8(bytes: Buffer): string {
  const text = bytes.toString("utf8")
  return text.includes("\ufffd") ? bytes.toString("latin1") : text
}

function codePoint(value: number): string | undefined {
  return value <= 0x10ffff ? String.fromCodePoint(value) : undefined
}

const singles: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "0": "\0",
  '"': '"',
  "'": "'",
  "\\": "\\",
  "/": "/",
}

const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ensp: " ",
  emsp: " ",
  thinsp: " ",
  Tab: "\t",
  NewLine: "\n",
  shy: "\u00ad",
  zwj: "\u200d",
  zwnj: "\u200c",
  colon: ":",
  semi: ";",
  comma: ",",
  period: ".",
  excl: "!",
  quest: "?",
  num: "#",
  dollar: "$",
  percnt: "%",
  commat: "@",
  ast: "*",
  plus: "+",
  equals: "=",
  lowbar: "_",
  hyphen: "-",
  dash: "-",
  sol: "/",
  bsol: "\\",
  verbar: "|",
  vert: "|",
  lpar: "(",
  rpar: ")",
  lsqb: "[",
  rsqb: "]",
  lbrack: "[",
  rbrack: "]",
  lcub: "{",
  rcub: "}",
  grave: "`",
  Hat: "^",
  lsquo: "'",
  rsquo: "'",
  ldquo: '"',
  rdquo: '"',
  ndash: "-",
  mdash: "-",
  hellip: "...",
}
