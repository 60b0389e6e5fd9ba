// Where live packets come from. A source only hands packets on; whoever takes them copies at once, because the bytes are reused.

/** bytes[start, start+captured) of a packet that was `wire` long, at `at` microseconds, of link type `link`. */
export type TakePacket = (packet: LivePacket) => void

/** Scratch object: valid during the call. */
export interface LivePacket {
  bytes: Uint8Array
  start: number
  captured: number
  wire: number
  at: number
  link: number
}

export interface LiveSource {
  /** One line for the log: what it listens to, and what is not as wished (a receive buffer smaller than asked). */
  readonly notes: readonly string[]
  /** Packets lost before they reached us, by reason, since the start. */
  drops(): Readonly<Record<string, number>>
  close(): Promise<void>
}
