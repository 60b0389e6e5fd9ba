import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { mirrorConfig } from "../../../services/contracts/config/mirror.ts"
import { AwsMirroring } from "../../../services/mirroring/aws/driver.ts"
import { Mirroring } from "../../../services/mirroring/mirroring.ts"
import { MirrorSwitch } from "../../../services/mirroring/switch.ts"
import { openTestApi, type TestApi } from "../../support/api.ts"
import { FakeEc2 } from "../../support/ec2/fake.ts"
import { ips, sensorInterface, smallWorld } from "../../support/ec2/world.ts"

let cloud: FakeEc2
let api: TestApi
let folder: string

beforeEach(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test"
  process.env["AWS_SECRET_ACCESS_KEY"] = "test"
  cloud = new FakeEc2(smallWorld())
  folder = mkdtempSync(join(tmpdir(), "egret-switch-"))
  const config = mirrorConfig.parse({
    region: "eu-central-1",
    endpoint: await cloud.start(),
    stateDir: folder,
    target: { networkInterface: sensorInterface },
  })
  api = openTestApi(() => [], { mirror: new MirrorSwitch(new Mirroring(config, new AwsMirroring(config, 1)), () => undefined) })
})
afterEach(async () => {
  api.close()
  await cloud.stop()
  rmSync(folder, { recursive: true, force: true })
})

const post = async (path: string, egressIps: readonly string[], role: "admin" | "analyst" | "viewer" = "admin") => {
  const answer = await api.send("POST", `/v1/mirroring/${path}`, { token: await api.token(role), body: { egressIps } })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const get = async (path: string) => (await (await api.get(`/v1/mirroring${path}`, await api.token("analyst"))).json()) as unknown

describe("mirroring by the API", () => {
  it("shows the plan, protects, tells what is protected and how it stands, and leaves nothing", async () => {
    expect(await get("")).toEqual({ configured: true, target: sensorInterface, protected: [], busy: false })
    expect((await post("plan", [ips.instance], "analyst")).body).toMatchObject({
      plan: { sessions: [{ networkInterface: "eni-agent" }] },
      drifts: expect.arrayContaining([expect.objectContaining({ kind: "session", change: "missing" })]),
    })
    expect(cloud.everything).toEqual([])
    expect((await post("apply", [ips.instance])).status).toBe(200)
    expect(await get("")).toMatchObject({ protected: [ips.instance] })
    expect(await get("/status")).toMatchObject({ drifts: [] })
    expect(await get("/checks")).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id: "session-exists", state: "ok" })]),
    })
    expect((await post("destroy", [ips.instance])).body).toMatchObject({ staying: [] })
    expect(cloud.everything).toEqual([])
  })

  it("lets only an administrator change it, and writes down who did", async () => {
    expect((await post("apply", [ips.instance], "analyst")).status).toBe(403)
    expect((await post("plan", [ips.instance], "viewer")).status).toBe(403)
    expect(cloud.calls).toEqual([])
    await post("apply", [ips.instance])
    expect(api.parts.audit.latest(10).map(({ who, action, object }) => [who, action, object])).toContainEqual([
      "admin",
      "mirror-apply",
      ips.instance,
    ])
  })

  it("refuses what cannot be mirrored with the plan's reasons, and passes on the cloud's own words", async () => {
    expect(await post("apply", [ips.lambda])).toMatchObject({ status: 409, body: { detail: expect.stringContaining("nothing to mirror") } })
    await post("apply", [ips.instance])
    expect(await post("apply", [ips.lambda])).toMatchObject({ status: 409, body: { detail: expect.stringContaining("Lambda") } })
    expect((await post("apply", ["not an address"])).status).toBe(422)
    await cloud.stop()
    expect(await post("plan", [ips.instance])).toMatchObject({ status: 422, body: { title: "The cloud could not be asked" } })
    await cloud.start()
  })

  it("makes one change at a time", async () => {
    const [one, two] = await Promise.all([post("apply", [ips.instance]), post("apply", [ips.nat])])
    expect([one.status, two.status].sort()).toEqual([200, 409])
  })
})
