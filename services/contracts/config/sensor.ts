import { z } from "zod"
import { address, byteSize } from "./units.ts"

const udp = z.strictObject({
  listen: address.prefault("0.0.0.0:4789").describe("Where VXLAN is received. IPv6 as [::]:4789, which takes both."),
  genevePort: z
    .number()
    .int()
    .min(-1)
    .max(65_535)
    .default(6081)
    .describe("Where GENEVE is received (gateway load balancer endpoints), on the same address; -1 for nowhere."),
  receiveBuffer: byteSize
    .prefault("32MB")
    .describe("Kernel buffer of each socket. The system may give less (sysctl net.core.rmem_max); the sensor says so."),
})

const pcap = z.strictObject({
  device: z.string().min(1).default("any").describe("Network interface."),
  filter: z.string().default("udp port 4789 or udp port 6081").describe("BPF filter, as for tcpdump."),
  snapLength: z.number().int().min(96).max(262_144).default(65_535).describe("Bytes kept of a packet; what is cut becomes a gap."),
  bufferSize: byteSize.prefault("64MB").describe("Kernel ring of captured packets."),
})

const capture = z.strictObject({
  kind: z
    .enum(["udp", "pcap", "stdin"])
    .default("udp")
    .describe(
      "udp: VXLAN and GENEVE sent to us, without privileges. pcap: libpcap on an interface, a quarter of the cost a packet, needs CAP_NET_RAW. stdin: `tcpdump -U -w -` in a pipe.",
    ),
  udp: udp.prefault({}),
  pcap: pcap.prefault({}),
})

const limits = z.strictObject({
  flows: z
    .number()
    .int()
    .min(100)
    .default(1_000_000)
    .describe("Connections followed at the same time by one worker; then the longest silent go."),
  memory: byteSize.prefault("1GB").describe("Bytes held back by one worker for unfinished messages, late keys and lost packets."),
})

const files = z.strictObject({
  keep: z
    .boolean()
    .default(true)
    .describe("Send the bytes of rebuilt files on, as evidence and for the sandbox. Otherwise their names, sizes and hashes only."),
  maxSize: byteSize.prefault("32MB").describe("The bytes of a larger file are left out."),
  pending: byteSize
    .prefault("64MB")
    .describe("Bytes of files of one worker that the bus has not taken yet; what comes then is left out and counted."),
  skip: z
    .array(z.string().min(1).max(100))
    .max(100)
    .default(["audio/", "video/", "font/"])
    .describe("Media types, by content and by their start, whose bytes are left out."),
})

const spool = z.strictObject({
  size: byteSize
    .prefault("0B")
    .describe(
      "Disk for the packets of the last while, so that a connection can be downloaded as pcapng evidence. 0: none are kept. Off by default: the packets and the TLS secrets that open them lie here together.",
    ),
  folder: z
    .string()
    .min(1)
    .default(".egret/spool")
    .describe("Where, mode 0700. `egret api` in a process of its own reads it from here too."),
})

const issuer = z.strictObject({
  issuer: z.string().min(1).describe("As tokens name it (iss), to the letter."),
  keys: z.string().min(1).describe("File with its public keys (JWKS, RFC 7517), as downloaded from its jwks_uri."),
  audiences: z.array(z.string().min(1)).default([]).describe("Audiences (aud) to accept; none listed: any."),
})

export const sensorConfig = z.strictObject({
  name: z
    .string()
    .min(1)
    .default("local")
    .describe("Written on every activity, part of its id: name each sensor differently and keep the name."),
  capture: capture.prefault({}).describe("Where packets come from."),
  workers: z.number().int().min(1).max(64).default(1).describe("Threads that rebuild traffic; one takes some gigabits."),
  limits: limits.prefault({}).describe("What hostile or heavy traffic may take."),
  issuers: z
    .array(issuer)
    .default([])
    .describe("Whose tokens are verified. What other tokens say of the people behind requests is recorded as unverified."),
  files: files.prefault({}).describe("What becomes of the files that cross the wire."),
  spool: spool.prefault({}).describe("Packets kept as evidence."),
})
export type SensorConfig = z.infer<typeof sensorConfig>
