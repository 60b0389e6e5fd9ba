// One security event: what happened, the evidence with the match marked, what surrounds it, and what to do.
import { may, type Page, queryString, type Row } from "../api.ts"
import { AgentLink, Badge, Card, Severity, Tags, Time } from "../components/bits.tsx"
import { Load } from "../components/load.tsx"
import { inert, list, number, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { useKeys } from "../keys.ts"
import { neighbours } from "../queue.ts"
import { href, place } from "../router.ts"
import { Downloads } from "./activity.tsx"
import { RespondCard } from "./responses.tsx"
import { Triage } from "./triage.tsx"

export function EventPage() {
  const id = place.value.path[1] ?? ""
  return (
    <>
      <Crumbs id={id} />
      <Load<Row> path={`/v1/events/${encodeURIComponent(id)}`} title={t("event")}>
        {(event, reload) => <Shown event={event} reload={reload} />}
      </Load>
    </>
  )
}

/** Where in the queue this is, and the way on. */
function Crumbs({ id }: { id: string }) {
  const { before, after, place: where } = neighbours(id)
  const go = (to: string | undefined) => () => {
    if (to !== undefined) location.hash = href(["event", to])
  }
  useKeys({
    j: go(after),
    k: go(before),
    u: () => {
      location.hash = href(["events"])
    },
  })
  return (
    <p class="crumbs">
      <a href={href(["events"])} aria-keyshortcuts="u">
        {t("events")}
      </a>
      {where !== "" && (
        <span class="queue">
          <span class="muted">{where}</span>
          {before !== undefined && (
            <a href={href(["event", before])} aria-keyshortcuts="k">
              ← {t("previousEvent")}
            </a>
          )}
          {after !== undefined && (
            <a href={href(["event", after])} aria-keyshortcuts="j">
              {t("nextEvent")} →
            </a>
          )}
        </span>
      )}
    </p>
  )
}

function Shown({ event, reload }: { event: Row; reload: () => void }) {
  return (
    <>
      <div class="head">
        <h1>{inert(event["title"])}</h1>
        <Severity of={event["severity"]} />
        <Badge>{word(text(event["status"]))}</Badge>
      </div>
      <p class="lead">{inert(event["summary"])}</p>
      <div class="split">
        <div class="main-column">
          <Card title={t("evidence")}>
            <Findings event={event} />
          </Card>
          <Card title={t("related")}>
            <Related ids={list(event["activities"])} />
          </Card>
        </div>
        <div class="side-column">
          {may("triage") && <Triage event={event} reload={reload} />}
          <RespondCard event={event} />
          <Card title={t("facts")}>
            <Facts event={event} />
          </Card>
          <Card title={t("notes")}>
            <Notes event={event} />
          </Card>
        </div>
      </div>
    </>
  )
}

function Facts({ event }: { event: Row }) {
  const host = text(event["server_address"])
  return (
    <dl class="facts narrow">
      <dt>{t("agent")}</dt>
      <dd>
        <AgentLink row={event} />
      </dd>
      <dt>{t("destination")}</dt>
      <dd>{host === "" ? "–" : <a href={href(["audit"], { host })}>{inert(host)}</a>}</dd>
      <dt>{t("egressIp")}</dt>
      <dd>{inert(event["egress_ip"]) || "–"}</dd>
      <dt>{t("workload")}</dt>
      <dd>{inert(event["workload_id"]) || "–"}</dd>
      <dt>{t("assignee")}</dt>
      <dd>{inert(event["assignee"]) || "–"}</dd>
      <dt>{t("class")}</dt>
      <dd>{word(text(event["class"]))}</dd>
      <dt>{t("action")}</dt>
      <dd>{word(text(event["action"]))}</dd>
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
      <dt>{t("rule")}</dt>
      <dd>
        <Tags of={event["rules"]} />
      </dd>
      <dt>{t("references")}</dt>
      <dd>
        <Tags of={event["references"]} limit={8} />
      </dd>
      {text(event["suppression_reason"]) !== "" && (
        <>
          <dt>{t("suppressedBy")}</dt>
          <dd>
            {inert(event["suppression_by"])}: {inert(event["suppression_reason"])}
            {Number(event["suppression_until"]) > 0 && (
              <>
                {" "}
                → <Time at={event["suppression_until"]} />
              </>
            )}
          </dd>
        </>
      )}
    </dl>
  )
}

function Findings({ event }: { event: Row }) {
  const all = list(event["findings"])
  const ids = all.slice(-SHOWN)
  if (ids.length === 0) return <p class="muted">{t("noEvidence")}</p>
  return (
    <Load<Page> path={`/v1/findings${queryString({ id: ids })}`}>
      {({ items }) => (
        <>
          <ol class="findings">
            {items.map((finding) => (
              <li key={text(finding["id"])}>
                <Finding finding={finding} />
              </li>
            ))}
          </ol>
          {all.length > ids.length && (
            <p class="muted">
              {t("latestOf")} {number(all.length)}
            </p>
          )}
        </>
      )}
    </Load>
  )
}

function Finding({ finding }: { finding: Row }) {
  const decoded = list(finding["decoded"])
  const context = inert(finding["masked_context"])
  return (
    <>
      <div class="finding-head">
        <Severity of={finding["severity"]} /> <strong>{inert(finding["title"])}</strong> <code>{inert(finding["rule"])}</code>{" "}
        <Time at={finding["at"]} />
      </div>
      <p>{inert(finding["reason"])}</p>
      <pre class="context">
        <Marked context={context === "" ? inert(finding["masked"]) : context} match={inert(finding["masked"])} />
      </pre>
      <p class="muted">
        {word(text(finding["place"]))} · <code>{inert(finding["path"])}</code>
        {Number(finding["span_end"]) > 0 && (
          <>
            {" "}
            · {t("characters")} {text(finding["span_start"])}–{text(finding["span_end"])}
          </>
        )}
        {decoded.length > 0 && (
          <>
            {" "}
            · {t("readThrough")} {decoded.map(inert).join(" → ")}
          </>
        )}
      </p>
      <p class="muted">
        {word(text(finding["action"]))} ({inert(finding["policy_rule"])}): {inert(finding["policy_reason"])}
      </p>
      <p class="links start">
        <a href={href(["activity", text(finding["activity_id"])])}>{t("openActivity")}</a>
        {may("content") && <Downloads path={`/v1/activity/${encodeURIComponent(text(finding["activity_id"]))}`} har={false} />}
      </p>
    </>
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
      {({ items }) => {
        const conversations = [...new Set(items.map((row) => text(row["gen_ai_conversation_id"])).filter((id) => id !== ""))]
        return (
          <>
            <ul class="plain spread">
              {items.map((row) => (
                <li key={text(row["id"])}>
                  <span>
                    <Badge>{word(text(row["kind"]))}</Badge> <a href={href(["activity", text(row["id"])])}>{inert(row["summary"])}</a>
                  </span>
                  <span class="muted">
                    <Time at={row["at"]} />
                  </span>
                </li>
              ))}
            </ul>
            {conversations.map((id) => (
              <p key={id}>
                <a href={href(["conversation", id])}>{t("wholeConversation")}</a>
              </p>
            ))}
          </>
        )
      }}
    </Load>
  )
}

function Notes({ event }: { event: Row }) {
  const notes = parsed(event["notes"])
  const items = Array.isArray(notes) ? (notes as Row[]) : []
  if (items.length === 0) return <p class="muted">{t("noNotes")}</p>
  return (
    <ul class="plain">
      {items.map((note) => (
        <li key={text(note["at"])}>
          <strong>{inert(note["by"])}</strong>{" "}
          <span class="muted">
            <Time at={note["at"]} />
          </span>
          <p>{inert(note["text"])}</p>
        </li>
      ))}
    </ul>
  )
}

const SHOWN = 5
