import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parse } from "yaml"
import { metaTables } from "../../../services/store/engine/access-files.ts"
import type { EngineProcess } from "../../../services/store/engine/engine-process.ts"
import { foldRows } from "../../../services/store/fold.ts"
import { admit } from "../../../services/store/http/sql-gate.ts"
import { migrate } from "../../../services/store/migrate.ts"
import { openEmbedded } from "../../../services/store/open-store.ts"
import { rowOfEvent, rowOfVerdict, rowsOfActivity, rowsOfFinding } from "../../../services/store/rows.ts"
import { SAMPLE_START, sampleDay, sampleEvent, sampleFinding, sampleVerdict } from "../../support/sample-activities.ts"
import { type Expansion, expand } from "./expand.ts"

interface Target {
  readonly rawSql: string
  readonly queryType: string
}
interface Panel {
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets: readonly Target[]
  readonly fieldConfig: { readonly overrides: readonly { readonly matcher: { readonly options: string } }[] }
}
interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly type: string; readonly name: string; readonly query: Target | string }[] }
}

const root = resolve(import.meta.dirname, "../../..")
const provisioning = join(root, "dashboards/grafana/provisioning")
const dashboards = readdirSync(join(provisioning, "dashboards/json")).map(
  (file) => JSON.parse(readFileSync(join(provisioning, "dashboards/json", file), "utf8")) as Dashboard,
)
const alerting = parse(readFileSync(join(provisioning, "alerting/egret.yaml"), "utf8")) as {
  groups: { rules: { uid: string; title: string; data: { datasourceUid: string; model: Target }[] }[] }[]
}
const panels = dashboards.flatMap((dashboard) => dashboard.panels.map((panel) => [dashboard.uid, panel.title, panel] as const))
const rules = alerting.groups.flatMap((group) => group.rules)

const all: Expansion = {
  from: SAMPLE_START / 1000 - 3_600_000,
  to: SAMPLE_START / 1000 + 86_400_000,
  intervalSeconds: 60,
  variables: { agent: "all", egress: "all", provider: "all", severity: "all" },
}
const chosen: Expansion = {
  ...all,
  variables: { agent: ["claude-code", "it's"], egress: ["198.51.100.7"], provider: ["anthropic"], severity: ["high"] },
}

describe("Grafana dashboards over the real engine, as the reader without content", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-grafana-"))
  let engine: EngineProcess | undefined
  let close = async (): Promise<void> => {}

  beforeAll(async () => {
    const opened = await openEmbedded({ engine: "embedded", path: join(folder, "store") })
    await migrate(opened.store)
    const rows = [
      ...sampleDay().flatMap(rowsOfActivity),
      ...rowsOfFinding(sampleFinding()),
      { table: "event", row: rowOfEvent(sampleEvent()) },
      { table: "verdict", row: rowOfVerdict(sampleVerdict({ result: "malicious" })) },
    ]
    for (const [table, some] of foldRows(rows)) await opened.store.insert(table, some)
    engine = opened.engine
    close = () => opened.store.close()
  })
  afterAll(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function run(rawSql: string, expansion: Expansion): Promise<{ names: string[]; rows: unknown[][] }> {
    if (engine === undefined) throw new Error("not open")
    const { sql } = await admit(engine, expand(rawSql, expansion))
    const bytes = await engine.run({ lane: "meta", sql, format: "JSONCompact" })
    const { meta, data } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { meta: { name: string }[]; data: unknown[][] }
    return { names: meta.map(({ name }) => name), rows: data }
  }

  it.each(panels)("%s: %s shows what is there", async (_uid, _title, panel) => {
    for (const { rawSql, queryType } of panel.targets) {
      const { names, rows } = await run(rawSql, all)
      expect(rows.length, rawSql).toBeGreaterThan(0)
      const cells = rows.flatMap((row) => row.filter((_cell, column) => names[column] !== "time"))
      expect(
        cells.some((cell) => cell !== null && cell !== "" && cell !== 0 && cell !== "0"),
        "not only zeros",
      ).toBe(true)
      if (queryType === "timeseries") expect(names[0]).toBe("time")
      for (const { matcher } of panel.fieldConfig.overrides) expect(names, "a linked column").toContain(matcher.options)
      await run(rawSql, chosen)
    }
  })

  it.each(panels.filter(([, , panel]) => panel.targets.some(({ rawSql }) => rawSql.includes("$__timeFilter"))))(
    "%s: %s is empty, and no error, in a time without traffic",
    async (_uid, _title, panel) => {
      for (const { rawSql } of panel.targets) await run(rawSql, { ...all, from: 1_000_000, to: 2_000_000 })
    },
  )

  it.each(dashboards.flatMap(({ uid, templating }) => templating.list.map((variable) => [uid, variable.name, variable] as const)))(
    "%s: variable %s has values",
    async (_uid, _name, { type, query }) => {
      if (type === "query") expect((await run((query as Target).rawSql, all)).rows.length).toBeGreaterThan(0)
      else expect(query).not.toBe("")
    },
  )

  it.each(rules.map((rule) => [rule.title, rule] as const))("alert: %s gives one number", async (_title, rule) => {
    for (const { datasourceUid, model } of rule.data) {
      if (datasourceUid === "__expr__") continue
      const { rows } = await run(model.rawSql, all)
      expect(rows).toHaveLength(1)
      expect(Number.isFinite(Number(rows[0]?.[0]))).toBe(true)
      expect((await run(model.rawSql, { ...all, from: 1_000_000, to: 2_000_000 })).rows).toHaveLength(1)
    }
  })

  it("would notice an alert that cannot fire: each of the sample's troubles is seen", async () => {
    const value = async (uid: string) => {
      const sql = rules.find((rule) => rule.uid === uid)?.data[0]?.model.rawSql ?? ""
      return Number((await run(sql, all)).rows[0]?.[0])
    }
    expect(await value("egret-alert-critical")).toBe(1)
    expect(await value("egret-alert-tool-changed")).toBe(1)
    expect(await value("egret-alert-skill-verdict")).toBe(1)
    expect(await value("egret-alert-new-destination")).toBeGreaterThan(3)
    expect(await value("egret-alert-coverage")).toBe(0.5)
    expect(await value("egret-alert-gaps")).toBeGreaterThan(0)
  })
})

