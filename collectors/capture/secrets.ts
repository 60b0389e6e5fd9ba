// Key logs inside a pcapng file, before anything else is read: a writer may append them after the packets that need them.
import { readCaptureFile } from "./capture-file.ts"
import { startsAsPcapng } from "./open-format.ts"

/** Nothing for classic captures, which have no place for secrets. */
export async function* readSecrets(path: string): AsyncGenerator<Uint8Array> {
  if (!startsAsPcapng(path)) return
  for await (const batch of readCaptureFile(path)) yield* batch.secrets
}
