// What a batch changed in a workload's memory, small enough to be written down before the batch is acknowledged. A snapshot and the entries after it give
// back the memory exactly as it was, whoever reads them.
import type { SecurityEvent } from "../../contracts/event.ts"
import type { Finding } from "../../contracts/finding.ts"
import type { Observed } from "../inspected.ts"
import type { Spending } from "./rates.ts"
import type { Signals } from "./signals.ts"

export interface JournalEntry {
  /** Rises by one with every entry of the workload; a snapshot says up to which it goes. */
  readonly seq: number
  readonly observed: readonly JournalActivity[]
  readonly raised: readonly (readonly [Finding, SecurityEvent["suppression"] | null])[]
}

export interface JournalActivity {
  readonly head: Observed
  /** Without what no memory rests on; what is empty is left out. */
  readonly signals: Partial<Omit<Signals, "taintIn" | "taintOut">> & { readonly taintIn?: readonly number[] }
  readonly spent?: readonly (Spending & { readonly told: boolean })[]
}

export function journalHead({ id, at, kind, destination, agent }: Observed): Observed {
  return { id, at, kind, agent: { id: agent.id }, ...(destination === undefined ? {} : { destination }) }
}

/** `tools`: those lists that say something new; the others are only named. */
export function journalSignals(signals: Signals, tools: Signals["tools"]): JournalActivity["signals"] {
  const { steps, fragments, taintIn, sent, calls, credential, dns } = signals
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(steps.length === 0 ? {} : { steps }),
    ...(fragments.length === 0 ? {} : { fragments }),
    ...(taintIn.length === 0 ? {} : { taintIn: [...taintIn] }),
    ...(sent === 0 ? {} : { sent }),
    ...(calls.length === 0 ? {} : { calls }),
    ...(credential === undefined ? {} : { credential }),
    ...(dns === undefined ? {} : { dns }),
  }
}

export function signalsOfJournal({ taintIn = [], ...rest }: JournalActivity["signals"]): Signals {
  return { ...NOTHING, ...rest, taintIn: Uint32Array.from(taintIn) }
}

const NOTHING: Signals = {
  tools: [],
  steps: [],
  fragments: [],
  taintIn: new Uint32Array(),
  taintOut: new Uint32Array(),
  sent: 0,
  calls: [],
}
