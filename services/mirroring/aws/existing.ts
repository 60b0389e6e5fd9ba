// What of ours is there: everything that carries our deployment's tag, and nothing else.
import type { TrafficMirrorFilter, TrafficMirrorSession, TrafficMirrorTarget } from "@aws-sdk/client-ec2"
import { type Ec2, pages } from "./ec2.ts"
import { tagOf, tags } from "./tags.ts"

export interface Existing {
  readonly targets: readonly TrafficMirrorTarget[]
  readonly filters: readonly TrafficMirrorFilter[]
  readonly sessions: readonly TrafficMirrorSession[]
}

export async function readExisting({ sdk, client }: Ec2, deployment: string): Promise<Existing> {
  const [targets, filters, sessions] = await Promise.all([
    pages(
      (NextToken) => client.send(new sdk.DescribeTrafficMirrorTargetsCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.TrafficMirrorTargets,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeTrafficMirrorFiltersCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.TrafficMirrorFilters,
    ),
    pages(
      (NextToken) => client.send(new sdk.DescribeTrafficMirrorSessionsCommand({ NextToken, MaxResults: PAGE })),
      (page) => page.TrafficMirrorSessions,
    ),
  ])
  const ours = (item: { Tags?: { Key?: string | undefined; Value?: string | undefined }[] | undefined }) =>
    tagOf(item.Tags, tags.managed) === "true" && tagOf(item.Tags, tags.deployment) === deployment
  return { targets: targets.filter(ours), filters: filters.filter(ours), sessions: sessions.filter(ours) }
}

const PAGE = 1000
