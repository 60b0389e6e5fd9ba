// What is recognised where no catalogue helps. `npm run bench:recognition` counts the same with more samples and disturbances.
import { describe, expect, it } from "vitest"
import { chance, families, makeSample } from "../../../bench/recognition/samples.ts"
import { serverCases } from "../../../bench/recognition/servers.ts"
import { type BodySketch, exchange, extract, ofKind } from "../facts.ts"

describe("at a host that no catalogue knows", () => {
  it.each(families)("%s is recognised whole, and by nearly every answer that was cut", (family) => {
    const random = chance(7)
    let whole = 0
    let cut = 0
    for (let turn = 0; turn < SAMPLES; turn++) {
      const { kind, sketch } = makeSample(family, random)
      const here = { ...sketch, host: `host-${turn}.example` }
      const named = (rows: ReturnType<typeof extract>): boolean =>
        rows.some((row) => row.kind === kind && (row.kind !== "llm" || row.data.family === family))
      whole += Number(named(extract([exchange(here)])))
      cut += Number(named(extract([exchange({ ...here, response: shortened(sketch.response, 0.4 + random() * 0.5) })])))
    }
    expect(whole).toBe(SAMPLES)
    expect(cut).toBeGreaterThanOrEqual(SAMPLES - 2)
  })

  it.each(serverCases.filter(({ wants }) => wants.family !== undefined))(
    "$name keeps its family, behind a prefix too",
    ({ sketch, wants }) => {
      for (const path of [sketch.path ?? "/", `/team-a/proxy${sketch.path ?? "/"}`]) {
        const [row] = ofKind(extract([exchange({ ...sketch, host: "inside.corp.example", path })]), "llm")
        expect(row?.data).toMatchObject({ family: wants.family, ...(wants.model && { requestModel: wants.model }) })
      }
    },
  )

  it("a prediction that has just begun is told from the answer's addresses, a build that runs is not", () => {
    const body = {
      id: "p",
      status: "starting",
      output: null,
      input: {},
      urls: { get: "https://r.example/p", cancel: "https://r.example/p/cancel" },
    }
    const prediction = { path: "/v1/predictions", request: { body: { version: "acme/m", input: { prompt: "U" } } }, response: { body } }
    expect(ofKind(extract([exchange(prediction)]), "llm")[0]?.data).toMatchObject({ family: "replicate", requestModel: "acme/m" })
    const build = {
      path: "/v1/builds/9/predictions",
      request: { body: { input: { branch: "main" } } },
      response: { body: { id: "b", status: "processing", input: { branch: "main" }, urls: { web: "https://ci.example/b" } } },
    }
    expect(ofKind(extract([exchange(build)]), "llm")).toEqual([])
  })
})

function shortened(side: BodySketch = {}, share: number): BodySketch {
  const text = typeof side.body === "string" ? side.body : JSON.stringify(side.body)
  return { ...side, body: text.slice(0, Math.max(1, Math.floor(text.length * share))), completeness: "truncated" }
}

const SAMPLES = 12
