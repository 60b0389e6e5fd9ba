import type { RespondAction, RespondConfig } from "../contracts/config/respond.ts"
import { NetworkAclActor } from "./aws/network-acl.ts"
import { SecurityGroupActor } from "./aws/security-group.ts"
import { DenyListActor, DenyListFile } from "./deny-list.ts"
import type { Actor } from "./model.ts"
import { Responder, type ResponderOptions } from "./responder.ts"
import { WebhookActor } from "./webhook.ts"

export function openResponder(config: RespondConfig, { now, audit }: Pick<ResponderOptions, "now" | "audit">): Responder {
  const actors = new Map<string, Actor>()
  return new Responder({
    config,
    now,
    audit,
    actorOf: (action) => {
      const actor = actors.get(action.name) ?? makeActor(action, { config, now })
      actors.set(action.name, actor)
      return actor
    },
  })
}

function makeActor(action: RespondAction, { config, now }: { config: RespondConfig; now: () => number }): Actor {
  switch (action.type) {
    case "security-group":
      return new SecurityGroupActor(action)
    case "network-acl":
      return new NetworkAclActor(action)
    case "deny-list":
      return new DenyListActor(action, new DenyListFile(config.stateDir, now))
    case "webhook":
      return new WebhookActor(action, now)
  }
}
