import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

let made: { readonly key: string; readonly cert: string; readonly path: string; readonly keyPath: string } | undefined

/** A certificate for localhost by openssl, made once a process. */
export function selfSigned(): NonNullable<typeof made> {
  if (made !== undefined) return made
  const folder = mkdtempSync(join(tmpdir(), "egret-soc-cert-"))
  const [keyPath, path] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"].concat(
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      keyPath,
      "-out",
      path,
    ),
    { stdio: "pipe" },
  )
  made = { key: readFileSync(keyPath, "utf8"), cert: readFileSync(path, "utf8"), path, keyPath }
  return made
}
