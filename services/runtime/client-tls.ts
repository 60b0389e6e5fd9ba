// The configuration's TLS section in Node's words, for every connection we open.
import { readFileSync } from "node:fs"
import type { z } from "zod"
import type { clientTls } from "../contracts/config/tls.ts"
import { ConfigError } from "../contracts/errors.ts"

export interface ClientTlsOptions {
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
}

/** `path` names the section in errors: "bus.kafka.tls". */
export function clientTlsOptions(tls: z.infer<typeof clientTls>, path: string): ClientTlsOptions {
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw new ConfigError({ path, got: tls.cert === undefined ? "key without cert" : "cert without key", want: "both or neither" })
  return {
    ...(tls.ca === undefined ? {} : { ca: [readPem(tls.ca, `${path}.ca`)] }),
    ...(tls.cert === undefined || tls.key === undefined ? {} : { cert: readPem(tls.cert, `${path}.cert`), key: tls.key.reveal() }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  }
}

function readPem(file: string, path: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    throw new ConfigError({ path, got: `${file}: ${(error as NodeJS.ErrnoException).code}`, want: "a readable PEM file" })
  }
}
