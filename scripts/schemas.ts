// npm run schemas: writes docs/schemas from the contracts. A test fails when they differ, so run it after a change of a contract.
import { mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { z } from "zod"
import { activityKinds } from "../services/contracts/activity/kinds.ts"
import { config } from "../services/contracts/config/config.ts"
import { envelopeBase } from "../services/contracts/envelope.ts"
import { securityEvent } from "../services/contracts/event.ts"
import { finding } from "../services/contracts/finding.ts"
import { topics } from "../services/contracts/topics.ts"
import { verdict } from "../services/contracts/verdict.ts"
import { policyFile } from "../services/policy/schema.ts"

export const schemaFolder = resolve(import.meta.dirname, "../docs/schemas")

/** File name to schema. Of messages: what is written, every field that is always there required. Of files people write: what may be left out is optional. */
export function schemas(): Map<string, object> {
  const made = new Map<string, object>()
  for (const [kind, data] of Object.entries(activityKinds))
    made.set(
      `activity/${kind}.json`,
      written(envelopeBase.extend({ kind: z.literal(kind), data }), `An envelope of kind "${kind}" on ${topics.activity}`),
    )
  made.set("finding.json", written(finding, `A finding on ${topics.finding}`))
  made.set("event.json", written(securityEvent, `A security event on ${topics.event}`))
  made.set("verdict.json", written(verdict, `A verdict on ${topics.verdict}`))
  made.set("config.json", read(config, "The configuration file of every role"))
  made.set("policy.json", read(policyFile, "A policy file"))
  return made
}

function written(contract: z.ZodType, title: string): object {
  const open = ({ jsonSchema }: { jsonSchema: { additionalProperties?: unknown } }): void => {
    // A later version may add fields: who checks with this schema must not refuse them.
    if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
  }
  return { title, ...z.toJSONSchema(contract, { io: "output", reused: "inline", unrepresentable: "any", override: open }) }
}

function read(contract: z.ZodType, title: string): object {
  return { title, ...z.toJSONSchema(contract, { io: "input", reused: "inline", unrepresentable: "any" }) }
}

export function schemaText(schema: object): string {
  return `${JSON.stringify(schema, null, 1)}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  mkdirSync(join(schemaFolder, "activity"), { recursive: true })
  for (const [name, schema] of schemas()) writeFileSync(join(schemaFolder, name), schemaText(schema))
}
