// Receivers that take one record a request: what arrived is remembered after each, so that a kill repeats one message at most, not a hundred.
import type { SocRecord } from "../record.ts"
import type { Sender } from "../sender.ts"
import { judge, type Post, post } from "./http.ts"

export function oneByOne(
  request: (record: SocRecord) => Post,
  { repeated }: { readonly repeated?: (reason: string) => boolean } = {},
): Sender {
  return {
    most: 1,
    send: async ([record]) => {
      if (record === undefined) return { outcome: "delivered" }
      const sent = judge(await post(request(record)))
      // An earlier try arrived, and we did not hear so.
      return sent.outcome === "refused" && repeated?.(sent.reason) === true ? { outcome: "delivered" } : sent
    },
    close: async () => {},
  }
}

export function jsonPost(
  url: string,
  body: unknown,
  { headers = {}, timeout }: Pick<Post, "timeout"> & Partial<Pick<Post, "headers">>,
): Post {
  return { url, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers }, timeout }
}
