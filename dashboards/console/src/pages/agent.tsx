import { may, type Row } from "../api.ts"
import { Ago, agentName, Badge, Card, Figure, Severity, Tags, Time } from "../components/bits.tsx"
import { Load } from "../components/load.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, parsed, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href, place } from "../router.ts"

export function AgentPage() {
  const id = place.value.path[1] ?? ""
  return (
    <Load<Row> path={`/v1/agents/${encodeURIComponent(id)}`} title={t("agent")}>
      {(agent) => <Shown agent={agent} id={id} />}
    </Load>
  )
}

function Shown({ agent, id }: { agent: Row; id: string }) {
  return (
    <>
      <p class="crumbs">
        <a href={href(["runtime"])}>{t("runtime")}</a>
      </p>
      <div class="head">
        <h1>{agentName({ ...agent, gen_ai_agent_id: id })}</h1>
        <Badge>
          {t("confidence")} {percent(agent["confidence"])}
        </Badge>
        {Number(agent["findings"]) > 0 && <Severity of={agent["worst"]} />}
      </div>
      <div class="figures">
        <Figure value={number(agent["llm_calls"])} label={t("modelCalls")} link={href(["audit"], { kind: "llm", agent: id })} />
        <Figure value={number(agent["mcp_calls"])} label="MCP" link={href(["audit"], { kind: "mcp", agent: id })} />
        <Figure value={number(agent["tool_calls"])} label={t("toolCalls")} />
        <Figure value={number(agent["destinations"])} label={t("destinations")} link={href(["audit"], { agent: id })} />
        <Figure value={`${number(agent["input_tokens"])} → ${number(agent["output_tokens"])}`} label={t("tokenCount")} />
        <Figure value={bytes(agent["bytes_out"])} label={t("out")} />
        <Figure value={number(agent["findings"])} label={t("findings")} link={href(["events"], { agent: id })} />
      </div>
      <dl class="facts columns">
        <dt>{t("firstSeen")}</dt>
        <dd>
          <Time at={agent["first_seen"]} />
        </dd>
        <dt>{t("lastSeen")}</dt>
        <dd>
          <Time at={agent["last_seen"]} />
        </dd>
        <dt>{t("version")}</dt>
        <dd>
          <Tags of={agent["versions"]} />
        </dd>
        <dt>{t("workload")}</dt>
        <dd>
          <Tags of={agent["workloads"]} />
        </dd>
        <dt>{t("egressIps")}</dt>
        <dd>
          <Tags of={agent["egress_ips"]} />
        </dd>
        <dt>{t("signals")}</dt>
        <dd>
          <Signals of={agent["signals"]} />
        </dd>
        <dt>{t("conflicts")}</dt>
        <dd>
          <Signals of={agent["conflicts"]} />
        </dd>
      </dl>
      <div class="cards">
        <Card title={t("events")} wide action={<a href={href(["events"], { agent: id })}>{t("all")}</a>}>
          <Table
            live
            path="/v1/events"
            params={{ agent: id, order: "worst" }}
            pageSize={6}
            paging="top"
            label={t("events")}
            link={(row) => href(["event", text(row["id"])])}
            empty={{ title: t("noEvents") }}
            columns={[
              { title: t("title"), cell: (row) => inert(row["title"]) },
              { title: t("severity"), cell: (row) => <Severity of={row["severity"]} /> },
              {
                title: t("status"),
                cell: (row) => <Badge tone={row["status"] === "new" ? "warn" : "neutral"}>{word(text(row["status"]))}</Badge>,
              },
              { title: t("destination"), cell: (row) => inert(row["server_address"]) || "–", wide: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} />, wide: true },
            ]}
          />
        </Card>
        <Card title={t("uses")} wide>
          <Table
            path={`/v1/agents/${encodeURIComponent(id)}/uses`}
            paging="offset"
            label={t("uses")}
            columns={[
              { title: t("kind"), cell: (row) => word(text(row["thing"])) },
              { title: t("name"), cell: (row) => <Used row={row} agent={id} /> },
              { title: t("firstSeen"), cell: (row) => <Ago at={row["first_seen"]} />, wide: true },
              { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
            ]}
          />
        </Card>
        {may("content") && (
          <Card title={t("toolCalls")} wide>
            <Table
              path={`/v1/agents/${encodeURIComponent(id)}/tool-calls`}
              paging="none"
              label={t("toolCalls")}
              link={(row) => href(["activity", text(row["id"])])}
              columns={[
                { title: t("when"), cell: (row) => <Time at={row["at"]} /> },
                { title: t("tool"), cell: (row) => inert(row["tool"]) },
                { title: t("server"), cell: (row) => inert(row["server"]), wide: true },
                { title: t("arguments"), cell: (row) => <code class="summary">{inert(row["arguments"])}</code> },
              ]}
            />
          </Card>
        )}
      </div>
    </>
  )
}

/** Leads to where the agent used it. */
function Used({ row, agent }: { row: Row; agent: string }) {
  const name = text(row["name"])
  const thing = text(row["thing"])
  const [server = "", tool] = name.split("#", 2)
  if (thing === "destination") return <a href={href(["audit"], { agent, host: name.replace(/:\d+$/, "") })}>{inert(name)}</a>
  if (thing === "model") return <a href={href(["audit"], { agent, model: name.slice(name.indexOf("/") + 1) })}>{inert(name)}</a>
  if (thing === "mcp_server") return <a href={href(["skills"], { tab: "tools", server: name })}>{inert(name)}</a>
  if (thing === "tool" && tool !== undefined)
    return (
      <a href={href(["tool", server, tool])}>
        {inert(tool)} <span class="muted">{inert(server.replace(/^agent:/, ""))}</span>
      </a>
    )
  if (thing === "skill") return <a href={href(["skill", name])}>{inert(name)}</a>
  return <>{inert(name)}</>
}

function Signals({ of }: { of: unknown }) {
  const items = parsed(of)
  if (!Array.isArray(items) || items.length === 0) return <>–</>
  return (
    <>
      {(items as (Row | unknown[])[]).map((signal) => {
        const [source, value, says] = Array.isArray(signal) ? signal : [signal["source"], signal["value"], signal["says"]]
        return (
          <span key={text(source)} class="tag" title={inert(value)}>
            {inert(source)}: {inert(says)}
          </span>
        )
      })}
    </>
  )
}
