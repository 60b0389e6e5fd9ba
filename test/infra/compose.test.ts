// No Docker engine is needed: what can be wrong in these files without one is checked here, against the real configuration schema, the real commands
// and the files they name.
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { buildProgram } from "../../services/cli/program.ts"
import { examineConfig } from "../../services/runtime/config/load.ts"
import { metaTables } from "../../services/store/engine/access-files.ts"

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: unknown
  readonly build?: { readonly context: string; readonly dockerfile: string }
}

const root = resolve(import.meta.dirname, "../..")
const text = read("docker-compose.yml")
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(compose.services)
const roles = services.filter(([, { image }]) => image.startsWith("egret:"))
const example = variablesOf(read("infra/docker/compose.env.example"))
const dockerfile = read("infra/docker/Dockerfile")

describe("docker-compose.yml", () => {
  it("uses only keys that Compose knows", () => {
    expect(Object.keys(compose).filter((key) => !key.startsWith("x-") && !["services", "volumes"].includes(key))).toEqual([])
    for (const [name, service] of services)
      expect(
        Object.keys(service).filter((key) => !SERVICE_KEYS.has(key)),
        name,
      ).toEqual([])
  })

  it("names a fixed version of every image", () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/^[a-z0-9/.-]+:(?!latest$)[\w.-]+$/)
  })

  it("mounts and builds only what is there", () => {
    for (const [name, { volumes = [], build }] of services) {
      if (build !== undefined) expect(existsSync(join(root, build.context, build.dockerfile)), `${name} dockerfile`).toBe(true)
      for (const volume of volumes) {
        const [source = ""] = volume.split(":")
        if (source.startsWith(".")) expect(existsSync(join(root, source)), `${name} mounts ${source}`).toBe(true)
        else expect(Object.keys(compose.volumes), `${name} mounts ${source}`).toContain(source)
      }
    }
    for (const volume of Object.keys(compose.volumes)) expect(text, `${volume} is used`).toContain(`"${volume}:/`)
  })

  it("waits only for services that exist and say when they are healthy", () => {
    for (const [name, { depends_on = {} }] of services)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services), `${name} waits for ${other}`).toContain(other)
        if (condition === "service_healthy") expect(compose.services[other]?.healthcheck, `${other} has a health check`).toBeDefined()
      }
  })

  it("asks for exactly the variables that the example names, and refuses to start without them", () => {
    const used = [...text.matchAll(/\$\{([A-Z_]+)(:\?[^}]+)?\}/g)]
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(Object.keys(example)))
    for (const [whole, , refusal] of used) expect(refusal, whole).toBeDefined()
  })

  it("runs commands that egret has", async () => {
    const known = (await buildProgram()).commands.map((command) => command.name())
    expect(roles.length).toBeGreaterThan(0)
    for (const [name, { command = [] }] of roles) expect([...known], name).toContain(command[0])
  })

  it("gives every role a configuration without mistakes", () => {
    const filled = Object.fromEntries(Object.keys(example).map((name) => [name, "x"]))
    for (const [name, { environment = {} }] of roles) {
      const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, expand(String(value), filled)]))
      const { loaded, problems } = examineConfig({ file: join(root, "test/infra/empty.yaml"), env })
      expect(
        problems.map(({ message }) => message),
        name,
      ).toEqual([])
      expect(loaded?.config.bus.kind).toBe("kafka")
      expect(loaded?.config.store.engine).toBe("server")
      expect(dockerfile).toContain(`127.0.0.1:${loaded?.config.metrics.listen.port}/healthz`)
    }
  })

  it("opens to the network only what takes mirrored traffic", () => {
    const open = services.flatMap(([, { ports = [] }]) => ports).filter((port) => !port.startsWith("127.0.0.1:"))
    expect(open).toEqual(["4789:4789/udp"])
  })
})

describe("infra/docker/Dockerfile", () => {
  it("copies only what is there, runs as another user than root, and says how to see that it lives", () => {
    for (const [, paths = ""] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const path of paths.split(" ")) expect(existsSync(join(root, path)), path).toBe(true)
    expect(dockerfile.lastIndexOf("\nUSER node")).toBeGreaterThan(dockerfile.lastIndexOf("\nRUN"))
    expect(dockerfile).toContain("HEALTHCHECK")
    expect(dockerfile).toContain(`/opt/egret/${(JSON.parse(read("package.json")) as { bin: { egret: string } }).bin.egret}`)
  })

  it("builds the optional package pcap against the headers of the image", () => {
    expect(dockerfile).toMatch(/ENV npm_config_nodedir=\/usr\/local[\s\S]+RUN npm ci/)
  })

  it("keeps secrets and local state out of the build", () => {
    const ignored = read("infra/docker/Dockerfile.dockerignore").split("\n")
    for (const path of [".env", ".egret", "node_modules", ".git"]) expect(ignored).toContain(path)
  })
})

describe("infra/clickhouse/users.d/egret.xml", () => {
  const users = read("infra/clickhouse/users.d/egret.xml")

  it("lets Grafana's reader see exactly what the embedded engine's reader without content sees", () => {
    expect([...users.matchAll(/GRANT SELECT ON egret\.(\w+)/g)].map(([, table]) => table)).toEqual([...metaTables])
  })

  it("takes passwords from variables that the service is given", () => {
    const given = Object.keys(compose.services["clickhouse"]?.environment ?? {})
    for (const [, name = ""] of users.matchAll(/from_env="(\w+)"/g)) expect(given).toContain(name)
  })
})

function read(path: string): string {
  return readFileSync(join(root, path), "utf8")
}

function variablesOf(file: string): Record<string, string> {
  return Object.fromEntries(
    file
      .split("\n")
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  )
}

function expand(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{([A-Z_]+)[^}]*\}/g, (_, name: string) => variables[name] ?? "")
}

const SERVICE_KEYS = new Set(
  "image build init restart read_only tmpfs cap_drop cap_add security_opt stop_grace_period environment ports volumes depends_on healthcheck command ulimits".split(
    " ",
  ),
)
