import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it, vi } from "vitest"
import { followFile, stateOfFile } from "../../../services/runtime/follow-file.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-follow-"))
const path = join(folder, "policy.yaml")
afterAll(() => rmSync(folder, { recursive: true }))

it("tells of what was written between reading and following, of a replacement, of the file's going and coming, and of nothing after its end", async () => {
  writeFileSync(path, "one")
  const since = stateOfFile(path)
  writeFileSync(path, "another")
  const changed = vi.fn()
  const stop = followFile({ path, every: 5, since }, changed)
  const told = (times: number) => expect.poll(() => changed.mock.calls.length, { timeout: 30_000 }).toBe(times)
  await told(1)
  writeFileSync(`${path}.new`, "replaced")
  renameSync(`${path}.new`, path)
  await told(2)
  rmSync(path)
  await told(3)
  writeFileSync(path, "back")
  await expect.poll(() => changed.mock.calls.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(4)
  stop()
  const before = changed.mock.calls.length
  writeFileSync(path, "after the end")
  await new Promise((done) => setTimeout(done, 50))
  expect(changed.mock.calls.length).toBe(before)
})
