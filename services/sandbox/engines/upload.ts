import { EngineError, type Opinion, type Sample } from "../engine.ts"
import { type FormPart, formOf } from "./web-client.ts"

/** The sample as the file of a form, with more parts before it. */
export async function formWithSample(
  sample: Sample,
  field: string,
  more: readonly FormPart[] = [],
): Promise<{ body: Uint8Array; headers: Record<string, string> }> {
  const upload = await sample.upload()
  if (upload === undefined) throw new EngineError("its bytes were not kept", { final: true })
  return formOf([...more, { name: field, value: upload.bytes, filename: upload.name }])
}

/** An opinion in one line. */
export function opinion(
  result: Opinion["result"],
  score: number,
  more: { text: string; labels?: readonly string[]; reportUrl?: string; again?: boolean },
): Opinion {
  const { text, labels = [], reportUrl = "", again = false } = more
  return {
    result,
    score: Math.round(Math.min(100, Math.max(0, score))),
    labels: [...new Set(labels)].filter((label) => label !== "").slice(0, MAX_LABELS),
    reasons: [{ text: text.slice(0, 300) }],
    ...(/^https?:\/\//.test(reportUrl) && { reportUrl }),
    ...(again && { again }),
  }
}

const MAX_LABELS = 20
