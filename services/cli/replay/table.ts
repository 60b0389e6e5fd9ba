// Activities as one line each, for people.
import type { SensorSummary } from "../../../collectors/sensor/summary.ts"
import type { Envelope } from "../../contracts/envelope.ts"
import type { Endpoint } from "../../contracts/primitives.ts"
import type { Judged } from "./judgement.ts"

export function envelopeLine(envelope: Envelope): string {
  const { at, kind, flow } = envelope
  const time = timeText(at)
  const ends = `${endText(flow.client)} > ${endText(flow.server)}`
  return printable(`${time}  ${kind.padEnd(9)} ${ends.padEnd(44)} ${detail(envelope)}`)
}

function detail(envelope: Envelope): string {
  switch (envelope.kind) {
    case "flow": {
      const { packets, bytes, gapBytes, layers, transport, close } = envelope.data
      const lost = gapBytes.client + gapBytes.server
      return `${[transport, ...layers].join("/")} ${packets.client}+${packets.server} packets ${bytes.client}+${bytes.server} bytes ${lost > 0 ? `${lost} lost ` : ""}${close}`
    }
    case "tls": {
      const { sni, version, alpnChosen, decryption, reason, ja4 } = envelope.data
      return [sni ?? "(no name)", version, alpnChosen, ja4, `decryption ${decryption}`, reason === undefined ? undefined : `(${reason})`]
        .filter((part) => part !== undefined)
        .join(" ")
    }
    case "dns": {
      const { name, type, rcode, answers } = envelope.data
      return `${type} ${name} ${rcode ?? "no answer"} ${answers.map(({ value }) => value).join(", ")}`
    }
    case "http": {
      const { method, scheme, authority, path, status, request, response, completeness } = envelope.data
      return `${method} ${scheme}://${authority}${path} ${status} ${request.bytes} > ${response.bytes} bytes ${completeness}`
    }
    case "websocket": {
      const { direction, opcode, bytes, text } = envelope.data
      return `${direction} ${opcode} ${bytes} bytes ${text ?? ""}`
    }
    case "anomaly":
      return `${envelope.data.code} ${envelope.data.side ?? ""} ${envelope.data.detail ?? ""}`
    default:
      return JSON.stringify(envelope.data)
  }
}

export function judgedTable({ findings, events }: Judged): string[] {
  if (findings.length === 0) return []
  return [
    "",
    ...findings.map(
      ({ at, rule, severity, decision, title, destination, evidence }) =>
        `${timeText(at)}  finding   ${severity.padEnd(8)} ${decision.action.padEnd(6)} ${rule}  ${title}  ${destination?.host ?? ""}  ${evidence.masked}`,
    ),
    "",
    ...events.map(
      ({ lastSeen, severity, count, title, summary }) =>
        `${timeText(lastSeen)}  event     ${severity.padEnd(8)} ${count} times  ${title}  ${summary}`,
    ),
  ].map(printable)
}

export function summaryTable(summary: SensorSummary): string[] {
  const { packets, bytes, flows, activities, decode, drops, seconds } = summary
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ") || "none"
  return [
    "",
    `packets     ${packets} (${bytes} bytes) in ${seconds.toFixed(2)} s: tcp ${decode.tcp}, udp ${decode.udp}, other ${decode.other}, duplicates ${decode.duplicates}`,
    `flows       ${flows}, ${decode.gapBytes} bytes lost`,
    `activities  ${activities}: ${list(decode.activities)}; findings ${summary.findings}`,
    `tls         decrypted ${decode.tls.full}, partly ${decode.tls.partial}, not ${decode.tls.none}`,
    `anomalies   ${list(decode.anomalies)}`,
    `drops       ${list(drops)}`,
  ].map(printable)
}

/** ISO 8601 up to the year 9999; captures with broken clocks go beyond. */
function timeText(micros: number): string {
  const millis = micros / 1000
  return millis < 253_402_300_800_000 ? new Date(millis).toISOString().replace("T", " ").slice(0, 23) : `${millis}`.padEnd(23)
}

function endText({ ip, port }: Endpoint): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** Traffic must not write control sequences to the operator's terminal. One line, of bearable length. */
function printable(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, " ").trimEnd()
  return clean.length > MAX_LINE ? `${clean.slice(0, MAX_LINE)}…` : clean
}

const MAX_LINE = 400
