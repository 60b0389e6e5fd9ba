// Mirroring of one deployment as its operator sees it: which egress IPs are protected, and what is done to keep them so. The command line, the
// API's switch and the reconcile loop all go through here, so that they cannot come to mean different things.
import type { MirrorConfig } from "../contracts/config/mirror.ts"
import { ConfigError } from "../contracts/errors.ts"
import { AwsMirroring } from "./aws/driver.ts"
import { type Check, examineAws } from "./doctor.ts"
import type { ApplyResult, Drift, EgressRequest, MirrorPlan } from "./model.ts"
import { readProtected, readWorkloadMap, workloadsOf, writeProtected, writeWorkloadMap } from "./state.ts"

export type Report = (line: string) => void

export interface Applied {
  readonly plan: MirrorPlan
  readonly drifts: readonly Drift[]
  /** undefined: blockers stood in the way, and nothing was changed. */
  readonly result: ApplyResult | undefined
}

export interface Ended {
  readonly deleted: readonly string[]
  readonly staying: readonly string[]
}

export interface Reconciled {
  readonly drifts: readonly Drift[]
  readonly repaired: boolean
}

export class Mirroring {
  readonly config: MirrorConfig
  readonly #driver: AwsMirroring

  constructor(config: MirrorConfig, driver?: AwsMirroring) {
    if (config.provider === "manual")
      throw new ConfigError({ path: "mirror.provider", got: "manual", want: "aws", hint: "egret mirror manual prints what to do by hand" })
    this.config = config
    this.#driver = driver ?? new AwsMirroring(config)
  }

  /** Egress IPs that were asked for and not given up: mirrored now, or as soon as they are associated with an interface. */
  get protectedIps(): string[] {
    return readProtected(this.config.stateDir, this.config.deployment)
  }

  plan(request: EgressRequest): Promise<MirrorPlan> {
    return this.#driver.plan(request)
  }

  diff(plan: MirrorPlan): Promise<Drift[]> {
    return this.#driver.diff(plan)
  }

  /** What would be in force after `apply`: what is protected already stays so. */
  async planWith(request: EgressRequest): Promise<MirrorPlan> {
    const plan = await this.plan({ ...request, egressIps: [...new Set([...this.protectedIps, ...request.egressIps])] })
    const asked = plan.egress.filter(({ ip }) => request.egressIps.includes(ip))
    const refused = asked.filter(({ sources, kind }) => sources.length === 0 && kind !== "unassociated")
    // What is mirrored already must not make an address that cannot be look as if it were.
    if (asked.length === 0 || refused.length < asked.length || plan.blockers.length > 0) return plan
    return {
      ...plan,
      blockers: refused.map(({ ip, refusal }) => `nothing to mirror for ${ip}: ${refusal ?? "every interface is left out"}`),
    }
  }

  async apply(request: EgressRequest, report: Report): Promise<Applied> {
    const plan = await this.planWith(request)
    const drifts = await this.diff(plan)
    if (plan.blockers.length > 0) return { plan, drifts, result: undefined }
    const result = await this.#driver.apply(plan, report)
    await this.#remember(plan.egress.filter((egress) => egress.refusal === undefined || egress.kind === "unassociated").map(({ ip }) => ip))
    await writeWorkloadMap(this.config.stateDir, plan)
    return { plan, drifts, result }
  }

  /** Of the given egress IPs, or of all: the rest is planned again without them, and what that no longer needs goes. */
  async destroy(leaving: readonly string[], report: Report): Promise<Ended> {
    const staying = leaving.length === 0 ? [] : this.protectedIps.filter((ip) => !leaving.includes(ip))
    const plan = staying.length === 0 ? undefined : await this.plan({ egressIps: staying })
    const result = plan === undefined ? await this.#driver.destroy(report) : await this.#driver.apply(plan, report)
    await this.#remember(staying)
    await writeWorkloadMap(this.config.stateDir, plan)
    return { deleted: result.deleted, staying }
  }

  /** One round: interfaces come and go, addresses move, people delete things. Nothing protected means nothing to do: it never destroys what another state folder asked for. */
  async reconcile(report: Report): Promise<Reconciled> {
    const egressIps = this.protectedIps
    if (egressIps.length === 0) return { drifts: [], repaired: false }
    const plan = await this.plan({ egressIps })
    const drifts = await this.diff(plan)
    if (plan.blockers.length > 0) return { drifts, repaired: false }
    if (drifts.length > 0) await this.#driver.apply(plan, report)
    // Addresses move between interfaces that are mirrored already: no drift in the cloud, but another workload for the sensor.
    if (JSON.stringify(workloadsOf(plan)) !== JSON.stringify(readWorkloadMap(this.config.stateDir)))
      await writeWorkloadMap(this.config.stateDir, plan)
    return { drifts, repaired: drifts.length > 0 }
  }

  async examine(plan: MirrorPlan): Promise<Check[]> {
    return examineAws(await this.#driver.ec2(), plan)
  }

  async #remember(egressIps: readonly string[]): Promise<void> {
    await writeProtected(this.config.stateDir, this.config.deployment, egressIps)
  }
}
