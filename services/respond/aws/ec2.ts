// EC2 as responding needs it; the SDK is loaded only when a cloud is really asked.
import type { EC2Client } from "@aws-sdk/client-ec2"

export interface Ec2 {
  readonly sdk: typeof import("@aws-sdk/client-ec2")
  readonly client: EC2Client
}

export async function openEc2({
  region,
  endpoint,
}: {
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
}): Promise<Ec2> {
  const sdk = await import("@aws-sdk/client-ec2")
  const client = new sdk.EC2Client({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 8,
  })
  return { sdk, client }
}

function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : ""
}

/** The cloud does not know an id that was asked for. */
export function isMissing(error: unknown): boolean {
  return /\.NotFound$/.test(codeOf(error))
}
