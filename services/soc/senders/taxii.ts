import type { SocDestination } from "../../contracts/config/soc.ts"
import { stixBundle, stixObjects } from "../formats/stix.ts"
import { essenceOf } from "../record.ts"
import type { Sender } from "../sender.ts"
import { judge, post } from "./http.ts"

/** An envelope of STIX objects to a TAXII 2.1 collection. Ids and versions are the same at a repetition: the server keeps one. */
export function taxiiSender({ url, username, password, timeout }: Extract<SocDestination, { type: "taxii" }>): Sender {
  const credentials = Buffer.from(`${username}:${password.reveal()}`).toString("base64")
  return {
    send: async (records) => {
      const bundle = stixBundle(records.flatMap(stixObjects), records.map((record) => essenceOf(record).version).join())
      return judge(
        await post({
          url: new URL("objects/", url.replace(/\/?$/, "/")).href,
          headers: { authorization: `Basic ${credentials}`, "content-type": TAXII, accept: TAXII },
          body: JSON.stringify({ objects: bundle["objects"] }),
          timeout,
        }),
      )
    },
    close: async () => {},
  }
}

const TAXII = "application/taxii+json;version=2.1"
