import { describe, expect, it } from "vitest"
import type { RawFinding } from "../../../services/contracts/inspection.ts"
import { maskContext, maskMatch } from "../../../services/detect/mask.ts"

describe("the context of a match", () => {
  it("holds the masked match word for word, so that it can be marked there", () => {
    const text = `please use ${key} for the upload`
    const context = maskContext(text, finding({ span: [11, 11 + key.length] }))
    expect(context).toBe("please use AK…[20]…LE for the upload")
    expect(context).toContain(maskMatch(key, true))
  })

  it("shows what was decoded in its place, with the decodings and its own surroundings, and marks it there too", () => {
    const encoded = Buffer.from(`aws key=${key} ok`).toString("base64")
    const text = `{"note": "${encoded}"}`
    const context = maskContext(text, finding({ span: [10, 10 + encoded.length], decoded: ["base64"], around: ["aws key=", " ok"] }))
    expect(context).toBe('{"note": "⟦base64: aws key=AK…[20]…LE ok⟧"}')
  })

  it("hides a second secret beside the first, on both sides of the decoding", () => {
    const other = "w".repeat(40)
    const context = maskContext(
      `${other} blob ${other}`,
      finding({ span: [41, 45], decoded: ["hex"], around: [`x ${other} `, ` ${other} y`] }),
    )
    expect(context).not.toContain("wwww")
  })
})

function finding(given: Partial<RawFinding>): RawFinding {
  return {
    rule: "secret/x",
    family: "secrets",
    severity: "high",
    confidence: 1,
    title: "",
    place: "body",
    direction: "outbound",
    path: "request.text",
    span: [0, 0],
    matched: key,
    sensitive: true,
    reason: "",
    ...given,
  }
}

const key = ["AK", "IA", "Q3EGRET7", "X2ZPEXAM", "LE"].join("").slice(0, 18).concat("LE")
