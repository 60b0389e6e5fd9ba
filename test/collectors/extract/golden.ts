// Recorded captures through the whole sensor: packets in, activities out.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import { SensorCore } from "../../../collectors/sensor/core.ts"
import { type Envelope, envelope } from "../../../services/contracts/envelope.ts"

const folder = join(import.meta.dirname, "../../golden/traffic")

export async function replayed(name: string): Promise<Envelope[]> {
  const out: Envelope[] = []
  const keys = new KeyStore()
  keys.addText(readFileSync(join(folder, `${name}.keys`)))
  const core = new SensorCore({ sensor: "golden", keys, emit: (row) => out.push(envelope.parse(row) as Envelope) })
  for await (const batch of readCaptureFile(join(folder, `${name}.pcap.gz`), { bytes: 0 })) core.read(batch)
  core.end()
  return out
}
