// Somebody else's switch: a signed call when an action begins and another when it is taken back. The idempotency key is the same at a repetition.
import { createHmac } from "node:crypto"
import type { RespondAction } from "../contracts/config/respond.ts"
import { type Actor, type Refusal, RespondError, type Response, type Step, type TakenBack, type Target } from "./model.ts"

export class WebhookActor implements Actor {
  readonly #config: Extract<RespondAction, { type: "webhook" }>
  readonly #now: () => number

  constructor(config: Extract<RespondAction, { type: "webhook" }>, now: () => number) {
    this.#config = config
    this.#now = now
  }

  async plan(_target: Target): Promise<{ steps: readonly Step[]; warnings: readonly string[] } | Refusal> {
    return { steps: [{ kind: "webhook" }], warnings: [`what happens is up to ${new URL(this.#config.url).host}`] }
  }

  apply(_step: Step, response: Response): Promise<void> {
    return this.#call("apply", response)
  }

  async revert(_step: Step, response: Response): Promise<TakenBack> {
    await this.#call("revert", response)
    return { done: "restored" }
  }

  async #call(does: "apply" | "revert", { id, action, target, reason, by, event, until }: Response): Promise<void> {
    const { url, headers, signingKey, timeout } = this.#config
    const body = JSON.stringify({ does, id, action, target, reason, by, event, until })
    const stamp = String(Math.floor(this.#now() / 1_000))
    const signature: Record<string, string> =
      signingKey === undefined
        ? {}
        : {
            "x-egret-timestamp": stamp,
            "x-egret-signature": `sha256=${createHmac("sha256", signingKey.reveal()).update(`${stamp}.${body}`).digest("hex")}`,
          }
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `${id}-${does}`, ...headers, ...signature },
      body,
      // A signature must not travel to where a receiver points.
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new RespondError(`${new URL(url).host} answered ${answer.status}`)
  }
}
