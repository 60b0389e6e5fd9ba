// Who acts. Named only when two independent groups of marks agree; what contradicts is kept as a conflict: a client that imitates another.
import type { AgentRef, FlowRef } from "../../../services/contracts/envelope.ts"
import type { Micros } from "../../wire/stream.ts"
import { sha256Hex, stableId } from "../ids.ts"
import { maybe } from "../json/read.ts"
import { Lru } from "../lru.ts"
import { workloadAgent } from "../origin.ts"
import { header } from "../text.ts"
import type { Placed } from "../workload.ts"
import type { Group } from "./data/marks.ts"
import { runtimesByJa4 } from "./data/profiles.ts"
import { type AgentSignal, type Evidence, matchProfiles, type ProfileMatch, principalOf, versionOf } from "./evidence.ts"

export interface Sighting {
  readonly flow: FlowRef
  readonly placed: Placed
  readonly at: Micros
}

interface Seen {
  readonly agent: AgentRef
  at: Micros
}

export class Agents {
  readonly #byFlow = new Lru<AgentRef>(MAX_FLOWS)
  readonly #byConversation = new Lru<AgentRef>(MAX_CONVERSATIONS)
  /** Agents of a workload with when each was last seen. */
  readonly #byWorkload = new Lru<Map<string, Seen>>(MAX_WORKLOADS)
  readonly #runtimes = new Lru<string>(MAX_FLOWS)

  /** TLS says which runtime speaks, before a byte of it can be read. */
  hello(flow: FlowRef, ja4: string | undefined): void {
    const [, ciphers = "", extensions = ""] = (ja4 ?? "").split("_")
    const runtime = runtimesByJa4[`${ciphers}_${extensions}`]
    if (runtime !== undefined) this.#runtimes.set(flow.id, runtime)
  }

  runtimeOf(flow: FlowRef): string | undefined {
    return this.#runtimes.get(flow.id)
  }

  /** Reads the evidence and remembers. `conversation`: what the same conversation said before counts on. */
  observe(sighting: Sighting, evidence: Evidence, conversation?: string): AgentRef {
    const { flow, placed, at } = sighting
    const read = this.#identify(placed, { runtime: this.#runtimes.get(flow.id), ...evidence })
    const before = conversation === undefined ? undefined : this.#byConversation.get(conversation)
    // A call that identifies another agent by itself is another's, though it begins alike.
    const inherits =
      before !== undefined &&
      (read === undefined || (before.confidence > read.confidence && (read.confidence < IDENTITY || read.id === before.id)))
    const agent = inherits ? before : this.#confirmed(read, sighting)
    if (agent === undefined) return withClient(this.of(sighting), evidence)
    if (conversation !== undefined) this.#byConversation.set(conversation, agent)
    this.#byFlow.set(flow.id, agent)
    if (agent.confidence >= NAMED) this.#remember(placed.workload.id, agent, at)
    return agent
  }

  /** One mark of an agent that was identified on this machine a moment ago is its own: telemetry, updates, tool servers. */
  #confirmed(read: AgentRef | undefined, { placed, at }: Sighting): AgentRef | undefined {
    if (read === undefined || read.confidence >= IDENTITY || read.signals.some(({ source }) => source === "tools")) return read
    const claimed = new Set(read.signals.map((signal) => signal.says))
    for (const { agent, at: seen } of this.#byWorkload.get(placed.workload.id)?.values() ?? []) {
      if (Math.abs(at - seen) <= RECENT && agent.confidence >= IDENTITY && agent.signals.some((signal) => claimed.has(signal.says))) {
        return {
          ...agent,
          confidence: CONFIRMED,
          signals: [...read.signals, { source: "workload", value: placed.workload.id, says: agent.name }],
          conflicts: [],
        }
      }
    }
    return read
  }

  /** Best known without evidence of its own: the flow's agent, else the only one that this workload runs just now, else the workload. */
  of({ flow, placed, at }: Sighting): AgentRef {
    const mine = this.#byFlow.get(flow.id)
    if (mine !== undefined) return mine
    const recent = [...(this.#byWorkload.get(placed.workload.id)?.values() ?? [])].filter((seen) => Math.abs(at - seen.at) <= RECENT)
    const only = recent.length === 1 ? recent[0]?.agent : undefined
    if (only === undefined) return workloadAgent(placed)
    const signal: AgentSignal = { source: "workload", value: placed.workload.id, says: only.signals[0]?.says ?? only.name }
    return { ...only, confidence: Math.min(BY_WORKLOAD, only.confidence), signals: [signal], conflicts: [] }
  }

  #remember(workload: string, agent: AgentRef, at: Micros): void {
    const seen = this.#byWorkload.get(workload) ?? new Map<string, Seen>()
    seen.delete(agent.id)
    seen.set(agent.id, { agent, at })
    const oldest = seen.keys().next().value
    if (seen.size > MAX_AGENTS && oldest !== undefined) seen.delete(oldest)
    this.#byWorkload.set(workload, seen)
  }

  #identify(placed: Placed, evidence: Evidence): AgentRef | undefined {
    const matches = matchProfiles(evidence).sort((a, b) => weight(b) - weight(a) || (a.profile.id < b.profile.id ? -1 : 1))
    const best = matches[0]
    if (best === undefined || weight(best) < IDENTIFIED) return unnamed(placed, evidence, matches)
    const conflicts = matches.slice(1).flatMap((other) => contradictions(best, other))
    const runtime = evidence.runtime
    const foreign = runtime !== undefined && best.profile.runtimes !== undefined && !best.profile.runtimes.includes(runtime)
    if (foreign) conflicts.push({ source: "ja4", value: runtime, says: `runtime ${runtime}` })
    const confidence = Math.max(
      0.3,
      (CONFIDENCE[Math.min(best.groups.size, CONFIDENCE.length - 1)] ?? 0) - (conflicts.length > 0 ? 0.15 : 0),
    )
    const signals = [
      ...best.groups.values(),
      ...(runtime !== undefined && !foreign && best.profile.runtimes !== undefined
        ? [{ source: "ja4", value: runtime, says: best.profile.id }]
        : []),
    ]
    return {
      id: `agent:${stableId(placed.workload.id, best.profile.id, principalOf(evidence) ?? "")}`,
      name: best.profile.name,
      ...maybe("version", versionOf(best.profile, evidence)),
      confidence,
      signals,
      conflicts,
      workload: placed.workload,
    }
  }
}

