// Other people's readers of what we send, from Python's registry, in an environment of their own that is made once: the STIX validator of OASIS, the
// client library of MISP, OpenTelemetry's protocol, and a server of AWS interfaces (moto) that checks signatures with botocore.
import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort } from "./ports.ts"
import { missing, requires } from "./requires.ts"

export interface PythonTools {
  /** Of a command in the environment. */
  command(name: string): string
  /** Runs a program with a text on its standard input. */
  run(program: string, input: string): string
}

export function pythonTools(): PythonTools | undefined {
  if (requires("python3").missing) return undefined
  const folder = resolve(import.meta.dirname, "../../.cache/python-tools")
  const command = (name: string) => join(folder, "bin", name)
  try {
    if (!existsSync(join(folder, "complete"))) {
      mkdirSync(folder, { recursive: true })
      execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe", timeout: 120_000 })
      execFileSync(command("pip"), ["install", "-q", ...PACKAGES], { stdio: "pipe", timeout: 240_000 })
      writeFileSync(join(folder, "complete"), "")
    }
  } catch (error) {
    missing("Python's packages", `pip could not install ${PACKAGES.join(" ")}: ${(error as Error).message.split("\n", 1)[0]}`, {
      avoidable: false,
    })
    return undefined
  }
  return {
    command,
    run: (program, input) => execFileSync(command("python"), ["-c", program], { input, encoding: "utf8", timeout: 60_000 }),
  }
}

/** AWS interfaces in memory. After so many requests every signature is checked. */
export async function startMoto(tools: PythonTools, { trusted }: { trusted: number }) {
  const port = await freePort("tcp")
  const server = spawn(tools.command("moto_server"), ["-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: String(trusted), MOTO_S3_CUSTOM_ENDPOINTS: `http://127.0.0.1:${port}` },
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}/moto-api/data.json`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) break
    if (tries > 200 || server.exitCode !== null) throw new Error("moto did not start")
    await sleep(100)
  }
  return { url, close: () => server.kill("SIGKILL") }
}

// The newer STIX validator was published without its schemas.
const PACKAGES = ["stix2-validator==3.2.0", "moto==5.2.5", "flask", "flask-cors", "py-partiql-parser", "opentelemetry-proto", "pymisp"]
