import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { compare } from "../differential/compare.ts"
import { observe } from "../differential/observe.ts"
import { readTruth } from "../differential/truth.ts"
import { capturesFolder, requires } from "../support/requires.ts"

const captures = requires("captures")

describe.skipIf(captures.missing)("real captures against tshark", () => {
  it.each(captures.missing ? [] : readTruth().map((truth) => [truth.file, truth] as const))("reads %s", async (file, truth) => {
    const observed = await observe(join(capturesFolder, file), truth.keyfile === null ? undefined : join(capturesFolder, truth.keyfile))
    const aspects = compare(truth, observed)
    for (const { name, missing } of aspects) {
      expect({ name, missing }).toEqual({ name, missing: KNOWN[`${file} ${name}`] === undefined ? [] : missing })
    }
    expect(aspects.find(({ name }) => name === "no layer failed")?.extra).toEqual([])
  })
})

/** What may be missing, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  "http1/methods.pcap requests": "most first lines are not HTTP; the oracle calls them weak",
  "http1/variant-09-te_obs_fold.pcap bodies": "we refuse the smuggled framing, tshark takes the content length",
  "http1/suricata-http-multiple100.pcap statuses": "informational responses belong to the exchange that follows",
  "grpc/grpc_stream_reassembly_sample.pcapng bodies": "the capture ends inside the body",
  "grpc/grpc_web.pcapng bodies": "tshark shows only the last piece of a streamed body",
  "malformed/heapoverflow-tcp_print.pcap streams": "tshark shows a cut header as port 0",
  "malformed/mptcp-dss-oobr.pcap streams": "tshark shows a cut header as port 0",
  "malformed/malformed_dns.pcap dns": "the name is tshark's words for a name that is too long; we tell an anomaly",
  "linktype/80211http.pcap requests": "802.11 is out of scope",
  "linktype/80211http.pcap statuses": "802.11 is out of scope",
  "linktype/80211http.pcap bodies": "802.11 is out of scope",
  "linktype/80211http.pcap streams": "802.11 is out of scope",
}
