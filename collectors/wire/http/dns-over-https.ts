// DNS over HTTPS (RFC 8484): a lookup is the body of a POST, or in the query of a GET, and its answer is the body of the response.
import { readDnsMessage } from "../dns/message.ts"
import type { DnsFact, HttpExchange, HttpMessage } from "../facts.ts"
import { firstValue, mediaType } from "./fields.ts"

/** undefined when the exchange is none, or its messages cannot be read. */
export function lookupOf(exchange: HttpExchange): DnsFact | undefined {
  const { request, response } = exchange
  const answered = messageIn(response)
  const asked = messageIn(request) ?? fromQuery(exchange.path)
  if (asked === undefined && answered === undefined) return undefined
  const question = asked === undefined ? undefined : readDnsMessage(asked)
  const answer = answered === undefined ? undefined : readDnsMessage(answered)
  const [named] = question?.questions ?? answer?.questions ?? []
  if (named === undefined) return undefined
  return {
    type: "dns",
    at: request?.startedAt ?? response?.startedAt ?? 0,
    name: named.name,
    qtype: named.type,
    rcode: answer?.rcode,
    answers: answer?.answers ?? [],
    over: "https",
    questionBytes: asked?.length ?? 0,
    answerBytes: answered?.length ?? 0,
    index: exchange.stream,
  }
}

function messageIn(message: HttpMessage | undefined): Uint8Array | undefined {
  if (message === undefined || firstValue(message.headers, "content-type").length < MEDIA_TYPE.length) return undefined
  return mediaType(message.headers) === MEDIA_TYPE ? message.body.bytes : undefined
}

/** Of a URI template like "/dns-query{?dns}": unpadded base64url of a message. Only believed where the rest of the path says so too. */
function fromQuery(path: string): Uint8Array | undefined {
  const query = path.indexOf("?")
  if (query < 0 || !path.slice(0, query).endsWith("/dns-query")) return undefined
  for (const part of path.slice(query + 1).split("&")) {
    if (!part.startsWith("dns=") || part.length > MAX_PARAMETER) continue
    const bytes = Buffer.from(part.slice(4), "base64url")
    return bytes.length >= DNS_HEADER ? bytes : undefined
  }
  return undefined
}

const MEDIA_TYPE = "application/dns-message"
const DNS_HEADER = 12
// A question is at most some 300 bytes; with EDNS padding 512.
const MAX_PARAMETER = 4_096
