// RFC 5424 frames around a line, and octet counting (RFC 6587 §3.4.1, RFC 5425 §4.3), which no content can break out of.
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export interface SyslogOptions {
  readonly hostname: string
  readonly pid: number
}

export function syslogMessage(record: SocRecord, line: string, { hostname, pid }: SyslogOptions): Buffer {
  const about = essenceOf(record)
  const priority = FACILITY_LOCAL0 * 8 + severityNames[about.severity].syslog
  const host = hostname.replaceAll(/[^\x21-\x7e]/g, "").slice(0, 255) || "-"
  // Control characters would end the message for receivers that split at line breaks.
  const text = line.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f]/g, " ")
  return Buffer.from(`<${priority}>1 ${new Date(about.time).toISOString()} ${host} egret ${pid} ${record.kind} - \ufeff${text}`)
}

export function octetCounted(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

const FACILITY_LOCAL0 = 16
