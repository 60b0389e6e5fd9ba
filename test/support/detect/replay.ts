// A capture through everything `egret replay --store` runs, in this process.
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readCaptureFile } from "../../../collectors/capture/capture-file.ts"
import { KeyStore } from "../../../collectors/keys/key-store.ts"
import { SensorCore } from "../../../collectors/sensor/core.ts"
import { type Judged, Judgement } from "../../../services/cli/replay/judgement.ts"
import { storeConfig } from "../../../services/contracts/config/store.ts"
import type { Policy } from "../../../services/policy/decide.ts"
import { silentLogger } from "../../../services/runtime/logger.ts"
import { pcapFile, type TimedPacket } from "../packets.ts"

export interface Replay extends FileReplay {
  readonly packets: readonly TimedPacket[]
}

interface FileReplay {
  readonly keyLog: string
  /** Folder of an embedded store. */
  readonly store: string
  readonly sensor: string
  readonly policy: Policy
}

export async function replayInto({ packets, ...rest }: Replay): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), "egret-replay-"))
  try {
    const capture = join(folder, "capture.pcap")
    writeFileSync(capture, pcapFile(packets))
    return await replayFile({ ...rest, capture })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function replayFile({ capture, keyLog, store, sensor, policy }: FileReplay & { readonly capture: string }): Promise<Judged> {
  const keys = new KeyStore()
  keys.addText(Buffer.from(keyLog))
  const judgement = await Judgement.open({
    detect: true,
    policy,
    logger: silentLogger(),
    fingerprintKey: createHash("sha256").update("test").digest("hex"),
    store: storeConfig.parse({ embedded: { path: store } }),
  })
  const core = new SensorCore({ sensor, keys, emit: (envelope) => judgement.take(envelope, JSON.stringify(envelope)) })
  for await (const batch of readCaptureFile(capture)) {
    core.read(batch)
    await judgement.flush()
  }
  core.end()
  return await judgement.end()
}
