import { describe, expect, it } from "vitest"
import { secretRules } from "../../../../detectors/secrets/rules/index.ts"
import { revocationHints } from "../../../../services/contracts/catalogue/revocation.ts"

describe("where a leaked key is revoked", () => {
  it("is told for every rule of a vendor's key; what has no vendor is listed here, so that a new rule must decide", () => {
    const without = secretRules.map(({ id }) => id).filter((id) => revocationHints([id], "k…[20]").length === 0)
    expect(without.map((id) => id.slice("secret/".length)).sort()).toEqual([...OWN].sort())
  })

  it("is an address of the vendor without a secret in it, and comes with the key as masked", () => {
    for (const { id } of secretRules)
      for (const { vendor, url, masked } of revocationHints([id], "k…[20]")) {
        expect(new URL(url)).toMatchObject({ protocol: "https:", username: "", password: "" })
        expect([vendor.length > 1, masked]).toEqual([true, "k…[20]"])
      }
  })

  it("names the vendor whose name is longer where one begins like another, and each once", () => {
    const vendorsOf = (...rules: string[]) => revocationHints(rules, "").map(({ vendor }) => vendor)
    expect(vendorsOf("secret/grafana-cloud-token")).toEqual(["Grafana Cloud"])
    expect(vendorsOf("secret/grafana-service-token")).toEqual(["Grafana"])
    expect(vendorsOf("secret/aws-access-key-id", "secret/aws-secret-access-key")).toEqual(["AWS"])
    expect(vendorsOf("injection/override", "secret/netrc")).toEqual([])
  })
})

/** Made by whoever uses them: a password, a key pair, a session, or a key whose form many vendors share. */
const OWN = [
  "age-key",
  "basic-auth",
  "bitcoin-extended-key",
  "compatible-model-key",
  "connection-string",
  "curl-login",
  "docker-config-auth",
  "git-credentials",
  "java-key-store",
  "jdbc-password",
  "jwt",
  "jwt-unsigned",
  "kubeconfig-key",
  "login-call",
  "minisign-key",
  "mysql-password",
  "netrc",
  "npmrc",
  "option-secret",
  "passwd-file",
  "password-hash",
  "pgpass",
  "pkcs12",
  "private-key",
  "private-key-der",
  "putty-key",
  "session-cookie",
  "shadow-file",
  "sshpass",
  "url-password",
  "wireguard-key",
]
