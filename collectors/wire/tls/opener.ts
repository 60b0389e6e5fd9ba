/** Opens the records of one side and one epoch: a set of keys with its own sequence numbers. */
export interface Opener {
  /** Plaintext, in TLS 1.3 with padding and content type still at its end; undefined when tag, MAC or padding is wrong. `record` with header. */
  open(record: Uint8Array, seq: number): Uint8Array | undefined
  /** What the wire carries beyond the plaintext of an application record without padding; undefined when it varies. */
  readonly overhead: number | undefined
  /** Records were lost on the wire; stream ciphers have to move on by that much. */
  lost?(wireBytes: number | undefined): void
  /** This record follows a loss and cannot be read, but the next one may be chained to it. */
  passOver?(record: Uint8Array): void
}
