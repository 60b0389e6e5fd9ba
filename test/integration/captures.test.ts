import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { compare } from "../differential/compare.ts"
import { isExplained } from "../differential/explained.ts"
import { observe } from "../differential/observe.ts"
import { readTruth } from "../differential/truth.ts"
import { capturesFolder, requires } from "../support/requires.ts"

const captures = requires("captures")

describe.skipIf(captures.missing)("real captures against tshark", () => {
  it.each(captures.missing ? [] : readTruth().map((truth) => [truth.file, truth] as const))(
    "reads %s, and every difference is an explained one",
    async (file, truth) => {
      const observed = await observe(join(capturesFolder, file), truth.keyfile === null ? undefined : join(capturesFolder, truth.keyfile))
      expect(compare(truth, observed).filter((aspect) => !isExplained(file, aspect))).toEqual([])
    },
  )
})
