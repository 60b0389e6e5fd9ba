// Every difference from the oracle that remains, by kind, with how many there are: one more, or one fewer, is a difference that nobody has explained.
import type { Aspect } from "./compare.ts"

interface Explained {
  readonly why: string
  /** Capture and aspect; missing: the oracle has it and we do not; extra: we have it and the oracle does not. */
  readonly where: readonly (readonly [file: string, aspect: string, count: { readonly missing?: number; readonly extra?: number }])[]
}

/** True when as many are missing and extra as the list explains. */
export function isExplained(file: string, { name, missing, extra }: Aspect): boolean {
  const explained = COUNTS.get(`${file} ${name}`) ?? {}
  return missing.length === (explained.missing ?? 0) && extra.length === (explained.extra ?? 0)
}

/** What only one of the two counts, or counts otherwise. */
const DEFINITIONS: readonly Explained[] = [
  {
    why: "an informational answer (100) belongs to the exchange whose answer follows; tshark counts it for itself",
    where: [["http1/suricata-http-multiple100.pcap", "statuses", { missing: 2 }]],
  },
  {
    why: "the capture ends inside a DATA frame: we hash what came of it and mark the body open, tshark leaves the frame out",
    where: [["grpc/grpc_stream_reassembly_sample.pcapng", "bodies", { missing: 1 }]],
  },
  {
    why: "the oracle lists hellos of TCP and QUIC only; ours are of DTLS",
    where: [
      ["dtls/snakeoil-dtls.pcap", "client hellos", { extra: 1 }],
      ["dtls/snakeoil-dtls.pcap", "ja4", { extra: 1 }],
      ["dtls/snakeoil-dtls.pcap", "server hellos", { extra: 1 }],
      ["dtls/dtls13-cid.pcap", "client hellos", { extra: 5 }],
      ["dtls/dtls13-cid.pcap", "ja4", { extra: 5 }],
      ["dtls/dtls13-cid.pcap", "server hellos", { extra: 2 }],
    ],
  },
  {
    why: "the oracle has the hello and its JA3, and no JA4: the tshark that made that line is older than JA4",
    where: [["encap/mercury-geneve.pcap", "ja4", { extra: 22 }]],
  },
  {
    why: "multicast DNS is a protocol of its own for tshark, and DNS for us",
    where: [
      ["ip/ip6_fragments.pcap", "dns", { extra: 22 }],
      ["misc/wikipedia.pcap", "dns", { extra: 3 }],
    ],
  },
  {
    why: "the oracle has no bodies of HTTP/3; ours are as long as their content-length says, or end with a whole gzip",
    where: [
      ["quic/quic-fragmented-handshakes.pcapng", "bodies", { extra: 1 }],
      ["quic/hotplace-http3.pcapng", "bodies", { extra: 1 }],
    ],
  },
]

/** Where the bytes of the packets bear us out. */
const TSHARK_IS_WRONG: readonly Explained[] = [
  {
    why: "of a chunked body that comes in pieces tshark shows the last piece; the same messages over HTTP/2 in the same capture have our hashes",
    where: [["grpc/grpc_web.pcapng", "bodies", { missing: 6, extra: 4 }]],
  },
  {
    why: "tshark stops at messages whose connection began before the capture, or after a hole; as many status lines as we tell stand in the bytes",
    where: [
      ["http1/http-packets.pcap", "statuses", { extra: 48 }],
      ["http1/http-packets.pcap", "bodies", { extra: 46 }],
      ["http1/suricata-http-gap-double.pcap", "statuses", { extra: 1 }],
      ["http1/suricata-http-gap-double.pcap", "bodies", { extra: 1 }],
    ],
  },
  {
    why: "a TLS hello to port 80 is not looked at by tshark, which goes by the port",
    where: [
      ["tls_nokeys/ssl-to-http-server.pcap", "sni", { extra: 1 }],
      ["tls_nokeys/ssl-to-http-server.pcap", "client hellos", { extra: 1 }],
      ["tls_nokeys/ssl-to-http-server.pcap", "ja4", { extra: 1 }],
    ],
  },
  {
    why: "tshark aborts inside a malformed TCP option and gives ports 0; the ports stand in the header, and tcpdump prints ours",
    where: [
      ["malformed/heapoverflow-tcp_print.pcap", "streams", { missing: 1, extra: 1 }],
      ["malformed/mptcp-dss-oobr.pcap", "streams", { missing: 1, extra: 1 }],
    ],
  },
  {
    why: "the name is tshark's words for a name that cannot be; we tell an anomaly",
    where: [["malformed/malformed_dns.pcap", "dns", { missing: 1 }]],
  },
]

/** Traffic that two readers may read in two ways; ours is marked by an anomaly. */
const AMBIGUOUS: readonly Explained[] = [
  {
    why: "a folded Transfer-Encoding beside a length: we unfold it and name it, tshark takes the length",
    where: [["http1/variant-09-te_obs_fold.pcap", "bodies", { missing: 1 }]],
  },
  {
    why: "a request line without a target: tshark takes the version for the target (the oracle calls this capture's requests weak)",
    where: [["http1/methods.pcap", "requests", { missing: 1 }]],
  },
]

const COUNTS = new Map(
  [...DEFINITIONS, ...TSHARK_IS_WRONG, ...AMBIGUOUS].flatMap(({ where }) =>
    where.map(([file, aspect, count]) => [`${file} ${aspect}`, count] as const),
  ),
)
