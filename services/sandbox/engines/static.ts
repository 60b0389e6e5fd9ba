import type { Engine, Sample, SampleFile, SampleInfo } from "../engine.ts"
import { noOpinion } from "../engine.ts"
import { type StaticReport, staticOpinion } from "../static-verdict.ts"

export const STATIC = "static"

export interface Analysis {
  /** Rejects with AnalysisError when a file is too much for it. */
  analyse(info: SampleInfo, files: readonly SampleFile[]): Promise<StaticReport>
  close(): Promise<void>
}

export class AnalysisError extends Error {
  override name = "AnalysisError"
  readonly result: "timeout" | "error"

  constructor(result: "timeout" | "error", message: string) {
    super(message)
    this.result = result
  }
}

/** Always asked, always first, never over the network. */
export function staticEngine(analysis: Analysis): Engine {
  return {
    name: STATIC,
    type: STATIC,
    advisory: false,
    takesSecrets: true,
    limits: {
      maxSize: Number.MAX_SAFE_INTEGER,
      concurrency: 1,
      perMinute: 0,
      perDay: 0,
      analysis: 3_600_000,
      poll: 1_000,
      giveUp: 3_600_000,
    },
    accepts: () => ({ asked: true, upload: true }),
    submit: async (sample: Sample) => {
      const files = await sample.files()
      if (files.length === 0) return { state: "done", opinion: noOpinion("unsupported", "its bytes were not kept") }
      try {
        return { state: "done", opinion: staticOpinion(await analysis.analyse(sample, files)) }
      } catch (error) {
        if (error instanceof AnalysisError) return { state: "done", opinion: noOpinion(error.result, error.message) }
        throw error
      }
    },
    test: async () => "built in",
    close: () => analysis.close(),
  }
}
