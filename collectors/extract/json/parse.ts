// JSON that may have been cut by a limit or a gap: what came before the break is still worth a row.
import type { Json } from "./read.ts"

export interface ParsedJson {
  readonly value: Json
  /** False when the text broke off or went wrong somewhere: the value is what could be read before that. */
  readonly whole: boolean
}

export function parseJson(text: string): ParsedJson | undefined {
  try {
    return { value: JSON.parse(text) as Json, whole: true }
  } catch {
    return parseBroken(text)
  }
}

/** Undefined when not even an opening brace or bracket is there: broken scalars say nothing. */
function parseBroken(text: string): ParsedJson | undefined {
  const reader = new BrokenJson(text)
  const value = reader.document()
  return value === undefined ? undefined : { value, whole: false }
}

/** Reads until the first error, then closes everything that is open. */
class BrokenJson {
  readonly #text: string
  #at = 0
  #broken = false
  constructor(text: string) {
    this.#text = text
  }

  document(): Json | undefined {
    this.#space()
    const opening = this.#text[this.#at]
    return opening === "{" || opening === "[" ? this.#value(0) : undefined
  }

  #value(depth: number): Json | undefined {
    this.#space()
    const char = this.#text[this.#at]
    if (depth > MAX_DEPTH) return this.#fail()
    if (char === "{") return this.#object(depth)
    if (char === "[") return this.#array(depth)
    if (char === '"') return this.#string()
    return this.#scalar()
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = []
    this.#at += 1
    for (;;) {
      this.#space()
      if (this.#take("}")) break
      if (entries.length > 0 && !this.#take(",")) break
      this.#space()
      if (this.#text[this.#at] !== '"') break
      const key = this.#string()
      this.#space()
      if (this.#broken || !this.#take(":")) break
      const value = this.#value(depth + 1)
      if (value !== undefined) entries.push([key, value])
      if (this.#broken) return Object.fromEntries(entries)
    }
    if (this.#text[this.#at - 1] !== "}") this.#broken = true
    return Object.fromEntries(entries)
  }

  #array(depth: number): Json {
    const items: Json[] = []
    this.#at += 1
    for (;;) {
      this.#space()
      if (this.#take("]")) return items
      if (items.length > 0 && !this.#take(",")) break
      const value = this.#value(depth + 1)
      if (value !== undefined) items.push(value)
      if (this.#broken) return items
    }
    this.#broken = true
    return items
  }

  /** A string that breaks off is kept as far as it goes. */
  #string(): string {
    const start = this.#at
    let end = start + 1
    while (end < this.#text.length) {
      const code = this.#text.charCodeAt(end)
      if (code === BACKSLASH) end += 2
      else if (code === QUOTE) break
      else end += 1
    }
    if (end < this.#text.length) {
      this.#at = end + 1
      return this.#unescape(this.#text.slice(start + 1, end))
    }
    this.#broken = true
    this.#at = this.#text.length
    // An escape that was cut in the middle: drop it.
    return this.#unescape(this.#text.slice(start + 1).replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, ""))
  }

  #unescape(raw: string): string {
    if (!raw.includes("\\")) return raw
    try {
      return JSON.parse(`"${raw.replace(/[\u0000-\u001f]/g, " ")}"`) as string
    } catch {
      return raw
    }
  }

  #scalar(): Json | undefined {
    const start = this.#at
    while (this.#at < this.#text.length && !DELIMITER.has(this.#text[this.#at] ?? "")) this.#at += 1
    // A number at the very end may have lost its last digits.
    if (this.#at >= this.#text.length || this.#at - start > MAX_SCALAR) return this.#fail()
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as Json
    } catch {
      return this.#fail()
    }
  }

  #fail(): undefined {
    this.#broken = true
    return undefined
  }
  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }
  #space(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= SPACE) this.#at += 1
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const DELIMITER = new Set([",", "}", "]", " ", "\n", "\r", "\t", ":"])
// Deeper than any API nests, shallow enough for the stack.
const MAX_DEPTH = 256
const MAX_SCALAR = 400
