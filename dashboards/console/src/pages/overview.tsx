// The first page: what needs a person first, then who is there, what they reach, and how much of it can be read.
import type { Page, Row } from "../api.ts"
import { queryString } from "../api.ts"
import { AgentLink, Ago, Bars, Card, Count, Figure, Severity } from "../components/bits.tsx"
import { RangePicker, rangeParam } from "../components/filters.tsx"
import { FirstSteps } from "../components/first-steps.tsx"
import { Histogram } from "../components/histogram.tsx"
import { LiveSwitch } from "../components/live-switch.tsx"
import { Empty, Load } from "../components/load.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href, place } from "../router.ts"

const OPEN = ["new", "triaged", "in-progress"]
const SEVERITIES = ["critical", "high", "medium", "low"] as const

export function OverviewPage() {
  const range = queryString(rangeParam())
  return (
    <>
      <div class="head">
        <h1>{t("overview")}</h1>
        <LiveSwitch />
        <RangePicker />
      </div>
      <FirstSteps />
      <Load<Page> live path={`/v1/event-counts${range}`}>
        {({ items }) => <OpenEvents items={items} />}
      </Load>
      <Load<Row> live path={`/v1/overview${range}`}>
        {(row) => <Figures row={row} />}
      </Load>
      <div class="cards">
        <Card title={t("openEvents")} wide action={<a href={href(["events"], kept({ status: OPEN }))}>{t("wholeQueue")}</a>}>
          <Table
            live
            path="/v1/events"
            params={{ ...rangeParam(), status: OPEN, order: "worst" }}
            pageSize={8}
            paging="top"
            label={t("events")}
            link={(row) => href(["event", text(row["id"])])}
            empty={{ title: t("noEvents"), hint: t("noEventsHint") }}
            columns={[
              { title: t("title"), cell: (row) => inert(row["title"]) },
              { title: t("severity"), cell: (row) => <Severity of={row["severity"]} /> },
              { title: t("agent"), cell: (row) => <AgentLink row={row} />, wide: true },
              { title: t("destination"), cell: (row) => <HostLink row={row} />, wide: true },
              { title: t("count"), cell: (row) => number(row["count"]), numeric: true, wide: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
            ]}
          />
        </Card>
        <Card title={t("activity")} wide>
          <Histogram live params={rangeParam()} />
        </Card>
        <Card title={t("risks")}>
          <Load<Page> live path={`/v1/risks${range}`}>
            {({ items }) => <Risks items={items} />}
          </Load>
        </Card>
        <Card title={t("traffic")}>
          <Load<Page> live path={`/v1/traffic${queryString({ ...rangeParam(), limit: 8 })}`}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t("nothing")} hint={t("nothingHint")} />
              ) : (
                <Bars rows={items} label="key" value="exchanges" link={(row) => href(["audit"], kept({ provider: text(row["key"]) }))} />
              )
            }
          </Load>
        </Card>
        <Card title={t("coverage")} action={<a href={href(["sensors"])}>{t("sensors")}</a>}>
          <Load<Page> live path={`/v1/coverage${queryString({ ...rangeParam(), by: "gen_ai_agent_name", limit: 8 })}`}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t("nothing")} hint={t("coverageHint")} />
              ) : (
                <Bars
                  rows={items}
                  label="key"
                  value="share"
                  show={percent}
                  most={1}
                  tone={coverageTone}
                  link={(row) => href(["audit"], kept({ kind: "tls", agentName: text(row["key"]) }))}
                />
              )
            }
          </Load>
        </Card>
      </div>
    </>
  )
}

function HostLink({ row }: { row: Row }) {
  const host = text(row["server_address"])
  return host === "" ? <>–</> : <a href={href(["audit"], kept({ host }))}>{inert(host)}</a>
}

/** What cannot be read is not watched: half of it is no coverage any more. */
function coverageTone(share: number): "good" | "warn" | "bad" {
  return share >= 0.95 ? "good" : share >= 0.5 ? "warn" : "bad"
}

/** Links out of this page keep its time. */
function kept(params: Readonly<Record<string, string | readonly string[]>>): Readonly<Record<string, string | readonly string[]>> {
  const range = place.value.params.get("range")
  return range === null || range === "custom" ? params : { ...params, range }
}

function OpenEvents({ items }: { items: readonly Row[] }) {
  const open = new Map<string, number>()
  for (const row of items)
    if (OPEN.includes(text(row["status"]))) open.set(text(row["severity"]), (open.get(text(row["severity"])) ?? 0) + Number(row["count"]))
  return (
    <ul class="severities" aria-label={t("openEvents")}>
      {SEVERITIES.map((severity) => (
        <li key={severity}>
          <a
            class={`severity-tile ${(open.get(severity) ?? 0) === 0 ? "none" : `is-${severity}`}`}
            href={href(["events"], kept({ severity, status: OPEN }))}
          >
            <span class="value">{number(open.get(severity) ?? 0)}</span> <span class="label">{word(severity)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

function Figures({ row }: { row: Row }) {
  const seen = Number(row["tls_decrypted"]) + Number(row["tls_partial"]) + Number(row["tls_opaque"])
  return (
    <div class="figures">
      <Figure value={number(row["agents"])} label={t("agents")} link={href(["runtime"])} />
      <Figure value={number(row["llm_calls"])} label={t("modelCalls")} link={href(["audit"], kept({ kind: "llm" }))} />
      <Figure value={number(row["tool_calls"])} label={t("toolCalls")} link={href(["audit"], kept({ kind: "mcp" }))} />
      <Figure value={number(row["destinations"])} label={t("destinations")} link={href(["destinations"])} />
      <Figure value={number(row["skills"])} label={t("skills")} link={href(["skills"])} />
      <Figure value={seen === 0 ? "–" : percent(Number(row["tls_decrypted"]) / seen)} label={t("decrypted")} link={href(["sensors"])} />
      <Figure value={bytes(row["bytes_out"])} label={t("out")} link={href(["destinations"])} />
    </div>
  )
}

function Risks({ items }: { items: readonly Row[] }) {
  if (items.length === 0) return <Empty title={t("noRisks")} />
  return (
    <ul class="plain spread">
      {items.map((row) => (
        <li key={text(row["gen_ai_agent_id"])}>
          <span>
            <AgentLink row={row} />
          </span>
          <span class="muted">
            <Count of={row["findings"]} link={href(["events"], kept({ agent: text(row["gen_ai_agent_id"]) }))} />{" "}
            {t("findings").toLowerCase()} <Severity of={row["worst"]} />
          </span>
        </li>
      ))}
    </ul>
  )
}
