import { generateKeyPairSync, sign } from "node:crypto"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { DenyListActor, DenyListFile } from "../../../services/respond/deny-list.ts"
import { deniedBy, readDenyList } from "../../../services/runtime/deny-list.ts"

let folder: string
let clock: number
let file: DenyListFile
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "egret-deny-"))
  clock = 1_795_000_000_000
  file = new DenyListFile(folder, () => clock)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const entry = (value: string, more = {}) => ({ id: "r-1", kind: "host" as const, value, reason: "leak", until: clock + 60_000, ...more })
const read = async (newest = 0) => readDenyList(JSON.stringify(await file.read()), { publicKey: file.publicKey(), newest })

describe("the gateways' deny list", () => {
  it("is signed and numbered, also while it is empty", async () => {
    expect(await read()).toMatchObject({ list: { version: 1, entries: [] } })
    await file.put(entry("paste.example"))
    await file.put(entry("paste.example"))
    expect(await read()).toMatchObject({ list: { version: 3, entries: [{ value: "paste.example" }] } })
    await file.remove(entry("paste.example"))
    expect(await read()).toMatchObject({ list: { version: 4, entries: [] } })
  })

  it("is refused when it was changed, signed by another key, or older than what was seen", async () => {
    await file.put(entry("paste.example"))
    const signed = await file.read()
    const publicKey = file.publicKey()
    const altered = { ...signed, payload: signed.payload.replace("paste.example", "other.example") }
    expect(readDenyList(JSON.stringify(altered), { publicKey })).toEqual({ refused: "the signature does not fit" })
    const { privateKey } = generateKeyPairSync("ed25519")
    const forged = { ...altered, signature: sign(null, Buffer.from(altered.payload), privateKey).toString("base64") }
    expect(readDenyList(JSON.stringify(forged), { publicKey })).toEqual({ refused: "the signature does not fit" })
    expect(await read(9)).toEqual({ refused: "version 2 is older than 9" })
    for (const junk of ["", "{}", '{"payload":1}', "[]"])
      expect(readDenyList(junk, { publicKey })).toMatchObject({ refused: expect.stringContaining("not a deny list") })
  })

  it("keeps its key to itself", async () => {
    await file.read()
    expect(statSync(join(folder, "deny-list.key")).mode & 0o077).toBe(0)
    expect(new DenyListFile(folder, () => clock).publicKey()).toBe(file.publicKey())
  })

  it("ends by itself where no newer list arrives", async () => {
    await file.put(entry("paste.example"))
    const found = await read()
    if (!("list" in found)) throw new Error(found.refused)
    expect(deniedBy(found.list, { host: "paste.example" }, clock)?.id).toBe("r-1")
    expect(deniedBy(found.list, { host: "paste.example" }, clock + 60_000)).toBeUndefined()
  })

  it.each([
    [{ kind: "host", value: "paste.example" }, { host: "WWW.Paste.Example." }, true],
    [{ kind: "host", value: "paste.example" }, { host: "notpaste.example" }, false],
    [{ kind: "ip", value: "203.0.113.9" }, { ip: "203.0.113.9" }, true],
    [{ kind: "ip", value: "203.0.113.9" }, { host: "203.0.113.9" }, true],
    [{ kind: "workload", value: "7/10.0.0.10" }, { workload: "7/10.0.0.10" }, true],
    [{ kind: "workload", value: "7/10.0.0.10" }, { workload: "8/10.0.0.10" }, false],
  ] as const)("%j against %j: %s", async (more, asked, denied) => {
    const list = { v: 1 as const, version: 1, issuedAt: clock, entries: [entry("x", more)] }
    expect(deniedBy(list, asked, clock) !== undefined).toBe(denied)
  })

  it("takes the name, or the addresses where there is none, or the agent", async () => {
    const actor = (deny: "destination" | "workload") => new DenyListActor({ name: "d", type: "deny-list", lasts: 1, deny }, file)
    expect(await actor("destination").plan({ destination: { host: "Paste.Example.", ips: ["203.0.113.9"] } })).toMatchObject({
      steps: [{ entry: { kind: "host", value: "paste.example" } }],
    })
    expect(await actor("destination").plan({ destination: { host: "203.0.113.8", ips: ["203.0.113.9"] } })).toMatchObject({
      steps: [{ entry: { kind: "ip", value: "203.0.113.8" } }, { entry: { kind: "ip", value: "203.0.113.9" } }],
    })
    expect(await actor("workload").plan({ workload: { ip: "10.0.0.10", vni: 7 } })).toMatchObject({
      steps: [{ entry: { value: "7/10.0.0.10" } }],
    })
    expect(await actor("destination").plan({})).toEqual({ refused: "the destination is not known" })
  })
})
