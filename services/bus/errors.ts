export type BusErrorCode = "closed" | "no-broker" | "refused"

/** The broker does not do what we need of it. `retry` says whether the same call may succeed later. */
export class BusError extends Error {
  override name = "BusError"
  readonly code: BusErrorCode
  readonly retry: boolean

  constructor(message: string, { code, retry, cause }: { code: BusErrorCode; retry: boolean; cause?: unknown }) {
    super(message, { cause })
    this.code = code
    this.retry = retry
  }
}

export class BusClosedError extends BusError {
  override name = "BusClosedError"

  constructor() {
    super("the bus is closed", { code: "closed", retry: false })
  }
}
