/** The operator can mend this: printed without a stack as one clear line, exit code 2. */
export class ConfigError extends Error {
  override name = "ConfigError"
  readonly path: string
  readonly got: string
  readonly want: string
  readonly hint: string

  constructor({ path, got, want, hint = "" }: { path: string; got: string; want: string; hint?: string }) {
    super(`${path}: got ${got}, want ${want}${hint === "" ? "" : `; ${hint}`}`)
    this.path = path
    this.got = got
    this.want = want
    this.hint = hint
  }
}
