// Which agents exist, where they run, what they use, and whether they are protected.
import { Ago, agentName, Card, Count, Severity, Tags } from "../components/bits.tsx"
import { EgressIps } from "../components/egress-ips.tsx"
import { RangePicker, rangeParam, SearchBox } from "../components/filters.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href, place } from "../router.ts"

export function RuntimePage() {
  const search = place.value.params.get("search") ?? undefined
  return (
    <>
      <div class="head">
        <h1>{t("runtime")}</h1>
        <RangePicker />
      </div>
      <div class="toolbar">
        <SearchBox />
      </div>
      <div class="cards">
        <Card title={t("egressIps")} wide>
          <EgressIps />
        </Card>
        <Card title={t("agents")} wide>
          <Table
            path="/v1/agents"
            params={{ ...rangeParam(), search }}
            paging="offset"
            label={t("agents")}
            link={(row) => href(["agent", text(row["gen_ai_agent_id"])])}
            columns={[
              {
                title: t("agent"),
                cell: (row) => (
                  <>
                    {agentName(row)} <span class="muted">{inert(row["version"])}</span>
                  </>
                ),
              },
              {
                title: t("confidence"),
                cell: (row) => (Number(row["confidence"]) > 0 ? percent(row["confidence"]) : "–"),
                numeric: true,
                wide: true,
              },
              {
                title: t("worst"),
                cell: (row) =>
                  Number(row["findings"]) > 0 ? (
                    <a href={href(["events"], { agent: text(row["gen_ai_agent_id"]) })}>
                      <Severity of={row["worst"]} />
                    </a>
                  ) : (
                    "–"
                  ),
              },
              {
                title: t("modelCalls"),
                cell: (row) => <Count of={row["llm_calls"]} link={href(["audit"], { kind: "llm", agent: text(row["gen_ai_agent_id"]) })} />,
                numeric: true,
              },
              { title: t("toolCalls"), cell: (row) => number(row["tool_calls"]), numeric: true },
              {
                title: t("destinations"),
                cell: (row) => <Count of={row["destinations"]} link={href(["audit"], { agent: text(row["gen_ai_agent_id"]) })} />,
                numeric: true,
                wide: true,
              },
              { title: t("out"), cell: (row) => bytes(row["bytes_out"]), numeric: true, wide: true },
              { title: t("egressIp"), cell: (row) => <Tags of={row["egress_ips"]} limit={2} />, wide: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
            ]}
          />
        </Card>
        <Card title={t("models")} wide>
          <Table
            path="/v1/models"
            params={rangeParam()}
            paging="offset"
            label={t("models")}
            link={(row) => href(["audit"], { model: text(row["gen_ai_request_model"]) })}
            columns={[
              { title: t("model"), cell: (row) => inert(row["gen_ai_request_model"]) },
              { title: t("provider"), cell: (row) => inert(row["gen_ai_provider_name"]) },
              { title: t("calls"), cell: (row) => number(row["calls"]), numeric: true },
              { title: t("errors"), cell: (row) => number(row["errors"]), numeric: true },
              {
                title: t("tokenCount"),
                cell: (row) => `${number(row["input_tokens"])} → ${number(row["output_tokens"])}`,
                numeric: true,
                wide: true,
              },
              { title: t("host"), cell: (row) => <Tags of={row["hosts"]} />, wide: true },
            ]}
          />
        </Card>
        <Card title={t("mcpServers")} wide>
          <Table
            path="/v1/mcp-servers"
            params={rangeParam()}
            paging="offset"
            label={t("mcpServers")}
            link={(row) => href(["skills"], { tab: "tools", server: text(row["server"]) })}
            columns={[
              { title: t("server"), cell: (row) => inert(row["server"]) },
              { title: t("name"), cell: (row) => `${inert(row["name"])} ${inert(row["version"])}` },
              { title: t("tools"), cell: (row) => number(row["tools"]), numeric: true },
              { title: t("versions"), cell: (row) => number(row["tool_versions"]), numeric: true, wide: true },
              { title: t("calls"), cell: (row) => number(row["calls"]), numeric: true },
              { title: t("agents"), cell: (row) => number(row["agents"]), numeric: true, wide: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
            ]}
          />
        </Card>
        <Card title={t("workloads")} wide>
          <Table
            path="/v1/workloads"
            paging="offset"
            label={t("workloads")}
            columns={[
              {
                title: t("workload"),
                cell: (row) => <a href={href(["audit"], { clientIp: text(row["ip"]) })}>{inert(row["workload_id"])}</a>,
              },
              { title: t("egressIp"), cell: (row) => inert(row["egress_ip"]) || "–" },
              { title: "VPC", cell: (row) => inert(row["vpc"]) || "–", wide: true },
              { title: t("instance"), cell: (row) => inert(row["instance"]) || "–", wide: true },
              { title: t("agents"), cell: (row) => number((row["agents"] as unknown[] | undefined)?.length), numeric: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
            ]}
          />
        </Card>
      </div>
    </>
  )
}
