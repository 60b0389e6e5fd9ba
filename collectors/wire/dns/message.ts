// DNS messages (RFC 1035 §4.1).
//   header  = id(2) flags(2) questions(2) answers(2) authorities(2) additional(2)
//   flags   = response(1) opcode(4) authoritative truncated … rcode(4)
// A message that breaks off keeps what was read before; the problem is named.
import { Cursor } from "../cursor.ts"
import { readName } from "./name.ts"
import { type DnsRecord, readRecord, typeName } from "./record.ts"

export interface DnsQuestion {
  readonly name: string
  readonly type: string
}

export interface DnsMessage {
  readonly id: number
  readonly response: boolean
  readonly opcode: number
  readonly rcode: string
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  readonly problem: string | undefined
}

/** undefined: too short to be one. */
export function readDnsMessage(bytes: Uint8Array): DnsMessage | undefined {
  const cursor = new Cursor(bytes)
  const id = cursor.u16()
  const flags = cursor.u16()
  const counts = [cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()] as const
  if (!cursor.ok) return undefined
  const reading = new Reading(bytes)
  reading.questionsOf(counts[0])
  const answers = reading.records(counts[1])
  reading.records(counts[2])
  reading.records(counts[3])
  const extended = reading.extendedRcode
  return {
    id,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    rcode: rcodeName((extended << 4) | (flags & 15)),
    questions: reading.questions,
    answers,
    problem: reading.problem,
  }
}

class Reading {
  readonly questions: DnsQuestion[] = []
  problem: string | undefined
  extendedRcode = 0
  readonly #bytes: Uint8Array
  #at = 12

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  questionsOf(count: number): void {
    for (let done = 0; done < count && this.problem === undefined; done += 1) {
      if (done === MAX_QUESTIONS) this.problem = "dns-too-many-questions"
      const name = readName(this.#bytes, this.#at)
      if (typeof name === "string") this.problem = name
      else if (name.next + 4 > this.#bytes.length) this.problem = "dns-cut-question"
      else {
        const type = ((this.#bytes[name.next] ?? 0) << 8) | (this.#bytes[name.next + 1] ?? 0)
        this.questions.push({ name: name.name, type: typeName(type) })
        this.#at = name.next + 4
      }
    }
  }

  records(count: number): DnsRecord[] {
    const records: DnsRecord[] = []
    for (let done = 0; done < count && this.problem === undefined; done += 1) {
      const read = readRecord(this.#bytes, this.#at)
      if (typeof read === "string") {
        this.problem = read
        break
      }
      this.#at = read.next
      // EDNS (RFC 6891 §6.1.3): the upper bits of the response code are the first byte of the time to live.
      if (read.typeNumber === 41) this.extendedRcode = read.record.ttl >>> 24
      else if (records.length < MAX_RECORDS) records.push(read.record)
    }
    return records
  }
}

function rcodeName(rcode: number): string {
  return RCODES[rcode] ?? `RCODE${rcode}`
}

// Resolvers refuse more than one; mDNS asks a few at once.
const MAX_QUESTIONS = 32
// Kept for the row; a zone transfer has more and is not a lookup.
const MAX_RECORDS = 64
const RCODES: Readonly<Record<number, string>> = {
  0: "NOERROR",
  1: "FORMERR",
  2: "SERVFAIL",
  3: "NXDOMAIN",
  4: "NOTIMP",
  5: "REFUSED",
  6: "YXDOMAIN",
  7: "YXRRSET",
  8: "NXRRSET",
  9: "NOTAUTH",
  10: "NOTZONE",
  16: "BADVERS",
  23: "BADCOOKIE",
}
