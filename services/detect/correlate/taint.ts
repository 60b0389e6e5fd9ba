// Fingerprints of sensitive text that came in, looked for in what goes out: proof that it left, whatever it was.
import type { Note } from "./note.ts"
import type { Signals } from "./signals.ts"

export class Taint {
  /** Fingerprint to the activity that brought it in; oldest first. */
  readonly #seen = new Map<number, string>()

  observe(id: string, host: string, { taintIn, taintOut }: Pick<Signals, "taintIn" | "taintOut">): Note[] {
    const notes = this.#leaks(host, taintOut)
    for (const hash of taintIn) this.#seen.set(hash, id)
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= MAX_HASHES) break
      this.#seen.delete(oldest)
    }
    return notes
  }

  save(): unknown {
    return [...this.#seen]
  }

  restore(saved: unknown): void {
    for (const [hash, id] of saved as [number, string][]) this.#seen.set(hash, id)
  }

  #leaks(host: string, out: Uint32Array): Note[] {
    const sources = new Map<string, number>()
    for (const hash of out) {
      const source = this.#seen.get(hash)
      if (source !== undefined) sources.set(source, (sources.get(source) ?? 0) + 1)
    }
    const [source, shared] = [...sources].sort((a, b) => b[1] - a[1])[0] ?? ["", 0]
    if (shared < LEAST_SHARED) return []
    return [
      {
        rule: "exfiltration/tainted-data",
        family: "exfiltration",
        severity: "critical",
        confidence: Math.min(0.95, 0.7 + shared / 60),
        title: "Sensitive text that was read is leaving",
        reason: `${shared} fingerprints of what was read earlier are in what goes to ${host}`,
        place: "body",
        path: "",
        masked: `${shared} shared fingerprints`,
        subject: `${host} ${source}`,
        facts: { shared },
        references: ["T1041", "LLM02:2025"],
        related: [source],
      },
    ]
  }
}

// Twelve characters each, one in eight kept: five mean some fifty equal characters and no chance.
const LEAST_SHARED = 5
const MAX_HASHES = 16_384
