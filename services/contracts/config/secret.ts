import { z } from "zod"

/**
 * A value that is never written into a configuration, a log or an error: the configuration names where it is kept, the loader fetches it,
 * and whoever prints the object sees "[secret]". Only `reveal()` gives the clear text, at the place that uses it.
 */
export class Secret {
  /** Where it is kept: "env:NAME" or "file:PATH". */
  readonly reference: string
  #value: string | undefined

  constructor(reference: string, value?: string) {
    this.reference = reference
    this.#value = value
  }

  fill(value: string): void {
    this.#value = value
  }

  reveal(): string {
    if (this.#value === undefined) throw new Error(`the secret ${this.reference} was not fetched`)
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return HIDDEN
  }
}

/** `writeOnly` is JSON Schema's word for "do not show it": error messages then never quote what was written in its place. */
export const secret = z
  .string()
  .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, "a reference, env:NAME or file:PATH, never the secret itself")
  .transform((reference) => new Secret(reference))
  .meta({ writeOnly: true, examples: ["env:EGRET_PASSWORD", "file:/run/secrets/password"] })

const HIDDEN = "[secret]"
