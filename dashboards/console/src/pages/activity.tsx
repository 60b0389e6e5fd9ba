// One activity: for a model call the readable conversation, for the rest what was said; timing, connection, findings, the raw row.
import { useState } from "preact/hooks"
import { callFile, isProblem, may, type Page, type Problem, queryString, type Row } from "../api.ts"
import { AgentLink, Badge, Card, Severity, Time } from "../components/bits.tsx"
import { Content } from "../components/content.tsx"
import { Empty, ErrorBox, Load, useLoad } from "../components/load.tsx"
import { Verdicts } from "../components/verdicts.tsx"
import { bytes, duration, inert, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href, place } from "../router.ts"

export function ActivityPage() {
  const id = place.value.path[1] ?? ""
  return (
    <Load<Row> path={`/v1/activity/${encodeURIComponent(id)}`} title={t("activity")}>
      {(row) => <Shown row={row} />}
    </Load>
  )
}

function Shown({ row }: { row: Row }) {
  const id = text(row["id"])
  const conversation = text(row["gen_ai_conversation_id"])
  return (
    <>
      <p class="crumbs">
        <a href={href(["audit"], { kind: text(row["kind"]) })}>{t("audit")}</a>
      </p>
      <div class="head">
        <h1>{inert(row["summary"]) || text(row["kind"])}</h1>
        <Badge>{word(text(row["kind"]))}</Badge>
      </div>
      <dl class="facts columns">
        <dt>{t("when")}</dt>
        <dd>
          <Time at={row["at"]} precise />
        </dd>
        <dt>{t("agent")}</dt>
        <dd>
          <AgentLink row={row} />
        </dd>
        <dt>{t("destination")}</dt>
        <dd>
          <a href={href(["audit"], { host: text(row["server_address"]) })}>{inert(row["server_address"])}</a>{" "}
          <span class="muted">
            {inert(row["server_ip"])}:{text(row["server_port"])}
          </span>
        </dd>
        <dt>{t("workload")}</dt>
        <dd>
          {inert(row["workload_id"])}{" "}
          {row["egress_ip"] !== "" && (
            <span class="muted">
              {t("egressIp")} {inert(row["egress_ip"])}
            </span>
          )}
        </dd>
        {text(row["gen_ai_request_model"]) !== "" && (
          <>
            <dt>{t("model")}</dt>
            <dd>
              <a href={href(["audit"], { model: text(row["gen_ai_request_model"]) })}>{inert(row["gen_ai_request_model"])}</a>{" "}
              <span class="muted">{inert(row["gen_ai_provider_name"])}</span>
            </dd>
          </>
        )}
        {Number(row["gen_ai_usage_input_tokens"]) + Number(row["gen_ai_usage_output_tokens"]) > 0 && (
          <>
            <dt>{t("tokenCount")}</dt>
            <dd>
              {number(row["gen_ai_usage_input_tokens"])} → {number(row["gen_ai_usage_output_tokens"])}
            </dd>
          </>
        )}
        {Number(row["duration_us"]) > 0 && (
          <>
            <dt>{t("timing")}</dt>
            <dd>
              <Timing row={row} />
            </dd>
          </>
        )}
        <dt>{t("bytes")}</dt>
        <dd>
          {bytes(row["request_bytes"])} → {bytes(row["response_bytes"])}
        </dd>
        <dt>{t("flow")}</dt>
        <dd>
          <a href={href(["audit"], { flow: text(row["flow_id"]) })}>{text(row["flow_id"]).slice(0, 16)}</a>
        </dd>
        {conversation !== "" && (
          <>
            <dt>{t("conversation")}</dt>
            <dd>
              <a href={href(["conversation", conversation])}>{conversation.slice(0, 16)}</a>
            </dd>
          </>
        )}
      </dl>
      <div class="cards">
        <Findings activities={[id]} />
        {text(row["file_sha256"]) !== "" && row["kind"] === "file" && (
          <Card title={t("engines")} wide>
            <Verdicts sha256={text(row["file_sha256"])} />
          </Card>
        )}
        <Said row={row} />
        <Card title={t("columns")} wide>
          <details>
            <summary>{t("columnsHint")}</summary>
            <pre class="raw">{inert(JSON.stringify(withoutEmpty(row), null, 2))}</pre>
          </details>
        </Card>
      </div>
    </>
  )
}

