// The contracts as others hold us to them: committed schemas, and samples of version 1 that every later version must still read.
import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { schemaFolder, schemas, schemaText } from "../../../scripts/schemas.ts"
import { envelope } from "../../../services/contracts/envelope.ts"
import { securityEvent } from "../../../services/contracts/event.ts"
import { finding } from "../../../services/contracts/finding.ts"
import { verdict } from "../../../services/contracts/verdict.ts"

const samples = resolve(import.meta.dirname, "../../golden/contracts/v1")
const messages = [...schemas().keys()].filter((name) => !["config.json", "policy.json"].includes(name))
const contracts = { finding, event: securityEvent, verdict }

describe("docs/schemas", () => {
  it("holds what the contracts say today; npm run schemas writes it", () => {
    const committed = readdirSync(schemaFolder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"))
    expect(committed.sort()).toEqual([...schemas().keys()].sort())
    for (const [name, schema] of schemas()) expect(readFileSync(join(schemaFolder, name), "utf8"), name).toBe(schemaText(schema))
  })

  it("lets another validator check a configuration and a policy, and refuse a misspelt key", () => {
    const config = validator("config.json")
    expect([config(parse("sensor: { name: edge-1 }\nbus: { kind: kafka }")), config.errors]).toEqual([true, null])
    expect(config(parse("sensor: { nmae: edge-1 }"))).toBe(false)
    const policy = validator("policy.json")
    expect([policy(parse("version: 1\npreset: balanced\nrules: [{ id: a, when: { agent: x }, action: block }]")), policy.errors]).toEqual([
      true,
      null,
    ])
    expect(policy(parse("version: 1\nrules: [{ id: a, wehn: { agent: x }, action: block }]"))).toBe(false)
  })
})

describe.each(messages)("a message of version 1 as in %s", (name) => {
  const sample = JSON.parse(readFileSync(join(samples, name.replace("activity/", "")), "utf8")) as Record<string, unknown>
  const contract = contracts[name.replace(".json", "") as keyof typeof contracts] ?? envelope

  it("is read whole: no field is lost or changed", () => {
    expect(contract.parse(sample)).toEqual(sample)
  })

  it("is valid by the published schema, and stays so with fields that a later version adds", () => {
    const valid = validator(name)
    expect([valid({ ...sample, added: 1 }), valid.errors]).toEqual([true, null])
    for (const field of ["v", "id"]) expect(valid({ ...sample, [field]: undefined }), field).toBe(false)
  })
})

function validator(name: string) {
  return new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(join(schemaFolder, name), "utf8")))
}
