// The keys of AWS destinations: those of the configuration, else what the machine has (role of the instance, task or pod, environment, profile), found and
// renewed as every AWS tool does.
import type { SocDestination } from "../../contracts/config/soc.ts"
import { ConfigError } from "../../contracts/errors.ts"

export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export function awsKeysOf({
  name,
  region,
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Extract<SocDestination, { type: "securityhub" | "eventbridge" | "s3" }>): () => Promise<AwsKeys> {
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new ConfigError({ path: `soc.destinations ${name}`, got: "one of accessKeyId and secretAccessKey", want: "both, or neither" })
  if (accessKeyId === undefined || secretAccessKey === undefined) return ofTheMachine(region)
  const keys = {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  }
  return async () => keys
}

/** The SDK is loaded only where it is asked for keys; it keeps them until shortly before they expire. */
function ofTheMachine(region: string): () => Promise<AwsKeys> {
  let chain: (() => Promise<AwsKeys>) | undefined
  return async () => {
    if (chain === undefined) {
      const { EC2Client } = await import("@aws-sdk/client-ec2")
      chain = new EC2Client({ region }).config.credentials
    }
    return chain()
  }
}
