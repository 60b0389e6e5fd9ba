// One marked test event to one destination, past its queue: what it answered says whether the address, the token and the format are right.
import type { SocDestination } from "../contracts/config/soc.ts"
import { openSender } from "./senders/open-sender.ts"
import { testRecord } from "./test-record.ts"

/** undefined: it arrived; otherwise why it did not. */
export async function tryDestination(destination: SocDestination, version: string): Promise<string | undefined> {
  const sender = openSender(destination, { version, now: Date.now })
  try {
    const sent = await sender.send([testRecord(Date.now())])
    if (sent.outcome !== "delivered") return sent.reason
    return sent.dead?.[0]?.reason ?? (sent.again !== undefined && sent.again.length > 0 ? "not taken now" : undefined)
  } finally {
    await sender.close()
  }
}

/** UDP cannot tell whether anything arrived. */
export function answers(destination: SocDestination): boolean {
  return destination.type !== "syslog" || destination.transport !== "udp"
}
