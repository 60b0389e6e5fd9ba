// Where the master secret of TLS up to 1.2 comes from: the key log, a pre-master secret, or an earlier session that goes on. Clients seldom log a
// session that they take up again (RFC 5246 appendix F.1.4, RFC 5077), so every secret found is remembered under the session id and the tickets that
// carry it, and then under the random of the connection that it was found for.
import { createHash } from "node:crypto"
import type { KeyLookup } from "../context.ts"
import { type PrfInput, prf } from "./derive.ts"
import type { Suite } from "./suites.ts"

export interface Tls12Parameters {
  readonly version: number
  readonly suite: Suite
  readonly clientRandom: Uint8Array
  readonly serverRandom: Uint8Array
  readonly sessionId: Uint8Array
  readonly encryptThenMac: boolean
  readonly extendedMasterSecret: boolean
  /** First eight bytes of the encrypted pre-master secret, hexadecimal; for key logs that name it so. */
  readonly encryptedPreMaster: string | undefined
  /** Handshake hash up to the ClientKeyExchange, for the extended master secret. */
  readonly sessionHash: Uint8Array | undefined
  readonly session: Tls12Session
}

export interface Tls12Session {
  /** The server went on with what the client offered: it repeated its session id and sent neither certificate nor keys. */
  readonly resumed: boolean
  readonly offeredTicket: Uint8Array | undefined
  readonly issuedTicket: Uint8Array | undefined
}

export function masterSecret(keys: KeyLookup, parameters: Tls12Parameters): Uint8Array | undefined {
  const random = hex(parameters.clientRandom)
  const direct = keys.find("CLIENT_RANDOM", random)
  const master = direct ?? fromPreMaster(keys, parameters, random) ?? fromSession(keys, parameters)
  if (master === undefined) return undefined
  const { sessionId, session } = parameters
  // The bytes of the store are wiped when it drops them, which remembering may cause.
  const secret = Uint8Array.from(master)
  if (direct === undefined) keys.remember?.("CLIENT_RANDOM", random, secret)
  if (sessionId.length > 0) keys.remember?.("RSA_SESSION_ID", hex(sessionId), secret)
  for (const ticket of [session.issuedTicket, session.resumed ? session.offeredTicket : undefined])
    if (ticket !== undefined && ticket.length > 0) keys.remember?.(SESSION_TICKET, nameOf(ticket), secret)
  return secret
}

export function prfHash(version: number, suite: Suite): PrfInput["hash"] {
  return version < TLS12 ? "legacy" : suite.prfHash
}

function fromPreMaster(keys: KeyLookup, parameters: Tls12Parameters, random: string): Uint8Array | undefined {
  const { encryptedPreMaster } = parameters
  const secret =
    keys.find("PMS_CLIENT_RANDOM", random) ?? (encryptedPreMaster === undefined ? undefined : keys.find("RSA", encryptedPreMaster))
  return secret === undefined ? undefined : masterOf(secret, parameters)
}

function fromSession(keys: KeyLookup, { session, sessionId }: Tls12Parameters): Uint8Array | undefined {
  const { resumed, offeredTicket } = session
  const byTicket =
    resumed && offeredTicket !== undefined && offeredTicket.length > 0 ? keys.find(SESSION_TICKET, nameOf(offeredTicket)) : undefined
  return byTicket ?? (sessionId.length === 0 ? undefined : keys.find("RSA_SESSION_ID", hex(sessionId)))
}

/** RFC 5246 section 8.1, RFC 7627 section 4. */
function masterOf(secret: Uint8Array, parameters: Tls12Parameters): Uint8Array | undefined {
  const { version, suite, clientRandom, serverRandom, extendedMasterSecret, sessionHash } = parameters
  const hash = prfHash(version, suite)
  if (!extendedMasterSecret) {
    return prf({ hash, secret, label: "master secret", seed: Buffer.concat([clientRandom, serverRandom]), length: 48 })
  }
  return sessionHash === undefined ? undefined : prf({ hash, secret, label: "extended master secret", seed: sessionHash, length: 48 })
}

/** Tickets are long and theirs alone to read: a hash names them. */
function nameOf(ticket: Uint8Array): string {
  return createHash("sha256").update(ticket).digest("hex")
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")
}

/** Names what is remembered of a ticket; not a label of key logs. */
export const SESSION_TICKET = "SESSION_TICKET"
const TLS12 = 0x0303
