// Model calls without end, no two alike: other agents, other words, a tool call now and then, a leaked key once in a hundred, connections that never end.
import { tcpPacket, vxlan } from "../support/packets.ts"

/** The packets of call `n`, as a mirror sends them. */
export function modelCall(n: number): Uint8Array[] {
  const request = JSON.stringify({
    model: n % 3 === 0 ? "gpt-4o" : "gpt-4o-mini",
    messages: [
      { role: "system", content: `You are agent ${n % AGENTS}, who looks after warehouse ${n % AGENTS}.` },
      {
        role: "user",
        content: `Order ${n} of customer ${(n * 7919) % 100_000} has not arrived.${n % 100 === 0 ? ` The key is ${leaked(n)}.` : ""}`,
      },
    ],
    tools: [
      { type: "function", function: { name: "look_up_order", parameters: { type: "object", properties: { id: { type: "integer" } } } } },
    ],
  })
  const message =
    n % 4 === 0
      ? {
          role: "assistant",
          content: null,
          tool_calls: [{ id: `call_${n}`, type: "function", function: { name: "look_up_order", arguments: `{"id":${n}}` } }],
        }
      : { role: "assistant", content: `Order ${n} left the warehouse and comes on day ${n % 31}.` }
  const answer = JSON.stringify({
    id: `chatcmpl-${n}`,
    object: "chat.completion",
    model: "gpt-4o-mini",
    choices: [{ index: 0, finish_reason: n % 4 === 0 ? "tool_calls" : "stop", message }],
    usage: { prompt_tokens: 40, completion_tokens: 12, total_tokens: 52 },
  })
  const up = Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: api.openai.com\r\nuser-agent: OpenAI/Python 1.${n % 90}.0\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(request)}\r\n\r\n${request}`,
  )
  const down = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
  )
  const client = { from: `10.1.${(n >> 4) % 250}.${(n % AGENTS) + 1}`, to: "203.0.113.9", sport: 1_024 + (n % 60_000), dport: 80 }
  const server = { from: client.to, to: client.from, sport: 80, dport: client.sport }
  const opening = [
    tcpPacket({ ...client, seq: 100, flags: "S" }),
    tcpPacket({ ...server, seq: 500, ack: 101, flags: "SA" }),
    tcpPacket({ ...client, seq: 101, ack: 501, flags: "A" }),
    tcpPacket({ ...client, seq: 101, ack: 501, flags: "AP", payload: up }),
    tcpPacket({ ...server, seq: 501, ack: 101 + up.length, flags: "AP", payload: down }),
  ]
  const ending = [
    tcpPacket({ ...server, seq: 501 + down.length, ack: 101 + up.length, flags: "FA" }),
    tcpPacket({ ...client, seq: 101 + up.length, ack: 502 + down.length, flags: "FA" }),
  ]
  return [...opening, ...(n % 20 === 0 ? [] : ending)].map((packet) => vxlan(7, packet))
}

/** Shaped like an access key id, put together here so that no scanner takes this file for a leak. */
function leaked(n: number): string {
  return [
    "AK",
    "IA",
    "Q3EGRET7",
    String(n)
      .padStart(8, "2")
      .replaceAll(/[0189]/g, "X"),
  ].join("")
}

const AGENTS = 16
