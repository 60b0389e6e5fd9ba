import { type Page, queryString } from "../api.ts"
import { Badge, Card, RangePicker, rangeParam } from "../components/bits.tsx"
import { Empty, Load } from "../components/load.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href } from "../router.ts"

interface Health {
  readonly ready: boolean
  readonly parts: Readonly<Record<string, unknown>>
  readonly counters: Readonly<Record<string, number>>
}

export function SensorsPage() {
  return (
    <>
      <div class="head">
        <h1>{t("sensors")}</h1>
        <RangePicker />
      </div>
      <div class="cards">
        {(["sensor", "gen_ai_agent_name"] as const).map((by) => (
          <Card key={by} title={`${t("coverage")}: ${by === "sensor" ? t("sensors") : t("agents")}`} wide>
            <Table
              path="/v1/coverage"
              params={{ ...rangeParam(), by }}
              paging="none"
              label={t("coverage")}
              columns={[
                { title: t("name"), cell: (row) => inert(row["key"]) || "–" },
                { title: t("decrypted"), cell: (row) => (Number(row["tls"]) === 0 ? "–" : percent(row["share"])), numeric: true },
                { title: "TLS", cell: (row) => number(row["tls"]), numeric: true },
                { title: t("noKey"), cell: (row) => number(row["opaque"]), numeric: true },
                { title: t("reason"), cell: (row) => <span class="summary">{reasons(row["reasons"])}</span>, wide: true },
                { title: t("flows"), cell: (row) => number(row["flows"]), numeric: true },
                { title: t("packets"), cell: (row) => number(row["packets"]), numeric: true, wide: true },
                { title: t("bytes"), cell: (row) => bytes(row["bytes"]), numeric: true, wide: true },
                { title: t("gaps"), cell: (row) => bytes(row["gap_bytes"]), numeric: true },
              ]}
            />
          </Card>
        ))}
        <Card title={t("anomalies")} wide>
          <Load<Page> path={`/v1/anomalies${queryString(rangeParam())}`}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t("nothing")} />
              ) : (
                <ul class="plain">
                  {items.map((row) => (
                    <li key={`${row["layer"]} ${row["code"]}`}>
                      <Badge>{inert(row["layer"])}</Badge>{" "}
                      <a href={href(["audit"], { kind: "anomaly", anomaly: text(row["code"]) })}>{inert(row["code"])}</a>{" "}
                      <span class="muted">
                        {number(row["count"])} · {inert(row["example"])}
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Load>
        </Card>
        <Card title={t("health")}>
          <Load<Health> path="/v1/health">
            {(health) => (
              <>
                <p>{health.ready ? <Badge tone="good">ready</Badge> : <Badge tone="bad">not ready</Badge>}</p>
                <ul class="plain">
                  {Object.entries(health.parts).map(([name, state]) => (
                    <li key={name}>
                      {name}: <span class="muted">{text(state)}</span>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Load>
        </Card>
        <Card title={t("counters")}>
          <Load<Health> path="/v1/health">
            {(health) => (
              <ul class="plain">
                {Object.entries(health.counters).map(([name, count]) => (
                  <li key={name}>
                    <code>{name}</code> <span class="numeric">{number(count)}</span>
                  </li>
                ))}
              </ul>
            )}
          </Load>
        </Card>
      </div>
    </>
  )
}

function reasons(value: unknown): string {
  return Array.isArray(value)
    ? (value as unknown[]).map((pair) => (Array.isArray(pair) ? `${inert(pair[0])} ${number(pair[1])}` : inert(pair))).join(", ")
    : ""
}
