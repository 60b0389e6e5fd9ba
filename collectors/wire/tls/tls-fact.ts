// The one TlsFact of a connection, told when what it says about decryption will stay true.
import type { TlsFact } from "../facts.ts"
import type { Micros } from "../stream.ts"
import { ja3, ja3s, ja4 } from "./fingerprint.ts"
import type { Handshake } from "./handshake.ts"
import { versionName } from "./server-hello.ts"
import { suiteOf } from "./suites.ts"

export interface Decryption {
  /** Application records, of both sides. */
  readonly opened: number
  readonly missed: number
  /** Why not all could be read: the first cause that was met. */
  readonly reason: string | undefined
}

export function tlsFact(
  handshake: Handshake,
  at: Micros,
  transport: { readonly letter: "t" | "q" | "d"; readonly decryption: Decryption },
): TlsFact {
  const { first, answer, certificate, alpnChosen } = handshake
  const { opened, missed, reason } = transport.decryption
  const decryption = opened === 0 ? "none" : missed > 0 || reason !== undefined ? "partial" : "full"
  return {
    type: "tls",
    at,
    sni: handshake.serverName,
    alpn: first?.alpn ?? [],
    alpnChosen,
    version: answer === undefined ? undefined : versionName(answer.version),
    cipher: answer === undefined ? undefined : suiteOf(answer.cipher).name,
    ja3: first === undefined ? undefined : ja3(first),
    ja3s: answer === undefined ? undefined : ja3s(answer),
    ja4: first === undefined ? undefined : ja4(first, transport.letter),
    ech: first?.ech ?? false,
    resumed: handshake.resumed,
    certificate,
    decryption,
    reason: decryption === "full" ? undefined : (reason ?? (answer === undefined ? "no-server-hello" : "no-application-data")),
  }
}
