import { describe, expect, it } from "vitest"
import { createExtractor } from "../../../../collectors/extract/extractor.ts"
import type { Wallet } from "../../../../services/contracts/activity/principal.ts"
import type { Envelope } from "../../../../services/contracts/envelope.ts"
import { type ExchangeSketch, exchange, flow } from "../facts.ts"

// Documented sample addresses: of the BIPs, of EIP-55, of the genesis block.
const payer = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
const payee = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
const genesis = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
const segwit = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
const taproot = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
const json = ["content-type", "application/json"] as const

describe("wallet addresses", () => {
  it("are told with who pays whom, where a payment crosses the wire (x402)", () => {
    const paid = {
      x402Version: 1,
      scheme: "exact",
      network: "base",
      payload: { signature: "0x0", authorization: { from: payer, to: payee, value: "10000" } },
    }
    const header = Buffer.from(JSON.stringify(paid)).toString("base64")
    expect(walletsOf({ request: { headers: [["x-payment", header]] } })).toEqual([
      { chain: "ethereum", address: payer, role: "payer", source: "x-payment" },
      { chain: "ethereum", address: payee, role: "payee", source: "x-payment" },
    ])
    const offer = {
      x402Version: 1,
      accepts: [{ scheme: "exact", network: "solana", payTo: "4Nd1mYQzvgV8Vr3Z3nYb7pD6T8K2jF2eqWxY1uQ4Y1rN" }, { payTo: payee }],
    }
    expect(walletsOf({ status: 402, response: { headers: [json], body: offer } })).toMatchObject([
      { chain: "solana", role: "payee" },
      { chain: "ethereum", role: "payee" },
    ])
  })

  it("are told from calls to chain nodes and from logins that a wallet signs", () => {
    const call = { jsonrpc: "2.0", id: 1, method: "eth_sendTransaction", params: [{ from: payer, to: payee, value: "0x1" }] }
    expect(walletsOf({ request: { headers: [json], body: call } })).toMatchObject([
      { address: payer, role: "signer", source: "eth_sendTransaction" },
      { address: payee, role: "payee" },
    ])
    const message = `app.example wants you to sign in with your Ethereum account:\n${payer}\n\nURI: https://app.example`
    expect(walletsOf({ request: { headers: [json], body: { message, signature: "0x" } } })).toMatchObject([
      { address: payer, role: "signer" },
    ])
  })

  it("are mentioned anywhere in a URL or a body when their check sum holds", () => {
    expect(walletsOf({ method: "GET", path: `/address/${genesis}` })).toMatchObject([
      { chain: "bitcoin", role: "mentioned", source: "url" },
    ])
    const text = `send to ${segwit} or ${taproot} or ${payer}`
    expect(walletsOf({ request: { headers: [json], body: { text } } }).map(({ chain }) => chain)).toEqual([
      "bitcoin",
      "bitcoin",
      "ethereum",
    ])
  })

  it("are not seen in hashes, ids, zero addresses, or addresses with a wrong check sum", () => {
    const text = [
      `${genesis.slice(0, -1)}b`,
      `${segwit.slice(0, -1)}5`,
      `0x${"0".repeat(40)}`,
      `0x${"ab".repeat(32)}`,
      "1HZwkjkeaoZfTSaJxDw6aKkxp45agDiEzN"[0] + "x".repeat(30),
      "3f2504e04f8911d39a0c0305e82c3301",
    ].join(" ")
    expect(walletsOf({ request: { headers: [json], body: { text } } })).toEqual([])
  })
})

function walletsOf(sketch: ExchangeSketch): readonly Wallet[] {
  const out: Envelope[] = []
  createExtractor({ sensor: "s" }).handle(exchange(sketch), flow, (row) => out.push(row))
  const row = out.find(({ kind }) => kind === "http")
  return row?.kind === "http" ? (row.data.wallets ?? []) : []
}
