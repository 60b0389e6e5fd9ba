/** The operator can mend this: printed without a stack as one clear line, exit code 2. */
export class ConfigError extends Error {
  override name = "ConfigError"
  readonly path: string
  readonly got: string
  readonly want: string
  readonly hint: string
  /** Where it was written: "egret.yaml:3:7", or the environment variable. */
  readonly place: string

  constructor({ path, got, want, hint = "", place = "" }: { path: string; got: string; want: string; hint?: string; place?: string }) {
    super(`${place === "" ? "" : `${place} `}${path}: got ${got}, want ${want}${hint === "" ? "" : `; ${hint}`}`)
    this.path = path
    this.got = got
    this.want = want
    this.hint = hint
    this.place = place
  }
}
