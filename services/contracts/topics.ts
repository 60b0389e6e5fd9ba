/** Topic names. The version is in the name: an incompatible change gets a new topic. */
export const topics = {
  activity: "egret.activity.v1",
  file: "egret.file.v1",
  finding: "egret.finding.v1",
  event: "egret.event.v1",
  verdict: "egret.verdict.v1",
  /** Memory of the detect role by workload: snapshots and what came after, compacted. */
  memory: "egret.memory.v1",
  dead: "egret.dead.v1",
} as const
export type Topic = (typeof topics)[keyof typeof topics]
