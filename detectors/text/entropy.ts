// How random a string is, and what else it could be.

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  if (text.length === 0) return 0
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

/** How many of the neighbouring letter pairs are ordinary in English and in identifiers, 0..1. Random text scores near 0.2, words near 0.6. */
export function wordiness(text: string): number {
  const lower = text.toLowerCase()
  let pairs = 0
  let common = 0
  for (let i = 0; i + 1 < lower.length; i++) {
    const a = lower.charCodeAt(i) - 97
    const b = lower.charCodeAt(i + 1) - 97
    if (a < 0 || a > 25 || b < 0 || b > 25) continue
    pairs++
    if (COMMON_PAIRS.has(a * 26 + b)) common++
  }
  return pairs === 0 ? 0 : common / pairs
}

/** The longest run of letters that follow each other or repeat ("abcd", "aaaa", "4321"), as a share of the whole. */
export function sequenceShare(text: string): number {
  let longest = 1
  let run = 1
  let step = Number.NaN
  for (let i = 1; i < text.length; i++) {
    const difference = text.charCodeAt(i) - text.charCodeAt(i - 1)
    if (Math.abs(difference) <= 1 && difference === step) run++
    else run = Math.abs(difference) <= 1 ? 2 : 1
    step = difference
    if (run > longest) longest = run
  }
  return text.length === 0 ? 0 : longest / text.length
}

const COMMON_PAIRS = new Set(
  (
    "th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur ro co me ri li la el ic " +
    "ne ta ll om ce ec di us ma ss ch ac no tr ho ca so em ot il pe wi io ns un wh ni we be ai do ee lo ow pr ge ut id po su fo mo ad ol ir ul ab " +
    "mp ct ts pl ke ty da rs op bl sh im ck ex up am wa pa ap fi bo ay ag sp va bu ev ig ry ey gh vi ob cr if gr pi br qu fr cl ff tt oo rt rn rm " +
    "wo ga go gi mi my ye yo ok ki ke ak ug og eg sc sk sl sn sw tw dr fl gl by my xt ey ef af cu ue ui ua ie ia iv ov av ew aw lt lf mb nc nf nv rc rd rv"
  )
    .split(" ")
    .map((pair) => (pair.charCodeAt(0) - 97) * 26 + pair.charCodeAt(1) - 97),
)