/** What an agent says to its model is harder to fake than a header: the prompt and the tools make it work. */
function weight({ groups }: ProfileMatch): number {
  let sum = 0
  for (const group of groups.keys()) sum += WEIGHTS[group]
  return sum
}

/** Marks of another profile in groups where the best has none of its own, or other than its own: headers of one, prompt of another. */
function contradictions(best: ProfileMatch, other: ProfileMatch): AgentSignal[] {
  // One shared tool set or destination proves no contradiction; a product header, a User-Agent or a prompt of another does.
  return [...other.groups]
    .filter(([group]) => CLAIMS.has(group) && !(best.groups.has(group) && group !== "header"))
    .map(([, signal]) => signal)
}

/** No name: the workload stands in, with what was claimed. An agent with tools of its own still gets an identity, so that it can be seen again. */
function unnamed(placed: Placed, evidence: Evidence, matches: readonly ProfileMatch[]): AgentRef | undefined {
  const signals = matches.flatMap(({ groups }) => [...groups.values()])
  const { tools = [], prompts = [] } = evidence
  if (tools.length > 0) {
    const print = sha256Hex(JSON.stringify([[...new Set(tools)].sort(), normal(prompts[0] ?? "")]))
    return {
      id: `agent:${stableId(placed.workload.id, print, principalOf(evidence) ?? "")}`,
      name: `unknown agent ${print.slice(0, 8)}`,
      confidence: 0.3,
      signals: [...signals, ...clientSignal(evidence), { source: "tools", value: tools.slice(0, 12).join(","), says: print.slice(0, 16) }],
      conflicts: [],
      workload: placed.workload,
    }
  }
  if (evidence.client !== undefined && matches.length <= 1) return ofClient(placed, evidence, matches[0])
  if (signals.length === 0) return undefined
  return { ...workloadAgent(placed), confidence: 0.2, signals }
}

/**
 * An MCP client with nothing else to tell it by: what it calls itself keeps it apart from others on its machine. A known product's name is taken as
 * claimed, under the id that the product will have once a second mark agrees.
 */
function ofClient(placed: Placed, evidence: Evidence, claimed: ProfileMatch | undefined): AgentRef {
  const said = evidence.client?.name.slice(0, MAX_CLIENT) ?? ""
  const own = { source: "mcp", value: said, says: said }
  const id =
    claimed === undefined
      ? stableId(placed.workload.id, "mcp-client", said)
      : stableId(placed.workload.id, claimed.profile.id, principalOf(evidence) ?? "")
  return {
    id: `agent:${id}`,
    name: claimed?.profile.name ?? said,
    ...maybe("version", evidence.client?.version?.slice(0, MAX_CLIENT)),
    confidence: claimed === undefined ? 0.3 : CLAIMED,
    signals: claimed === undefined ? [own] : [...claimed.groups.values()],
    conflicts: [],
    workload: placed.workload,
  }
}

/** The library it was built with: no identity, but what a reader asks first. */
function clientSignal({ headers }: Evidence): AgentSignal[] {
  const value = header(headers, "user-agent")
  return value === undefined ? [] : [{ source: "client", value: value.slice(0, 160), says: value.split(/[\s/]/, 1)[0] ?? "" }]
}

/** Nobody is named, but what the call was built with is no secret. */
function withClient(agent: AgentRef, evidence: Evidence): AgentRef {
  return agent.confidence > 0 || evidence.prompts === undefined ? agent : { ...agent, signals: clientSignal(evidence) }
}

/** Without numbers: dates, paths and ids change from day to day. */
function normal(prompt: string): string {
  return prompt.slice(0, 200).toLowerCase().replace(/\d+/g, "0").replace(/\s+/g, " ").trim()
}

const WEIGHTS: Readonly<Record<Group, number>> = { header: 1, "user-agent": 1, prompt: 1.6, tools: 1.5, body: 1, mcp: 1.2, destination: 1 }
const IDENTIFIED = 2
const CLAIMS: ReadonlySet<Group> = new Set(["header", "user-agent", "prompt", "mcp"])
const CONFIDENCE = [0, 0.4, 0.8, 0.92, 0.96, 0.98]
const NAMED = 0.3
// By one mark alone: shown, and not lent to other traffic of the machine.
const CLAIMED = 0.25
// From here on a name was given by agreement of two groups.
const IDENTITY = 0.6
const BY_WORKLOAD = 0.5
const CONFIRMED = 0.7
// An agent that has not spoken to its model for ten minutes is not taken for the author of other traffic of its machine.
const RECENT = 600_000_000
const MAX_FLOWS = 50_000
const MAX_CONVERSATIONS = 10_000
const MAX_WORKLOADS = 20_000
const MAX_AGENTS = 32
const MAX_CLIENT = 100
