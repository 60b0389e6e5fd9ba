// Where the API listens: beyond this machine only when somebody can sign in.
import { createServer } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type ApiServer, serveApi } from "../../../services/api/server.ts"
import { type ApiConfig, apiConfig } from "../../../services/contracts/config/api.ts"
import { ConfigError } from "../../../services/contracts/errors.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"

describe("the API's socket", () => {
  let api: TestApi
  let server: ApiServer | undefined
  beforeEach(() => {
    api = openTestApi()
  })
  afterEach(async () => {
    await server?.close()
    server = undefined
    api.close()
  })
  const listen = async (listenOn: string, more: object = {}) => {
    const config: ApiConfig = apiConfig.parse({ listen: listenOn, ...more })
    server = await serveApi(api.app, config, api.parts.accounts)
    return server
  }

  it("is this machine's at first, and refuses every other address while nobody can sign in", async () => {
    expect((await fetch(`${(await listen("127.0.0.1:0")).url}/v1/openapi.json`)).status).toBe(200)
    await server?.close()
    for (const address of ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"]) {
      const refused = await listen(address).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(ConfigError)
      expect(String((refused as ConfigError).hint)).toContain("egret user add")
    }
    server = undefined
  })

  it.each([
    [
      "a user",
      async () => api.parts.accounts.addUser({ name: "ann", role: "viewer", password: ["a", "long", "phrase"].join(" "), now: 0 }),
      {},
    ],
    ["a token", async () => void (await api.token("viewer")), {}],
    ["an OpenID provider", async () => {}, { oidc: { issuer: "https://login.example", audience: "egret" } }],
  ])("takes every address once there is %s", async (_, make, more) => {
    await make()
    const { port } = await listen("0.0.0.0:0", more)
    expect((await fetch(`http://127.0.0.1:${port}/v1/agents`)).status).toBe(401)
  })

  it("says which address is taken, and what to do", async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done))
    const { port } = other.address() as { port: number }
    await expect(listen(`127.0.0.1:${port}`)).rejects.toMatchObject({ path: "api.listen", hint: expect.stringContaining("127.0.0.1:0") })
    other.close()
  })
})
