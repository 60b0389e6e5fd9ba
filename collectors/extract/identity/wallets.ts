// Payment addresses that the wire shows: agents that pay for what they call (x402), calls to chain nodes, logins signed by a wallet, and addresses
// that stand in calls of tools. Structure says who pays whom; elsewhere only addresses whose check sum holds, or whose form is decisive, count.
import { createHash } from "node:crypto"
import type { Wallet } from "../../../services/contracts/activity/principal.ts"
import { isObject, type Json, type JsonObject, obj, objects, str } from "../json/read.ts"
import { textOf } from "../text.ts"
import type { ExchangeView } from "../view.ts"

export function walletsOf(view: ExchangeView): Wallet[] {
  const found = new Map<string, Wallet>()
  const add = (address: Json | undefined, role: Wallet["role"], source: string): void => {
    const chain = typeof address === "string" ? chainOf(address) : undefined
    if (chain === undefined || typeof address !== "string" || found.size >= MAX_WALLETS) return
    const key = `${chain} ${chain === "ethereum" ? address.toLowerCase() : address}`
    const before = found.get(key)
    if (before === undefined || (before.role === "mentioned" && role !== "mentioned")) found.set(key, { chain, address, role, source })
  }
  payments(view, add)
  chainCalls(view, add)
  signedLogins(view, add)
  return [...found.values()]
}

type Add = (address: Json | undefined, role: Wallet["role"], source: string) => void

/** x402: what is wanted comes with 402, what is paid in a header with the repeated request, the receipt with its answer. */
function payments(view: ExchangeView, add: Add): void {
  for (const name of ["x-payment", "payment-signature"]) {
    const paid = headerJson(view.requestHeader(name))
    const payload = obj(paid, "payload")
    const transfer = obj(payload, "authorization") ?? obj(obj(payload, "permit2Authorization"), "permitted") ?? payload
    add(transfer?.["from"] ?? obj(payload, "permit2Authorization")?.["from"], "payer", name)
    add(transfer?.["to"] ?? obj(paid, "accepted")?.["payTo"], "payee", name)
  }
  for (const name of ["x-payment-response", "payment-response"]) add(headerJson(view.responseHeader(name))?.["payer"], "payer", name)
  const wanted =
    view.exchange.status === PAYMENT_REQUIRED ? (view.responseObject ?? headerJson(view.responseHeader("payment-required"))) : undefined
  for (const offer of objects(wanted, "accepts").slice(0, MAX_OFFERS)) add(offer["payTo"], "payee", "402 accepts")
}

/** JSON-RPC of chain nodes: eth_sendTransaction and its kin. */
function chainCalls(view: ExchangeView, add: Add): void {
  if (!view.asks('"jsonrpc"')) return
  const { json } = view.request
  for (const call of (Array.isArray(json) ? json : [json]).slice(0, MAX_OFFERS)) {
    if (!isObject(call)) continue
    const method = str(call, "method") ?? ""
    const params = Array.isArray(call["params"]) ? call["params"] : []
    if (!/^(?:eth|personal|wallet|debug|trace|tron|klay)_/.test(method) && !SOLANA.test(method)) continue
    const [one, two] = params
    const sends = /send|sign/i.test(method)
    if (isObject(one)) {
      add(one["from"], sends ? "signer" : "mentioned", method)
      add(one["to"], sends ? "payee" : "mentioned", method)
    } else {
      add(one, sends && method.startsWith("eth_sign") ? "signer" : "mentioned", method)
      add(two, "mentioned", method)
    }
  }
}

/** EIP-4361: "HOST wants you to sign in with your Ethereum account:" and the address on the next line. */
function signedLogins(view: ExchangeView, add: Add): void {
  if (!view.asks("wants you to sign in with your")) return
  const message = first(view.requestObject, ["message", "siwe", "siweMessage", "prepared_message"])
  const found = /wants you to sign in with your \w{1,20} account:\n([\w]{20,100})\n/.exec(message ?? "")
  add(found?.[1], "signer", "signed login")
}

