// One security event: what happened, the evidence, what surrounds it, and what to do.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Page, type Problem, queryString, type Row } from "../api.ts"
import { AgentLink, Badge, Card, Severity, Tags, Time } from "../components/bits.tsx"
import { ErrorBox, Load } from "../components/load.tsx"
import { exactTime, inert, list, number, parsed, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href, place } from "../router.ts"

export function EventPage() {
  const id = place.value.path[1] ?? ""
  return <Load<Row> path={`/v1/events/${encodeURIComponent(id)}`}>{(event, reload) => <Shown event={event} reload={reload} />}</Load>
}

function Shown({ event, reload }: { event: Row; reload: () => void }) {
  const evidence = parsed(event["evidence"])
  return (
    <>
      <p class="crumbs">
        <a href={href(["events"])}>{t("events")}</a>
      </p>
      <div class="head">
        <h1>{inert(event["title"])}</h1>
        <Severity of={event["severity"]} />
        <Badge>{text(event["status"])}</Badge>
      </div>
      <p class="lead">{inert(event["summary"])}</p>
      <dl class="facts">
        <dt>{t("agent")}</dt>
        <dd>
          <AgentLink row={event} />
        </dd>
        <dt>{t("destination")}</dt>
        <dd>
          {event["server_address"] === "" ? (
            "–"
          ) : (
            <a href={href(["destinations"], { search: text(event["server_address"]) })}>{inert(event["server_address"])}</a>
          )}
        </dd>
        <dt>{t("egressIp")}</dt>
        <dd>{inert(event["egress_ip"]) || "–"}</dd>
        <dt>{t("count")}</dt>
        <dd>{number(event["count"])}</dd>
        <dt>{t("firstSeen")}</dt>
        <dd>
          <Time at={event["first_seen"]} />
        </dd>
        <dt>{t("lastSeen")}</dt>
        <dd>
          <Time at={event["last_seen"]} />
        </dd>
        <dt>{t("action")}</dt>
        <dd>{text(event["action"])}</dd>
        <dt>{t("rule")}</dt>
        <dd>
          <Tags of={event["rules"]} />
        </dd>
        <dt>{t("references")}</dt>
        <dd>
          <Tags of={event["references"]} limit={8} />
        </dd>
      </dl>
      <div class="cards">
        <Card title={t("evidence")} wide>
          <ul class="evidence">
            {(Array.isArray(evidence) ? (evidence as Row[]) : []).map((item) => (
              <li key={`${item["path"]} ${item["masked"]}`}>
                <code>
                  <mark>{inert(item["masked"])}</mark>
                </code>{" "}
                <span class="muted">
                  {inert(item["place"])} · {inert(item["path"])}
                </span>
              </li>
            ))}
          </ul>
          <Findings event={event} />
        </Card>
        {may("triage") && <Triage event={event} reload={reload} />}
        <Card title={t("related")}>
          <Related ids={list(event["activities"])} />
        </Card>
        <Card title={t("notes")}>
          <Notes notes={parsed(event["notes"])} />
        </Card>
      </div>
    </>
  )
}

function Findings({ event }: { event: Row }) {
  const ids = list(event["findings"]).slice(-5)
  if (ids.length === 0) return null
  return (
    <Load<Page> path={`/v1/findings${queryString({ id: ids })}`}>
      {({ items }) => (
        <ol class="findings">
          {items.map((finding) => (
            <li key={text(finding["id"])}>
              <div>
                <Severity of={finding["severity"]} /> <strong>{inert(finding["title"])}</strong> <code>{inert(finding["rule"])}</code>{" "}
                <Time at={finding["at"]} />
              </div>
              <p>{inert(finding["reason"])}</p>
              {finding["masked_context"] !== "" && (
                <pre class="context">
                  <Marked context={inert(finding["masked_context"])} match={inert(finding["masked"])} />
                </pre>
              )}
              <p class="muted">
                {list(finding["decoded"]).length > 0 && <>{list(finding["decoded"]).join(" → ")} · </>}
                {inert(finding["policy_rule"])}: {inert(finding["policy_reason"])} ·{" "}
                <a href={href(["activity", text(finding["activity_id"])])}>{t("activity")}</a>
              </p>
            </li>
          ))}
        </ol>
      )}
    </Load>
  )
}

export function Marked({ context, match }: { context: string; match: string }) {
  const at = match === "" ? -1 : context.indexOf(match)
  return at < 0 ? (
    <>{context}</>
  ) : (
    <>
      {context.slice(0, at)}
      <mark>{match}</mark>
      {context.slice(at + match.length)}
    </>
  )
}

function Related({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return <p class="muted">–</p>
  return (
    <Load<Page> path={`/v1/activity${queryString({ id: ids.slice(-10), limit: 10 })}`}>
      {({ items }) => (
        <ul class="plain">
          {items.map((row) => (
            <li key={text(row["id"])}>
              <a href={href(["activity", text(row["id"])])}>
                <Badge>{text(row["kind"])}</Badge> {inert(row["summary"])}
              </a>{" "}
              <span class="muted" title={exactTime(row["at"])}>
                {time(row["at"])}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Load>
  )
}

function Notes({ notes }: { notes: unknown }) {
  const items = Array.isArray(notes) ? (notes as Row[]) : []
  if (items.length === 0) return <p class="muted">–</p>
  return (
    <ul class="plain">
      {items.map((note) => (
        <li key={text(note["at"])}>
          <strong>{inert(note["by"])}</strong> <Time at={note["at"]} />
          <p>{inert(note["text"])}</p>
        </li>
      ))}
    </ul>
  )
}

function Triage({ event, reload }: { event: Row; reload: () => void }) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [suppressing, setSuppressing] = useState(false)
  const send = async (body: unknown) => {
    try {
      await call(`/v1/events/${encodeURIComponent(text(event["id"]))}`, { method: "PATCH", body })
      setError(undefined)
      reload()
    } catch (problem) {
      setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
    }
  }
  return (
    <Card title={t("triage")}>
      <div class="buttons">
        <button type="button" onClick={() => void send({ status: "in-progress" })}>
          {t("take")}
        </button>
        <button type="button" onClick={() => void send({ status: "resolved" })}>
          {t("resolve")}
        </button>
        <button type="button" onClick={() => void send({ status: "false-positive" })}>
          {t("falsePositive")}
        </button>
        <button type="button" onClick={() => setSuppressing(!suppressing)} aria-expanded={suppressing}>
          {t("suppress")}
        </button>
      </div>
      {suppressing && (
        <form
          onSubmit={(submit) => {
            submit.preventDefault()
            const given = new FormData(submit.currentTarget)
            const days = Number(given.get("days"))
            void send({ suppress: { reason: String(given.get("reason")), ...(days > 0 && { days }) } })
          }}
        >
          <label class="field">
            <span>{t("suppressReason")}</span>
            <input name="reason" required minLength={3} />
          </label>
          <label class="field">
            <span>{t("days")}</span>
            <input name="days" type="number" min={1} max={365} defaultValue="30" />
          </label>
          <button type="submit" class="primary">
            {t("suppress")}
          </button>
        </form>
      )}
      <form
        onSubmit={(submit) => {
          submit.preventDefault()
          void send({ note: String(new FormData(submit.currentTarget).get("note")) })
          submit.currentTarget.reset()
        }}
      >
        <label class="field">
          <span>{t("note")}</span>
          <textarea name="note" rows={2} required />
        </label>
        <button type="submit">{t("addNote")}</button>
      </form>
      {error !== undefined && <ErrorBox error={error} />}
    </Card>
  )
}
