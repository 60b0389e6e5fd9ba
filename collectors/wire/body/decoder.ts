// Content codings (RFC 9110 §8.4), decoded piece by piece in bounded memory.
//
// A decoder takes encoded pieces and hands decoded pieces to its sink during the call; the pieces are views of a buffer that is used again.
// Nothing decoded is lost when the input is cut: what came out before the cut has already been handed on.

/** False asks the decoder to stop: a few bytes of stacked codings can stand for gigabytes. */
export type Sink = (bytes: Uint8Array) => boolean

export interface Decoder {
  /** True once the input has shown to be of this coding (magic number, checksum of the header): an error afterwards is damage, not a lie. */
  readonly proven: boolean
  /** Undefined while all is well; then the decoder ignores what comes. */
  readonly error: string | undefined
  write(bytes: Uint8Array): void
  /** The input is complete. An unfinished stream sets the error "cut". */
  end(): void
  /** Gives native memory back. No use afterwards. */
  close(): void
}

/** What cannot be decoded further and says so. */
export const CUT = "cut"
export const STOPPED = "stopped"
