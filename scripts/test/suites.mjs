import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"

/** Runs one vitest project; the JSON report is what the summary counts. */
export function runProject(project, { folder, selected }) {
  const report = join(folder, `${project}.json`)
  const args = [
    "vitest",
    "run",
    "--project",
    project,
    "--passWithNoTests",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]
  const { status } = spawnSync("npx", [...args, ...selected], { stdio: "inherit" })
  return { project, report, status }
}

export function readResults({ project, report, status }) {
  if (!existsSync(report))
    return {
      passed: 0,
      failed: status === 0 ? 0 : 1,
      skipped: 0,
      failures: status === 0 ? [] : [`${project}: vitest ended with code ${status}`],
      files: [],
    }
  const { testResults } = JSON.parse(readFileSync(report, "utf8"))
  const count = { passed: 0, failed: 0, skipped: 0, failures: [], files: [] }
  for (const { name, status: fileStatus, assertionResults, message, startTime, endTime } of testResults) {
    const file = relative(process.cwd(), name)
    count.files.push({ file, seconds: (endTime - startTime) / 1000 })
    for (const { status: outcome, fullName, failureMessages } of assertionResults) {
      if (outcome === "passed") count.passed += 1
      else if (outcome === "failed") fail(count, `${file}: ${fullName}: ${firstLine(failureMessages?.[0])}`)
      else count.skipped += 1
    }
    // A file that could not even load, or whose set-up broke, has no failed test of its own.
    if (fileStatus === "failed" && !assertionResults.some(({ status: outcome }) => outcome === "failed"))
      fail(count, `${file}: ${firstLine(message)}`)
  }
  // Errors outside of any test (an unhandled rejection) end vitest with a code only.
  if (status !== 0 && count.failed === 0) fail(count, `${project}: vitest ended with code ${status}`)
  return count
}

export function readSkips() {
  const file = process.env.EGRET_TEST_SKIPS
  if (file === undefined || !existsSync(file)) return []
  const lines = new Set(
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  )
  return [...lines].map((line) => JSON.parse(line))
}

function fail(count, name) {
  count.failed += 1
  count.failures.push(name)
}

function firstLine(text = "") {
  return text.split("\n", 1)[0]
}
