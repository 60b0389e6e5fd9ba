// What /healthz and /readyz answer. Alive: the process can still do its work. Ready: every part is up, so traffic may be sent here.

export type PartState = "starting" | "ready" | "degraded" | "failed" | "stopping"

export interface PartHealth {
  readonly part: string
  readonly state: PartState
  readonly reason: string
}

export class Health {
  readonly #parts = new Map<string, PartHealth>()

  set(part: string, state: PartState, reason = ""): void {
    this.#parts.set(part, { part, state, reason })
  }

  get parts(): readonly PartHealth[] {
    return [...this.#parts.values()]
  }

  get alive(): boolean {
    return this.parts.every(({ state }) => state !== "failed")
  }

  /** A degraded part (a destination down, a queue filling) still works: it shows, but takes no traffic away. */
  get ready(): boolean {
    return this.#parts.size > 0 && this.parts.every(({ state }) => state === "ready" || state === "degraded")
  }
}
