import type { Envelope } from "../../contracts/envelope.ts"
import type { Row } from "../../contracts/store.ts"
import { commonColumns, detailOf, hostOf } from "./common.ts"

export function flowRow(envelope: Envelope<"flow">): Row {
  const { data } = envelope
  return {
    ...commonColumns(envelope),
    server_address: hostOf(envelope.flow.host) || envelope.flow.server.ip,
    layers: data.layers,
    client_packets: data.packets.client,
    server_packets: data.packets.server,
    client_bytes: data.bytes.client,
    server_bytes: data.bytes.server,
    client_gap_bytes: data.gapBytes.client,
    server_gap_bytes: data.gapBytes.server,
    client_retransmitted_bytes: data.retransmittedBytes?.client ?? 0,
    server_retransmitted_bytes: data.retransmittedBytes?.server ?? 0,
    cut_packets: data.cutPackets ?? 0,
    start: data.start,
    end: data.end,
    close: data.close,
    handshake_seen: data.handshakeSeen === true,
    detail: detailOf({ shape: data.shape, suspectedModel: data.suspectedModel }),
  }
}
