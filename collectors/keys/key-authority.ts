// The sensor's own certificate authority, in a folder that only the sensor reads: it says who the sensor is, and which hosts may push keys.
import { createPublicKey, X509Certificate } from "node:crypto"
import { mkdir, readFile } from "node:fs/promises"
import { hostname, networkInterfaces } from "node:os"
import { join } from "node:path"
import { ConfigError } from "../../services/contracts/errors.ts"
import { writeFileAtomic } from "../../services/runtime/atomic-file.ts"
import { issue, type KeyAndCertificate, newAuthority, newKeyPair } from "./certificates.ts"

export class KeyAuthority {
  readonly #own: KeyAndCertificate
  readonly #hosts: readonly string[]

  private constructor(own: KeyAndCertificate, hosts: readonly string[]) {
    this.#own = own
    this.#hosts = hosts
  }

  /** Makes the authority when the folder holds none. */
  static async open(folder: string, names: readonly string[]): Promise<KeyAuthority> {
    const paths = { key: join(folder, "ca.key"), certificate: join(folder, "ca.pem") }
    const key = await readText(paths.key)
    const certificate = await readText(paths.certificate)
    const hosts = [...new Set([...names, ...ownNames()])]
    if (key !== undefined && certificate !== undefined) return new KeyAuthority({ key, certificate }, hosts)
    if (key !== undefined || certificate !== undefined) {
      const want = "both ca.key and ca.pem, or neither"
      throw new ConfigError({
        path: folder,
        got: "one of them",
        want,
        hint: "restore the other from your backup, or remove it and enrol anew",
      })
    }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const made = newAuthority(AUTHORITY_NAME, new Date())
    await writeFileAtomic(paths.key, made.key, 0o600)
    await writeFileAtomic(paths.certificate, made.certificate, 0o644)
    return new KeyAuthority(made, hosts)
  }

  get certificate(): string {
    return this.#own.certificate
  }
  /** SHA-256 of the certificate, hexadecimal: what a host pins when it enrols. */
  get fingerprint(): string {
    return fingerprintOf(this.#own.certificate)
  }

  /** Ours, for clients, and valid at this time. */
  hasIssuedClient(certificate: X509Certificate, now: Date): boolean {
    const own = new X509Certificate(this.#own.certificate)
    if (!certificate.checkIssued(own) || !certificate.verify(own.publicKey)) return false
    if (!(certificate.keyUsage ?? []).includes(CLIENT_AUTHENTICATION)) return false
    return Date.parse(certificate.validFrom) <= now.getTime() && now.getTime() < Date.parse(certificate.validTo)
  }

  serverCertificate(): KeyAndCertificate {
    const { key, publicKey } = newKeyPair()
    const certificate = issue(
      { name: hostname(), publicKey, use: "server", hosts: this.#hosts, days: SERVER_DAYS, now: new Date() },
      { key: this.#own.key, name: AUTHORITY_NAME },
    )
    return { key, certificate: certificate + this.#own.certificate }
  }

  /** `publicKeyPem`: made by the host, whose private key never leaves it. Throws when it is no P-256 key. */
  clientCertificate(name: string, publicKeyPem: string): string {
    const publicKey = createPublicKey(publicKeyPem)
    if (publicKey.asymmetricKeyType !== "ec") throw new TypeError("an EC public key is needed")
    return issue({ name, publicKey, use: "client", days: CLIENT_DAYS, now: new Date() }, { key: this.#own.key, name: AUTHORITY_NAME })
  }
}

export function fingerprintOf(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256.replaceAll(":", "").toLowerCase()
}

function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address.split("%")[0] ?? address),
  )
  return ["localhost", hostname(), ...addresses]
}

async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    const got = error instanceof Error ? error.message : String(error)
    throw new ConfigError({ path, got, want: "a file that the sensor may read" })
  })
}

// Extended key usage id-kp-clientAuth.
const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"
const AUTHORITY_NAME = "Egret key authority"
// Made anew at every start.
const SERVER_DAYS = 365
const CLIENT_DAYS = 365
