// node scripts/complete-lock.mjs: after `npm install` changed package-lock.json.
//
// npm leaves builds for other systems out of the lock file when the registry at hand does not serve them, and `npm ci` then refuses its own lock file
// on every machine. This puts them back: exact version, system, no checksum (it cannot be known here). Where they can be had, npm fetches them by version.
import { readFileSync, writeFileSync } from "node:fs"

const file = new URL("../package-lock.json", import.meta.url)
const lock = JSON.parse(readFileSync(file, "utf8"))
let added = 0
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (placesOf(path, name).some((place) => lock.packages[place] !== undefined)) continue
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${path} wants ${name} ${version}: not an exact version`)
    lock.packages[`node_modules/${name}`] = { version, ...systemOf(name), ...(entry.dev ? { dev: true } : {}), optional: true }
    added += 1
  }
}
const [root, ...rest] = Object.entries(lock.packages)
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))])
if (added > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added} entries added\n`)

/** Where Node would look for it, nearest first. */
function placesOf(path, name) {
  const places = []
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) places.push(`${at}/node_modules/${name}`)
  return [...places, `node_modules/${name}`]
}

/** Builds are named after their system: "lib-linux-arm64-gnu". */
function systemOf(name) {
  const words = name.split(/[/-]/)
  const os = words.find((word) =>
    ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"].includes(word),
  )
  const cpu = words.find((word) => ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"].includes(word))
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : words.some((word) => word.startsWith("gnu")) ? "glibc" : undefined
  if (os === undefined || cpu === undefined) throw new Error(`cannot tell for which system ${name} is`)
  return { cpu: [cpu], ...(os === "linux" && libc !== undefined ? { libc: [libc] } : {}), os: [os] }
}
