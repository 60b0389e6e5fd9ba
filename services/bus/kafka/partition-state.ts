import { PartJoiner } from "./parts.ts"
import { PartitionProgress } from "./progress.ts"

/** What outlives one fetch of a partition, as long as it is assigned to us: events whose parts lie in several fetches, and what is finished. */
export class PartitionState {
  readonly progress = new PartitionProgress()
  readonly givenUp: string[] = []
  readonly joiner = new PartJoiner((reason) => this.givenUp.push(reason))
}
