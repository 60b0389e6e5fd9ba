// Mirroring as a running process holds it: asked by people through the API and by the reconcile loop, one change at a time.
import type { Mirroring } from "./mirroring.ts"

/** One for the whole process: a change that is asked for and the reconcile loop take turns. */
export class MirrorSwitch {
  readonly #mirroring: Mirroring
  readonly #tell: (line: string) => void
  #turn: Promise<unknown> = Promise.resolve()
  #busy = false

  constructor(mirroring: Mirroring, tell: (line: string) => void) {
    this.#mirroring = mirroring
    this.#tell = tell
  }

  known() {
    const { networkInterface, networkLoadBalancer, gatewayLoadBalancerEndpoint } = this.#mirroring.config.target
    const target = networkInterface ?? networkLoadBalancer ?? gatewayLoadBalancerEndpoint
    return {
      configured: target !== undefined,
      ...(target !== undefined && { target }),
      protected: this.#mirroring.protectedIps,
      busy: this.#busy,
    }
  }
  async status() {
    const plan = await this.#mirroring.plan({ egressIps: this.#mirroring.protectedIps })
    return { plan, drifts: await this.#mirroring.diff(plan) }
  }
  async checks() {
    return this.#mirroring.examine(await this.#mirroring.plan({ egressIps: this.#mirroring.protectedIps }))
  }
  async plan(egressIps: readonly string[]) {
    const plan = await this.#mirroring.planWith({ egressIps })
    return { plan, drifts: await this.#mirroring.diff(plan) }
  }
  apply(egressIps: readonly string[]) {
    return this.#change(() => this.#mirroring.apply({ egressIps }, this.#tell))
  }
  destroy(egressIps: readonly string[]) {
    return this.#change(() => this.#mirroring.destroy(egressIps, this.#tell))
  }
  reconcile() {
    return this.#inTurn(() => this.#mirroring.reconcile(this.#tell))
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) return Promise.reject(new MirroringBusy())
    this.#busy = true
    return this.#inTurn(work).finally(() => {
      this.#busy = false
    })
  }
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

class MirroringBusy extends Error {
  override name = "MirroringBusy"
  constructor() {
    super("another change is being made; look again in a minute")
  }
}
