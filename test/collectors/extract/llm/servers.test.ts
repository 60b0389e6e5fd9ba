import { describe, expect, it } from "vitest"
import { serverCases } from "../../../bench/recognition/servers.ts"
import { exchange, extract, ofKind } from "../facts.ts"

describe("servers, gateways and clouds as they document themselves", () => {
  it.each(serverCases)("$name", ({ sketch, wants }) => {
    const data = ofKind(extract([exchange(sketch)]), "llm")[0]?.data
    const { family, model, said, inputTokens, software } = wants
    expect({
      ...(family && { family: data?.family }),
      ...(model && { model: data?.requestModel }),
      ...(said && {
        said: data?.outputMessages.flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : ""))).join(""),
      }),
      ...(inputTokens && { inputTokens: data?.usage.inputTokens }),
      ...(software && { software: data?.software }),
    }).toEqual(wants)
    expect(data?.completeness).toBe("full")
    expect(JSON.stringify(data?.inputMessages)).toMatch(/How many\?|def f\(/)
  })
})
