// EC2 as mirroring needs it: pages joined, throttling retried by the SDK, the SDK loaded only when a cloud is really asked.
import type { EC2Client } from "@aws-sdk/client-ec2"
import { ConfigError } from "../../contracts/errors.ts"

type Sdk = typeof import("@aws-sdk/client-ec2")

export interface Ec2Options {
  readonly region: string | undefined
  readonly endpoint: string | undefined
}

export interface Ec2 {
  readonly sdk: Sdk
  readonly client: EC2Client
  readonly region: string
}

export async function openEc2({ region, endpoint }: Ec2Options): Promise<Ec2> {
  const sdk = await import("@aws-sdk/client-ec2")
  const client = new sdk.EC2Client({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    // RequestLimitExceeded comes in bursts while a large account is listed; the SDK waits longer each time.
    maxAttempts: 8,
  })
  try {
    return { sdk, client, region: await client.config.region() }
  } catch {
    throw new ConfigError({
      path: "mirror.region",
      got: "no region",
      want: "a region such as eu-central-1",
      hint: "set mirror.region or the SDK's AWS_REGION",
    })
  }
}

/** All pages of a listing. */
export async function pages<P extends { NextToken?: string | undefined }, T>(
  fetch: (token: string | undefined) => Promise<P>,
  pick: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const items: T[] = []
  let token: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await fetch(token)
    items.push(...(pick(answer) ?? []))
    token = answer.NextToken
    if (token === undefined || token === "") return items
  }
  return items
}

function errorCode(error: unknown): string {
  return error instanceof Error ? error.name : ""
}

export function isNotFound(error: unknown): boolean {
  return /NotFound$/.test(errorCode(error))
}

export function isInUse(error: unknown): boolean {
  return /InUse$|DependencyViolation$/.test(errorCode(error))
}

// 1,000 items a page: ten times the account limit of mirror sessions.
const MAX_PAGES = 100
