// How plain-packets.ts describes a packet to the flow table and to the quick lane: words of a row in one array.

/** Packets read together: some more than a processor waits for at once. */
export const GROUP = 32
export const ROW_WORDS = 16
/** For a packet that came through the decoder. */
export const SPARE_ROW = GROUP * ROW_WORDS
// Words of a row. The first is SEGMENT where the quick lane may take the packet. The key may be there in any case, from this packet or from an earlier
// one: it is only a guess where to look.
export const SEGMENT = 1
export const LOW = 1
export const HIGH = 2
export const PORTS = 3
export const VNI = 4
export const HASH = 5
export const DIRECTION = 6
export const SEQ = 7
export const ACKED = 8
/** Of the payload in the batch's bytes; -1 when it lies elsewhere. */
export const START = 9
export const LENGTH = 10
/** First word of a flow's record: family and transport. */
export const TCP_FLOW = 0x406
