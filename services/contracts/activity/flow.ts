import { z } from "zod"
import { endpoint, micros } from "../primitives.ts"

const perSide = z.object({ client: z.number().int().nonnegative(), server: z.number().int().nonnegative() })

/** One connection, reported when it ends, is evicted, or the capture ends. */
export const flowData = z.object({
  vni: z.number().int().nonnegative(),
  client: endpoint,
  server: endpoint,
  transport: z.enum(["tcp", "udp", "quic"]),
  /** Application layers from the outside in, for example ["tls", "http2"]. */
  layers: z.array(z.string()).default([]),
  packets: perSide,
  /** Payload bytes delivered in order, retransmissions not counted. */
  bytes: perSide,
  gapBytes: perSide,
  retransmittedBytes: perSide.optional(),
  /** Packets that came cut to the mirror's size limit: their missing bytes are gaps. */
  cutPackets: z.number().int().nonnegative().optional(),
  start: micros,
  end: micros,
  /** "open": the capture ended first. */
  close: z.enum(["fin", "reset", "timeout", "evicted", "open"]),
  /** Both directions were seen opening with SYN and SYN-ACK. */
  handshakeSeen: z.boolean().optional(),
  /** Sizes and gaps in time of the first encrypted records, for judging streams without keys. */
  shape: z.object({ clientSizes: z.array(z.number()), serverSizes: z.array(z.number()), serverGapMicros: z.array(z.number()) }).optional(),
  /**
   * Sizes and times of encrypted records look like a model's answer, written token by token, though nothing could be read. A suspicion: `score` stays low
   * (at most 0.6), `reasons` say what looked so.
   */
  suspectedModel: z.object({ score: z.number().min(0).max(1), reasons: z.array(z.string()) }).optional(),
})
