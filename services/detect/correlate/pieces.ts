// Pieces that left one after the other for the same place: a secret cut over requests, frames, calls or names comes together here.
import { secretAcross } from "../../../detectors/exfiltration/split.ts"
import type { Micros } from "../../contracts/primitives.ts"
import { maskMatch } from "../mask.ts"
import type { Note } from "./note.ts"

interface Sent {
  readonly id: string
  readonly at: Micros
  readonly pieces: readonly string[]
}

export class SentPieces {
  readonly #byHost = new Map<string, Sent[]>()

  observe(host: string, { id, at, pieces }: Sent): Note[] {
    if (pieces.length === 0 || host === "") return []
    const earlier = (this.#byHost.get(host) ?? []).filter((sent) => at - sent.at < WINDOW_MICROS)
    const sent = [...earlier, { id, at, pieces }].slice(-MAX_SENT)
    this.#byHost.delete(host)
    this.#byHost.set(host, sent)
    for (const oldest of this.#byHost.keys()) {
      if (this.#byHost.size <= MAX_HOSTS) break
      this.#byHost.delete(oldest)
    }
    if (earlier.length === 0) return []
    const found = secretAcross(lanes(sent))
    if (found === undefined) return []
    // Once told, the pieces are done with: the next request would only tell it again.
    this.#byHost.set(host, [])
    return [
      {
        rule: "exfiltration/split-secret-over-time",
        family: "exfiltration",
        severity: "critical",
        confidence: Math.min(0.92, found.confidence),
        title: "A secret sent in pieces, one activity at a time",
        reason: `${sent.length} activities to ${host} together hold: ${found.title.toLowerCase()}`,
        place: "url",
        path: "",
        masked: maskMatch(found.matched, true),
        subject: `${host} ${found.rule}`,
        facts: { secret: found.rule },
        references: ["T1048", "T1027"],
        related: earlier.map((entry) => entry.id),
      },
    ]
  }

  save(): unknown {
    return [...this.#byHost]
  }

  restore(saved: unknown): void {
    for (const [host, sent] of saved as [string, Sent[]][]) this.#byHost.set(host, sent)
  }
}

/** The last piece of each activity in turn, then all pieces in turn: requests differ in one parameter, or in all of them. */
function lanes(sent: readonly Sent[]): string[] {
  const counts = new Map<string, number>()
  for (const { pieces } of sent) for (const piece of new Set(pieces)) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  // What every request has (path, host, key names) is no piece of the secret.
  return sent.flatMap(({ pieces }) => pieces.filter((piece) => (counts.get(piece) ?? 0) === 1)).slice(-MAX_JOINED)
}

const WINDOW_MICROS = 15 * 60 * 1_000_000
const MAX_SENT = 12
const MAX_HOSTS = 64
const MAX_JOINED = 32
