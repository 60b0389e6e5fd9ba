// Receivers that take one record a request: what arrived is remembered after each, so that a kill repeats one message at most, not a hundred.
import type { SocRecord } from "../record.ts"
import type { Sender } from "../sender.ts"
import { judge, type Post, post, type Web } from "./http.ts"

export function oneByOne(request: (record: SocRecord) => Post): Sender {
  return {
    most: 1,
    send: async ([record]) => (record === undefined ? { outcome: "delivered" } : judge(await post(request(record)))),
    close: async () => {},
  }
}

export function jsonPost(url: string, body: unknown, { headers = {}, ...web }: Web & Partial<Pick<Post, "headers">>): Post {
  return { url, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers }, ...web }
}
