// `npm test`: fetches what the tests need beyond npm where it may, then checks, builds, and runs every suite.
// `npm test -- test/services/bus` runs only those files, without checks.
//
// EGRET_TEST_REQUIRE=all      a suite that is skipped for want of something avoidable fails instead (CI)
// EGRET_TEST_PROVISION=off    install nothing
// EGRET_TEST_KAFKA=host:port  use this broker    EGRET_TEST_CHROMIUM=path  use this browser
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { provision } from "./test/provision.mjs"
import { readResults, readSkips, runProject } from "./test/suites.mjs"

const started = Date.now()
const selected = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), "egret-test-"))
process.env.EGRET_TEST_BUILT = "1"
process.env.EGRET_TEST_SKIPS = join(folder, "skips.jsonl")
const steps = []

provision()
if (selected.length === 0) {
  step("types", "npx", ["tsc", "-p", "tsconfig.json", "--noEmit"])
  step("types of the console", "npx", ["tsc", "-p", "dashboards/console/tsconfig.json", "--noEmit"])
  step("style", "npx", ["biome", "check", "--diagnostic-level=error", "."])
  step("dead code", "npx", ["knip"])
}
step("build", "node", ["scripts/build.mjs"])
const results = ["pure", "unit", "integration", "e2e"].map((project) => {
  heading(project)
  return readResults(runProject(project, { folder, selected }))
})
summarise()
rmSync(folder, { recursive: true, force: true })

function step(name, command, args) {
  heading(name)
  const { status } = spawnSync(command, args, { stdio: "inherit" })
  steps.push({ name, ok: status === 0 })
}

function heading(name) {
  process.stdout.write(`\n== ${name} (${Math.round((Date.now() - started) / 1000)} s)\n`)
}

/** The last line stands alone and plain, so that a script can read it. */
function summarise() {
  const failedSteps = steps.filter(({ ok }) => !ok)
  const total = { passed: steps.length - failedSteps.length, failed: failedSteps.length, skipped: 0 }
  for (const { passed, failed, skipped } of results) {
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
  }
  process.stdout.write(`\n== summary (${Math.round((Date.now() - started) / 1000)} s)\n`)
  for (const { file, seconds } of slowest(results.flatMap(({ files }) => files)))
    process.stdout.write(`${seconds.toFixed(0)} s in ${file}\n`)
  for (const { name } of failedSteps) process.stdout.write(`failed: ${name}\n`)
  for (const name of results.flatMap(({ failures }) => failures)) process.stdout.write(`failed: ${name}\n`)
  for (const { name, reason, avoidable } of readSkips())
    process.stdout.write(`skipped for want of ${name}: ${reason}${avoidable ? "" : " (cannot be had here)"}\n`)
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
  process.exitCode = total.failed > 0 ? 1 : 0
}

function slowest(files) {
  return files.sort((a, b) => b.seconds - a.seconds).slice(0, 12)
}
