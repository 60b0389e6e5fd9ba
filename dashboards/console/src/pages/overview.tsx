import type { Page, Row } from "../api.ts"
import { queryString } from "../api.ts"
import { AgentLink, Ago, Bars, Card, Figure, RangePicker, rangeParam, Severity } from "../components/bits.tsx"
import { Histogram } from "../components/histogram.tsx"
import { Empty, Load } from "../components/load.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href } from "../router.ts"

export function OverviewPage() {
  const range = queryString(rangeParam())
  return (
    <>
      <div class="head">
        <h1>{t("overview")}</h1>
        <RangePicker />
      </div>
      <Load<Row> path={`/v1/overview${range}`}>
        {(row) => {
          const seen = Number(row["tls_decrypted"]) + Number(row["tls_partial"]) + Number(row["tls_opaque"])
          return (
            <div class="figures">
              <Figure value={number(row["agents"])} label={t("agents")} link={href(["runtime"])} />
              <Figure value={number(row["llm_calls"])} label={t("modelCalls")} link={href(["audit"], { kind: "llm" })} />
              <Figure value={number(row["tool_calls"])} label={t("toolCalls")} link={href(["audit"], { kind: "mcp" })} />
              <Figure value={number(row["destinations"])} label={t("destinations")} link={href(["destinations"])} />
              <Figure value={number(row["skills"])} label={t("skills")} link={href(["skills"])} />
              <Figure
                value={seen === 0 ? "–" : percent(Number(row["tls_decrypted"]) / seen)}
                label={t("decrypted")}
                link={href(["sensors"])}
              />
              <Figure value={bytes(row["bytes_out"])} label={t("out")} />
            </div>
          )
        }}
      </Load>
      <div class="cards">
        <Card title={t("events")} wide action={<a href={href(["events"])}>{t("all")}</a>}>
          <Table
            path="/v1/events"
            params={{ ...rangeParam(), status: ["new", "triaged", "in-progress"] }}
            pageSize={8}
            label={t("events")}
            link={(row) => href(["event", text(row["id"])])}
            empty={{ title: t("noEvents") }}
            columns={[
              { title: t("title"), cell: (row) => inert(row["title"]) },
              { title: t("severity"), cell: (row) => <Severity of={row["severity"]} /> },
              { title: t("agent"), cell: (row) => <AgentLink row={row} />, wide: true },
              { title: t("destination"), cell: (row) => inert(row["server_address"]), wide: true },
              { title: t("count"), cell: (row) => number(row["count"]), numeric: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
            ]}
          />
        </Card>
        <Card title={t("activity")} wide>
          <Histogram params={rangeParam()} />
        </Card>
        <Card title={t("risks")}>
          <Load<Page> path={`/v1/risks${range}`}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t("nothing")} />
              ) : (
                <ul class="plain">
                  {items.map((row) => (
                    <li key={text(row["gen_ai_agent_id"])}>
                      <AgentLink row={row} /> <Severity of={row["worst"]} />{" "}
                      <span class="muted">
                        {number(row["findings"])} {t("findings").toLowerCase()}
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Load>
        </Card>
        <Card title={t("traffic")}>
          <Load<Page> path={`/v1/traffic${queryString({ ...rangeParam(), limit: 8 })}`}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t("nothing")} hint={t("nothingHint")} />
              ) : (
                <Bars rows={items} label="key" value="exchanges" link={(row) => href(["audit"], { provider: text(row["key"]) })} />
              )
            }
          </Load>
        </Card>
        <Card title={t("coverage")}>
          <Load<Page> path={`/v1/coverage${queryString({ ...rangeParam(), by: "gen_ai_agent_name", limit: 8 })}`}>
            {({ items }) =>
              items.length === 0 ? <Empty title={t("nothing")} /> : <Bars rows={items} label="key" value="share" show={percent} />
            }
          </Load>
        </Card>
      </div>
    </>
  )
}
