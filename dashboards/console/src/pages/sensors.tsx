// Whether what is shown is all there was: packets lost, bytes missing, sessions that could not be read and why, and how far behind the parts are.
import { type Page, queryString, type Row } from "../api.ts"
import { Badge, Card, Figure } from "../components/bits.tsx"
import { RangePicker, rangeParam } from "../components/filters.tsx"
import { Empty, Load } from "../components/load.tsx"
import { SocCard } from "../components/soc.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
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
      <Load<Health> live path="/v1/health">
        {(health) => <Now health={health} />}
      </Load>
      <div class="cards">
        {(["sensor", "gen_ai_agent_name"] as const).map((by) => (
          <Card key={by} title={`${t("coverage")}: ${by === "sensor" ? t("sensors") : t("agents")}`} wide>
            <Table
              live
              path="/v1/coverage"
              params={{ ...rangeParam(), by }}
              paging="none"
              label={t("coverage")}
              empty={{ title: t("nothing"), hint: t("coverageHint") }}
              columns={[
                { title: t("name"), cell: (row) => inert(row["key"]) || "–" },
                { title: t("decrypted"), cell: (row) => (Number(row["tls"]) === 0 ? "–" : percent(row["share"])), numeric: true },
                { title: "TLS", cell: (row) => number(row["tls"]), numeric: true },
                { title: t("noKey"), cell: (row) => number(row["opaque"]), numeric: true },
                { title: t("reason"), cell: (row) => <span class="summary">{reasons(row["reasons"])}</span>, wide: true },
                { title: t("flows"), cell: (row) => number(row["flows"]), numeric: true, wide: true },
                { title: t("packets"), cell: (row) => number(row["packets"]), numeric: true, wide: true },
                { title: t("bytes"), cell: (row) => bytes(row["bytes"]), numeric: true, wide: true },
                { title: t("gaps"), cell: (row) => bytes(row["gap_bytes"]), numeric: true, wide: true },
                { title: t("cut"), cell: (row) => number(row["cut"]), numeric: true, wide: true },
              ]}
            />
          </Card>
        ))}
        <Card title={t("anomalies")} wide>
          <Load<Page> path={`/v1/anomalies${queryString(rangeParam())}`}>{({ items }) => <Anomalies items={items} />}</Load>
        </Card>
        <SocCard />
        <Card title={t("health")} wide>
          <Load<Health> live path="/v1/health">
            {(health) => (
              <>
                <ul class="parts">
                  {Object.entries(health.parts).map(([name, state]) => (
                    <li key={name}>
                      <span class={text(state) === "ready" ? "dot good" : "dot bad"} aria-hidden="true" /> {name}{" "}
                      <span class="muted">{word(text(state))}</span>
                    </li>
                  ))}
                </ul>
                <details>
                  <summary>{t("counters")}</summary>
                  <pre class="raw">
                    {Object.entries(health.counters)
                      .map(([name, count]) => `${name} ${count}`)
                      .join("\n")}
                  </pre>
                </details>
              </>
            )}
          </Load>
        </Card>
      </div>
    </>
  )
}

/** The few numbers that say whether something is wrong now, since this process started. */
function Now({ health: { ready, counters } }: { health: Health }) {
  const sum = (start: string) =>
    Object.entries(counters).reduce((total, [name, count]) => (name === start || name.startsWith(`${start}{`) ? total + count : total), 0)
  const dropped = Object.entries(counters).filter(([name, count]) => name.startsWith("egret_sensor_dropped_total{") && count > 0)
  const lost = sum("egret_sensor_dropped_total")
  const dead = sum("egret_bus_dead_events_total") + sum("egret_detect_dead_total")
  return (
    <>
      <div class="figures">
        <Figure value={ready ? <Badge tone="good">{t("ready")}</Badge> : <Badge tone="bad">{t("notReady")}</Badge>} label={t("health")} />
        <Figure value={number(sum("egret_sensor_packets_total"))} label={t("packets")} />
        <Figure value={number(lost)} label={t("drops")} {...(lost > 0 && { tone: "bad" as const })} />
        <Figure value={bytes(sum("egret_sensor_gap_bytes_total"))} label={t("gaps")} />
        <Figure value={number(sum("egret_sensor_flows_total"))} label={t("flows")} />
        <Figure value={bytes(sum("egret_bus_queued_bytes"))} label={t("waitingBytes")} />
        <Figure value={number(sum("egret_bus_lag_records"))} label={t("lag")} />
        <Figure value={number(dead)} label={t("deadLetters")} {...(dead > 0 && { tone: "bad" as const })} />
      </div>
      {dropped.length > 0 && (
        <p class="problem" role="status">
          {t("drops")}: {dropped.map(([name, count]) => `${/reason="([^"]*)"/.exec(name)?.[1] ?? name} ${number(count)}`).join(", ")}
        </p>
      )}
    </>
  )
}

function Anomalies({ items }: { items: readonly Row[] }) {
  if (items.length === 0) return <Empty title={t("noAnomalies")} />
  return (
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

function reasons(value: unknown): string {
  return Array.isArray(value)
    ? (value as unknown[]).map((pair) => (Array.isArray(pair) ? `${inert(pair[0])} ${number(pair[1])}` : inert(pair))).join(", ")
    : ""
}
