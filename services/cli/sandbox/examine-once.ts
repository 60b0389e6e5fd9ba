import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Config } from "../../contracts/config/config.ts"
import { fileKinds } from "../../contracts/config/sandbox.ts"
import type { Verdict } from "../../contracts/verdict.ts"
import { CaseStore } from "../../sandbox/case-store.ts"
import type { Engine } from "../../sandbox/engine.ts"
import { Examiner } from "../../sandbox/examiner.ts"
import { Vault } from "../../sandbox/vault.ts"
import { examinerOptions } from "../roles/sandbox-role.ts"
import type { Given } from "./given.ts"

/** Here and now, in a folder of its own: beside a running Egret it changes nothing, except that requests count against the engines' quotas. */
export async function examineOnce(
  config: Config,
  engines: readonly Engine[],
  { given, timeout, tell }: { given: Given; timeout: number; tell: (verdict: Verdict) => void },
): Promise<{ finished: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), "egret-submit-"))
  const vault = new Vault(join(folder, "files"), { maxFile: config.sandbox.maxFile, keep: config.sandbox.keep })
  const examiner = new Examiner({
    ...examinerOptions(config, engines),
    cases: new CaseStore(folder),
    vault,
    kinds: fileKinds,
    publish: async ({ verdicts }) => verdicts.forEach(tell),
    hunt: async () => [],
    judges: { decide: () => ({ action: "log", enforced: true, rule: "cli", reason: "" }), suppressed: () => undefined },
  })
  try {
    examiner.start()
    for (const submission of given.submissions) {
      for (const { sha256 } of [submission.info, ...submission.members]) {
        const bytes = given.bytes.get(sha256)
        if (bytes !== undefined) await vault.put(sha256, bytes)
      }
      await examiner.accept(submission)
    }
    return { finished: await within(examiner.idle(), timeout) }
  } finally {
    await examiner.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function within(work: Promise<void>, millis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), millis)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
