// Leaves nothing: everything with our deployment's tag goes, sessions first. Listings may lag behind, so it looks again until two in a row are empty,
// and ids that only the journal knows (made just before a crash) are deleted too.
import { pause } from "../../runtime/retry.ts"
import type { Journal } from "../journal.ts"
import type { ApplyResult } from "../model.ts"
import type { Calls, Made, ResourceKind } from "./calls.ts"
import { filterKeyOf } from "./compare.ts"
import { isInUse } from "./ec2.ts"
import { readExisting } from "./existing.ts"

export async function destroyAll(calls: Calls, journal: Journal, settle: number): Promise<ApplyResult> {
  const deleted: string[] = []
  /** A filter may be in use by a session that the listings do not show yet: the next round finds both. */
  const remove = async (items: readonly Made[], last: boolean): Promise<void> => {
    for (const item of items) {
      try {
        await calls.remove(item)
        deleted.push(item.id)
      } catch (error) {
        if (last || !isInUse(error)) throw error
      }
    }
  }
  let emptyInARow = 0
  for (let round = 0; round < MAX_ROUNDS && emptyInARow < 2; round++) {
    const existing = await readExisting(calls.ec2, calls.deployment)
    const listed: Made[] = [
      ...existing.sessions.map((session) => ({
        kind: "session" as const,
        key: session.NetworkInterfaceId ?? "",
        id: session.TrafficMirrorSessionId ?? "",
      })),
      ...existing.filters.map((filter) => ({ kind: "filter" as const, key: filterKeyOf(filter), id: filter.TrafficMirrorFilterId ?? "" })),
      ...existing.targets.map((target) => ({ kind: "target" as const, key: "target", id: target.TrafficMirrorTargetId ?? "" })),
    ].filter((item) => !deleted.includes(item.id))
    emptyInARow = listed.length === 0 ? emptyInARow + 1 : 0
    await remove(listed, round === MAX_ROUNDS - 1)
    if (listed.length === 0 && emptyInARow < 2) await pause(settle)
  }
  const remembered = journal.living().filter((item) => item.kind !== "rule" && !deleted.includes(item.id))
  await remove(
    remembered.map(({ kind, key, id }) => ({ kind: kind as ResourceKind, key, id })).sort((a, b) => ORDER[a.kind] - ORDER[b.kind]),
    true,
  )
  return { created: [], changed: [], adopted: [], deleted }
}

const ORDER: Readonly<Record<ResourceKind, number>> = { session: 0, rule: 1, filter: 2, target: 3 }
const MAX_ROUNDS = 10
