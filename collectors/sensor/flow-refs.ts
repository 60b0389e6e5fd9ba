// The wire's view of a flow as the contract's reference: a stable id, and what host the address was asked for.
import type { FlowRef } from "../../services/contracts/envelope.ts"
import { deterministicId } from "../../services/runtime/ids.ts"
import type { WireFact } from "../wire/facts.ts"
import type { FlowView } from "../wire/flow/flow.ts"

export class FlowRefs {
  readonly #refs = new WeakMap<FlowView, FlowRef>()

  of(flow: FlowView): FlowRef {
    const known = this.#refs.get(flow)
    if (known !== undefined) return known
    const { vni, client, server, transport, start, epoch } = flow
    const id = deterministicId("flow", vni, client.ip, client.port, server.ip, server.port, transport, epoch, start)
    const ref: FlowRef = { id, vni, client, server, transport }
    this.#refs.set(flow, ref)
    return ref
  }

  /** Remembers the host that a fact names, for all that follows on the flow. */
  learn(flow: FlowView, fact: WireFact): FlowRef {
    const ref = this.of(flow)
    const host = hostOf(fact)
    if (host === undefined || host === "" || ref.host !== undefined) return ref
    const named = { ...ref, host }
    this.#refs.set(flow, named)
    return named
  }
}

function hostOf(fact: WireFact): string | undefined {
  if (fact.type === "tls") return fact.sni
  if (fact.type === "exchange" || fact.type === "websocket" || fact.type === "sse") return fact.authority
  return undefined
}
