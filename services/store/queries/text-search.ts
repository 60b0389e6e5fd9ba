// What people type into a search box, as conditions the text index answers: words must all be there, "words in quotes" must stand in that order.
// Chinese, Japanese and Korean need no spaces: they are indexed by character, so that a run of them is looked up as a phrase.

export interface TextSearch {
  readonly words: string
  readonly phrases: readonly string[]
}

export function parseSearch(text: string): TextSearch {
  const phrases: string[] = []
  const rest = text.slice(0, MAX_SEARCH).replace(/"([^"]*)"?/g, (_quoted, phrase: string) => {
    phrases.push(phrase)
    return " "
  })
  const words = rest.replace(CJK_RUN, (run) => {
    phrases.push(run)
    return " "
  })
  return {
    words: words.trim(),
    phrases: phrases
      .map((phrase) => phrase.trim())
      .filter(hasToken)
      .slice(0, MAX_PHRASES),
  }
}

export function searchCondition(column: string, { words, phrases }: TextSearch): { sql: string; params: Record<string, string> } {
  const conditions = hasToken(words) ? [`hasAllTokens(${column}, {search_words:String})`] : []
  const params: Record<string, string> = hasToken(words) ? { search_words: words } : {}
  for (const [at, phrase] of phrases.entries()) {
    conditions.push(`hasPhrase(${column}, {search_phrase_${at}:String})`)
    params[`search_phrase_${at}`] = phrase
  }
  // Only signs, which no word index holds: nothing can match, and everything must not.
  return { sql: conditions.length === 0 ? "0" : conditions.join(" AND "), params }
}

function hasToken(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text)
}

const CJK_RUN = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]{2,64}/g
const MAX_SEARCH = 1_000
const MAX_PHRASES = 8
