import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import { Piscina } from "piscina"
import type { SandboxConfig } from "../../contracts/config/sandbox.ts"
import { type Analysis, AnalysisError } from "../../sandbox/engines/static.ts"

export function openStaticPool({ timeout, memory }: SandboxConfig["static"]): Analysis {
  const source = new URL(`./static-worker${extname(import.meta.url)}`, import.meta.url)
  const fromSource = extname(import.meta.url) === ".ts"
  const pool = new Piscina({
    filename: fileURLToPath(fromSource ? new URL("../../detect/worker-from-source.mjs", import.meta.url) : source),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 60_000,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(64, Math.floor(memory / 1_048_576)) },
    workerData: { source: source.href },
  })
  // A dying worker also raises "error" on the pool; the job's rejection is what counts.
  pool.on("error", () => {})
  return {
    analyse: async (info, files) => {
      const abort = new AbortController()
      const { subject, sha256, name, kind, mediaType, bytes, direction, whole } = info
      // The thread's own start is not the file's fault.
      const timer = setTimeout(() => abort.abort(), timeout + START)
      try {
        return await pool.run(
          { info: { subject, sha256, name, kind, mediaType, bytes, direction, whole }, files },
          { signal: abort.signal },
        )
      } catch (error) {
        if (abort.signal.aborted) throw new AnalysisError("timeout", `the static analysis took longer than ${timeout / 1_000} s`)
        throw new AnalysisError("error", `the static analysis ended: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => pool.destroy(),
  }
}

const START = 5_000