/** Addresses in the URL and in what is sent. A key of a chain without check sums looks like any base58: only structure tells those. */
export function mentionedWallets(view: ExchangeView): Wallet[] {
  const body = view.exchange.request?.body.bytes
  const text = body === undefined || body.length === 0 || body.length > MAX_TEXT ? undefined : textOf(body)
  return [...walletsIn(view.exchange.path, "url"), ...(text === undefined ? [] : walletsIn(text, "request"))]
}

export function uniqueWallets(wallets: readonly Wallet[]): Wallet[] {
  const seen = new Set<string>()
  return wallets.filter(({ chain, address }) => {
    const key = `${chain} ${address.toLowerCase()}`
    return !seen.has(key) && seen.add(key).size <= MAX_WALLETS
  })
}

function walletsIn(text: string, source: string): Wallet[] {
  const found: Wallet[] = []
  for (const [address] of text.slice(0, MAX_TEXT).matchAll(ADDRESS)) {
    const chain = chainOf(address)
    if (chain !== undefined && found.length < MAX_WALLETS) found.push({ chain, address, role: "mentioned", source })
  }
  return found
}

function chainOf(address: string): string | undefined {
  if (/^0x[0-9a-fA-F]{40}$/.test(address)) return /^0x0{30}/.test(address) ? undefined : "ethereum"
  if (/^(?:bc1|tb1)/.test(address)) return bech32Holds(address) ? "bitcoin" : undefined
  if (address.startsWith("ltc1")) return bech32Holds(address) ? "litecoin" : undefined
  const bytes = address.length <= MAX_BASE58 ? base58(address) : undefined
  if (bytes === undefined) return undefined
  if (bytes.length === 25 && checksumHolds(bytes)) return VERSIONS[bytes[0] ?? -1]
  // A key of 32 bytes and nothing else; only structure says so, free text is not asked for it.
  return bytes.length === 32 && address.length >= 43 ? "solana" : undefined
}

function base58(text: string): Uint8Array | undefined {
  let value = 0n
  for (const letter of text) {
    const digit = BASE58.indexOf(letter)
    if (digit < 0) return undefined
    value = value * 58n + BigInt(digit)
  }
  const zeros = /^1*/.exec(text)?.[0].length ?? 0
  const hex = value === 0n ? "" : value.toString(16)
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")])
}

function checksumHolds(bytes: Uint8Array): boolean {
  const once = createHash("sha256").update(bytes.subarray(0, -4)).digest()
  return createHash("sha256").update(once).digest().subarray(0, 4).equals(bytes.subarray(-4))
}

/** BIP 173 and BIP 350. */
function bech32Holds(address: string): boolean {
  const mark = address.lastIndexOf("1")
  const prefix = address.slice(0, mark)
  const values = [...address.slice(mark + 1)].map((letter) => BECH32.indexOf(letter))
  if (values.length < 6 || values.includes(-1)) return false
  const codes = [...prefix].map((letter) => letter.charCodeAt(0))
  let check = 1
  for (const value of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values]) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    GENERATOR.forEach((generator, bit) => {
      if ((top >>> bit) & 1) check ^= generator
    })
  }
  return check === 1 || check === 0x2bc830a3
}

function headerJson(value: string | undefined): JsonObject | undefined {
  if (value === undefined || value.length > MAX_HEADER) return undefined
  try {
    const parsed = JSON.parse(value.startsWith("{") ? value : Buffer.from(value, "base64").toString("utf8")) as Json
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function first(object: JsonObject | undefined, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = str(object, key)
    if (value !== undefined) return value
  }
  return undefined
}

const ADDRESS = /\b(?:0x[0-9a-fA-F]{40}|(?:bc1|tb1|ltc1)[02-9ac-hj-np-z]{11,71}|[13LMTD][1-9A-HJ-NP-Za-km-z]{25,33})\b/g
const PAYMENT_REQUIRED = 402
const SOLANA = /^(?:getBalance|getAccountInfo|getTokenAccountsByOwner|getSignaturesForAddress|requestAirdrop)$/
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
/** First byte of base58check addresses. */
const VERSIONS: Readonly<Record<number, string>> = { 0: "bitcoin", 5: "bitcoin", 48: "litecoin", 30: "dogecoin", 65: "tron" }
const MAX_BASE58 = 64
const MAX_WALLETS = 32
const MAX_OFFERS = 32
const MAX_HEADER = 32_768
const MAX_TEXT = 64 * 1024
