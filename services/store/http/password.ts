import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"

/** "scrypt:N:r:p:salt:hash", salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join(":")
}

/** False too for a hash that is none. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [name, n, r, p, salt = "", hash = ""] = stored.trim().split(":")
  const cost = { N: Number(n), r: Number(r), p: Number(p) }
  const expected = Buffer.from(hash, "base64url")
  if (name !== "scrypt" || expected.length !== BYTES || !(cost.N > 1 && cost.N <= 1 << 20 && cost.r <= 32 && cost.p <= 16)) return false
  const given = await derive(password, Buffer.from(salt, "base64url"), cost)
  return timingSafeEqual(given, expected)
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, BYTES, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

const BYTES = 32
// OWASP's advice for scrypt: about 60 ms and 64 MB a guess.
const COST = { N: 65_536, r: 8, p: 1 }