describe("the provisioning files", () => {
  it("are what scripts/grafana.mjs writes", () => {
    const fresh = mkdtempSync(join(tmpdir(), "egret-grafana-fresh-"))
    execFileSync(process.execPath, [join(root, "scripts/grafana.mjs"), fresh])
    const files = [
      "dashboards/egret.yaml",
      "alerting/egret.yaml",
      ...readdirSync(join(fresh, "dashboards/json")).map((file) => `dashboards/json/${file}`),
    ]
    for (const file of files)
      expect(readFileSync(join(provisioning, file), "utf8"), `${file}: run node scripts/grafana.mjs`).toBe(
        readFileSync(join(fresh, file), "utf8"),
      )
    expect(readdirSync(join(provisioning, "dashboards/json"))).toEqual(readdirSync(join(fresh, "dashboards/json")))
    rmSync(fresh, { recursive: true, force: true })
  })

  it("give every panel a place of its own", () => {
    for (const { uid, panels: placed } of dashboards)
      for (const [at, one] of placed.entries())
        for (const other of placed.slice(at + 1))
          expect(overlap(one.gridPos, other.gridPos), `${uid}: ${one.title} and ${other.title}`).toBe(false)
  })

  it("name the data source that is provisioned, and its reader may read what the dashboards ask for", () => {
    const source = parse(readFileSync(join(provisioning, "datasources/egret.yaml"), "utf8")) as {
      datasources: { uid: string; type: string }[]
    }
    expect(source.datasources[0]).toMatchObject({ uid: "egret", type: "grafana-clickhouse-datasource" })
    const users = readFileSync(join(root, "infra/clickhouse/users.d/egret.xml"), "utf8")
    for (const table of metaTables) expect(users).toContain(`GRANT SELECT ON egret.${table}<`)
    for (const table of ["content", "file_part", "audit"]) expect(users).not.toContain(`egret.${table}<`)
    const roles = readFileSync(join(root, "infra/clickhouse/roles.sql"), "utf8")
    for (const table of metaTables) expect(roles).toContain(`GRANT SELECT ON egret.${table} TO egret_reader_meta`)
    for (const table of ["content", "file_part"]) expect(roles).not.toContain(`egret.${table} TO egret_reader_meta`)
  })
})

function overlap(one: Panel["gridPos"], other: Panel["gridPos"]): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h
}
