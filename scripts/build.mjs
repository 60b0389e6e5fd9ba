// Builds dist/: TypeScript by tsc, then the console by Vite where it exists. Skipped when nothing changed since the last build.
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const root = new URL("..", import.meta.url).pathname
const stamp = join(root, "dist", ".built")
const inputs = ["collectors", "detectors", "services", "dashboards", "package.json", "tsconfig.json", "tsconfig.build.json"]

if (existsSync(stamp) && newest(inputs.map((path) => join(root, path))) < statSync(stamp).mtimeMs && !process.argv.includes("--force"))
  process.exit(0)

rmSync(join(root, "dist"), { recursive: true, force: true })
run("tsc", ["-p", "tsconfig.build.json"])
for (const top of ["collectors", "detectors", "services"]) copyData(join(root, top), join(root, "dist", top))
if (existsSync(join(root, "dashboards/console/vite.config.ts")))
  run("vite", ["build", "--config", "dashboards/console/vite.config.ts", "--logLevel", "warn"])
chmodSync(join(root, "dist/services/cli/egret.js"), 0o755)
writeFileSync(stamp, "")

function run(tool, args) {
  execFileSync(join(root, "node_modules/.bin", tool), args, { cwd: root, stdio: "inherit" })
}

/** Data that sources read at run time: SQL migrations, JSON catalogues, WebAssembly, YAML presets. */
function copyData(from, to) {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || /\.(sql|json|wasm|ya?ml|txt|pcap|pcapng|gz|keys)$/.test(path),
  })
}

function newest(paths) {
  let time = 0
  for (const path of paths) {
    if (!existsSync(path)) continue
    const stats = statSync(path)
    time = Math.max(time, stats.mtimeMs)
    if (stats.isDirectory())
      time = Math.max(
        time,
        newest(
          readdirSync(path)
            .filter((name) => name !== "node_modules")
            .map((name) => join(path, name)),
        ),
      )
  }
  return time
}
