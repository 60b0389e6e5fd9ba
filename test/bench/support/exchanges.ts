import { readFileSync } from "node:fs"
import { readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import { Wire } from "../../../collectors/wire/wire.ts"
import type { Recording } from "./load.ts"

/** The sensor alone. Right before fast: every body that an endpoint sent must be there, whole. */
export async function exchanges({ capture, keyLog, bodies }: Recording): Promise<void> {
  const keys = new KeyStore()
  keys.addText(readFileSync(keyLog))
  const seen: string[] = []
  const wire = new Wire({
    keys,
    sink: {
      fact(_, fact) {
        if (fact.type !== "exchange") return
        for (const message of [fact.request, fact.response]) if (message?.body.completeness === "full") seen.push(message.body.sha256)
      },
      closed() {},
      problem() {},
    },
  })
  for await (const batch of readCaptureFile(capture)) wire.read(batch)
  wire.end()
  if (seen.sort().join() !== bodies.join()) throw new Error(`${seen.length} whole bodies of ${bodies.length}, or other ones`)
}
