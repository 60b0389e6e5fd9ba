import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { workloadLookup, workloadMap } from "../../services/contracts/workload-map.ts"
import { FakeEc2 } from "../support/ec2/fake.ts"
import { ips, sensorInterface, smallWorld } from "../support/ec2/world.ts"
import { egret, type Ran } from "../support/egret.ts"

describe("egret mirror, from apply to destroy", () => {
  const fake = new FakeEc2(smallWorld())
  let folder: string
  let config: string

  beforeAll(async () => {
    const endpoint = await fake.start()
    folder = mkdtempSync(join(tmpdir(), "egret-mirror-"))
    config = join(folder, "egret.yaml")
    writeFileSync(
      config,
      `mirror:\n  region: eu-central-1\n  endpoint: ${endpoint}\n  stateDir: ${join(folder, "state")}\n  target:\n    networkInterface: ${sensorInterface}\n`,
    )
  })
  afterAll(async () => {
    await fake.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it("protects an egress IP, tells the sensor whose packets they are, and leaves nothing", async () => {
    const applied = await mirror("apply", "--egress-ip", ips.instance)
    expect(applied.stdout).toContain("Mirroring is on: 1 interfaces")
    const map = workloadMap.parse(JSON.parse(readFileSync(join(folder, "state/workloads.json"), "utf8")))
    const vni = map.entries[0]?.vni ?? 0
    expect(workloadLookup(map)(vni, "10.0.0.10")).toMatchObject({
      egressIp: ips.instance,
      networkInterface: "eni-agent",
      instance: "i-agent",
      vpc: "vpc-1",
    })
    expect((await mirror("status")).code).toBe(0)
    expect((await mirror("doctor")).stdout).not.toContain("PROBLEM")
    fake.sessions.clear()
    const drifted = await mirror("diff")
    expect([drifted.code, drifted.stdout]).toEqual([2, expect.stringContaining("missing   session eni-agent")])
    expect((await mirror("reconcile")).stdout).toContain("missing   session")
    expect((await mirror("status")).code).toBe(0)
    expect((await mirror("destroy")).stdout).toContain("still protected: nothing")
    expect(fake.everything).toEqual([])
  })

  it("says in one line what is missing, without a stack", async () => {
    const { code, stderr } = await mirror("plan")
    expect(code).toBe(2)
    expect(
      stderr
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("egret:")),
    ).toHaveLength(1)
    expect(stderr).toContain("--egress-ip")
  })

  function mirror(...args: string[]): Promise<Ran> {
    const env = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", NODE_NO_WARNINGS: "1" }
    return egret(["mirror", ...args, "--config", config], { env })
  }
})
