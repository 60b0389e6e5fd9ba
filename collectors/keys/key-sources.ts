// All places where a sensor's keys come from, opened by configuration. Every key goes to `onKey`: a store, or the workers that hold one each.
import type { KeysConfig } from "../../services/contracts/config/keys.ts"
import { KeyAuthority } from "./key-authority.ts"
import type { KeyLogCounts, KeyLogEntry } from "./key-log.ts"
import { KeyLogTail } from "./key-log-tail.ts"
import { type KeyServer, type KeyServerCounts, startKeyServer } from "./key-server.ts"
import type { KeyStoreLimits } from "./key-store.ts"

export interface KeySources {
  /** Of the push endpoint, when it is open. */
  readonly push: { readonly port: number; readonly fingerprint: string; readonly counts: KeyServerCounts } | undefined
  readonly files: KeyLogCounts
  close(): Promise<void>
}

/** Limits of a live sensor's store, as configured. */
export function keyStoreLimits({ sessions, idle, wait }: KeysConfig): KeyStoreLimits {
  const patience = { micros: wait.time * 1_000, bytesPerFlow: wait.perFlow, bytesInAll: wait.total }
  return { sessions, idleMicros: idle * 1_000, patience }
}

export async function openKeySources(config: KeysConfig, onKey: (entry: KeyLogEntry) => void): Promise<KeySources> {
  const tail = new KeyLogTail({ paths: config.logs, onKey })
  await tail.start()
  let server: KeyServer | undefined
  let fingerprint = ""
  try {
    if (config.push.enabled) {
      const authority = await KeyAuthority.open(config.push.folder, config.push.names)
      fingerprint = authority.fingerprint
      server = await startKeyServer({ listen: config.push.listen, authority, token: config.push.token?.reveal(), onKey })
    }
  } catch (error) {
    await tail.stop()
    throw error
  }
  return {
    push: server === undefined ? undefined : { port: server.port, fingerprint, counts: server.counts },
    get files() {
      return tail.counts
    },
    close: async () => {
      await server?.close()
      await tail.stop()
    },
  }
}
