// Reading and judging a deny list, for whoever enforces it.
import { createPublicKey, verify } from "node:crypto"
import { type DenyList, denyList, signedDenyList } from "../contracts/deny-list.ts"

export type ReadDenyList = { readonly list: DenyList } | { readonly refused: string }

/** `newest`: the version that was last taken; anything older is refused. */
export function readDenyList(
  text: string,
  { publicKey, newest = 0 }: { readonly publicKey: string; readonly newest?: number },
): ReadDenyList {
  try {
    const { payload, signature } = signedDenyList.parse(JSON.parse(text))
    if (!verify(null, Buffer.from(payload), createPublicKey(publicKey), Buffer.from(signature, "base64")))
      return { refused: "the signature does not fit" }
    const list = denyList.parse(JSON.parse(payload))
    return list.version < newest ? { refused: `version ${list.version} is older than ${newest}` } : { list }
  } catch (error) {
    return { refused: `not a deny list: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}` }
  }
}

/** The entry that denies it, if one does. */
export function deniedBy(
  list: DenyList,
  asked: { readonly host?: string; readonly ip?: string; readonly workload?: string },
  now: number,
): DenyList["entries"][number] | undefined {
  const host = asked.host?.toLowerCase().replace(/\.$/, "")
  return list.entries.find(({ kind, value, until }) => {
    if (until <= now) return false
    if (kind === "ip") return value === asked.ip || value === host
    if (kind === "workload") return value === asked.workload
    return host !== undefined && (host === value || host.endsWith(`.${value}`))
  })
}