/** How long the answer was waited for, and how long it came in. */
function Timing({ row }: { row: Row }) {
  const whole = Number(row["duration_us"])
  const first = Math.min(whole, Number(row["time_to_first_token_us"]) || Number(row["time_to_first_byte_us"]) || 0)
  const share = Math.round((first / whole) * 100)
  return (
    <span class="timing">
      <svg
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${t("waiting")} ${duration(first)}, ${t("receiving")} ${duration(whole - first)}`}
      >
        <rect class="waiting" x="0" y="0" width={share} height="8" />
        <rect class="receiving" x={share} y="0" width={100 - share} height="8" />
      </svg>
      <span class="muted">
        {t("waiting")} {duration(first)} · {t("receiving")} {duration(whole - first)}
      </span>
    </span>
  )
}

/** Evidence for a case file. What the server cannot give (packets that were not kept) is said beside the links, not on a page of its own. */
export function Downloads({ path, har }: { path: string; har: boolean }) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const formats = ["pcapng", ...(har ? ["har"] : []), "json"]
  return (
    <span class="links">
      {formats.map((format) => (
        <button key={format} type="button" class="quiet" onClick={() => void download(`${path}/evidence?format=${format}`).then(setError)}>
          {t("download")} {format === "json" ? "JSON" : format === "har" ? "HAR" : "pcapng"}
        </button>
      ))}
      {error !== undefined && (
        <span role="alert" class="bad-text">
          {error.title}. {error.detail}
        </span>
      )}
    </span>
  )
}

async function download(path: string): Promise<Problem | undefined> {
  try {
    const { blob, name } = await callFile(path)
    const link = document.createElement("a")
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    URL.revokeObjectURL(link.href)
    return undefined
  } catch (problem) {
    return isProblem(problem) ? problem : { status: 0, title: String(problem) }
  }
}

/** What was said, where this kind of activity says something; for the rest the packets of its connection. */
function Said({ row }: { row: Row }) {
  const path = `/v1/activity/${encodeURIComponent(text(row["id"]))}`
  const speaks = SPEAKING.has(text(row["kind"]))
  const title = row["kind"] === "llm" ? t("conversation") : speaks ? t("messages") : t("evidence")
  return (
    <Card title={title} wide action={may("content") && <Downloads path={path} har={row["kind"] === "http"} />}>
      {!may("content") ? (
        <p class="muted">{t("contentHidden")}</p>
      ) : speaks ? (
        <Kept path={`${path}/content`} />
      ) : (
        <p class="muted">{t("noContentKind")}</p>
      )}
    </Card>
  )
}

function Kept({ path }: { path: string }) {
  const { data, error, reload } = useLoad<Row>(path)
  if (error?.status === 404) return <Empty title={t("contentGone")} hint={t("contentGoneHint")} />
  if (error !== undefined) return <ErrorBox error={error} retry={reload} />
  return data === undefined ? <p class="loading">{t("loading")}…</p> : <Content content={data} />
}

const SPEAKING = new Set(["llm", "mcp", "a2a", "http", "websocket"])

export function Findings({ activities }: { activities: readonly string[] }) {
  return (
    <Load<Page> path={`/v1/findings${queryString({ activity: activities, limit: 50 })}`}>
      {({ items }) =>
        items.length === 0 ? null : (
          <Card title={t("findings")} wide>
            <ul class="plain">
              {worstFirst(items).map((finding) => (
                <li key={text(finding["id"])}>
                  <Severity of={finding["severity"]} /> <strong>{inert(finding["title"])}</strong> <code>{inert(finding["masked"])}</code>{" "}
                  <span class="muted">{inert(finding["reason"])}</span>
                </li>
              ))}
            </ul>
          </Card>
        )
      }
    </Load>
  )
}

function worstFirst(findings: readonly Row[]): Row[] {
  const rank = (finding: Row) => ["critical", "high", "medium", "low", "info"].indexOf(text(finding["severity"]))
  return [...findings].sort((a, b) => rank(a) - rank(b))
}

function withoutEmpty(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([, value]) => value !== "" && value !== 0 && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
