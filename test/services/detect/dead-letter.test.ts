import { expect, it } from "vitest"
import { http } from "../../support/detect/activities.ts"
import { detected, inlinePool } from "../../support/detect/run.ts"

it("an activity that no worker survives is dead-lettered with the reason, and those around it are judged", async () => {
  const key = ["AK", "IA", "Q7M2ZLXW5N4T6VKJ"].join("")
  const poison = "/poison"
  const inner = inlinePool()
  const outcome = await detected([http("GET", `/a?k=${key}`), http("GET", poison), http("GET", `/b?k=${key}`)], {
    pool: {
      inspect: async (values) =>
        (await inner.inspect(values)).map((result, index) =>
          Buffer.from(values[index] ?? [])
            .toString()
            .includes(poison)
            ? { ok: false, code: "TIMEOUT", message: "inspection took longer than 1500 ms" }
            : result,
        ),
      close: async () => {},
    },
  })
  expect(outcome.dead).toEqual(["detect TIMEOUT: inspection took longer than 1500 ms"])
  expect(outcome.findings.filter(({ rule }) => rule === "secret/aws-access-key-id")).toHaveLength(2)
})
