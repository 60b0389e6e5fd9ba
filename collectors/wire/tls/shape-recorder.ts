import type { FlowShape } from "../facts.ts"
import type { Micros, Side } from "../stream.ts"

/** Sizes of the first application records of each side and the times between those of the server: what can be judged without keys. */
export class ShapeRecorder {
  readonly #client: number[] = []
  readonly #server: number[] = []
  readonly #gaps: number[] = []
  #lastServerAt: Micros | undefined

  note(side: Side, bytes: number, at: Micros): void {
    const sizes = side === "client" ? this.#client : this.#server
    if (sizes.length >= MAX_NOTED) return
    sizes.push(bytes)
    if (side === "client") return
    if (this.#lastServerAt !== undefined) this.#gaps.push(Math.max(0, at - this.#lastServerAt))
    this.#lastServerAt = at
  }

  get shape(): FlowShape {
    return { clientSizes: this.#client, serverSizes: this.#server, serverGapMicros: this.#gaps }
  }
}

// Enough to tell a streamed answer from a download; a row stays under 2 KB.
const MAX_NOTED = 64
