import { describe, expect, it } from "vitest"
import { knownFinds, tryInput } from "./fuzz.ts"
import { targets } from "./targets.ts"

describe("fuzz targets", () => {
  it.each(targets.map((target) => [target.name, target] as const))("%s takes a hundred inputs without harm", (_, target) => {
    for (let seed = 1; seed <= 100; seed++) expect(tryInput(target, seed), `npm run fuzz -- --seed ${seed} ${target.name}`).toBeUndefined()
  })
  it("does no harm any more with what was found", () => {
    for (const { target, seed } of knownFinds()) {
      const found = targets.find(({ name }) => name === target)
      expect(found, target).toBeDefined()
      if (found !== undefined) expect(tryInput(found, seed), `${target} ${seed}`).toBeUndefined()
    }
  })
})
