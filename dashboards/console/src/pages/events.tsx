// The triage queue: filters in the address, new events on top, several handled at once, everything by keys.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Problem, queryString, session } from "../api.ts"
import { AgentLink, Ago, Badge, Severity } from "../components/bits.tsx"
import { Chips, Choice, RangePicker, rangeParam, SearchBox } from "../components/filters.tsx"
import { LiveSwitch } from "../components/live-switch.tsx"
import { ErrorBox } from "../components/load.tsx"
import { type Column, Table } from "../components/table.tsx"
import { inert, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { useKeys } from "../keys.ts"
import { rememberQueue } from "../queue.ts"
import { href, place, setParams } from "../router.ts"
import { ResponsesList } from "./responses.tsx"
import { SuppressDialog } from "./triage.tsx"

const FILTERS = ["status", "severity", "class", "agent", "host", "assignee", "rule"] as const
const STATUSES = ["new", "triaged", "in-progress", "resolved", "false-positive", "suppressed"]
const CLASSES = ["data-leak", "supply-chain", "access-control", "anomaly"]
const SEVERITIES = ["critical", "high", "medium", "low", "info"]

export function EventsPage() {
  const tab = place.value.params.get("tab") === "responses" ? "responses" : "events"
  return (
    <>
      <div class="head">
        <h1>{t("events")}</h1>
        <div class="tabs" role="tablist">
          {(["events", "responses"] as const).map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={tab === name}
              onClick={() => setParams({ tab: name === "events" ? undefined : name })}
            >
              {t(name === "events" ? "queue" : name)}
            </button>
          ))}
        </div>
        <LiveSwitch />
        {tab === "events" && <RangePicker />}
      </div>
      {tab === "events" ? <Queue /> : <ResponsesList />}
    </>
  )
}

function Queue() {
  const { params } = place.value
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [turn, setTurn] = useState(0)
  const filters = {
    ...rangeParam(),
    ...Object.fromEntries(FILTERS.map((name) => [name, params.getAll(name)])),
    rule: params.get("rule") ?? undefined,
    search: params.get("search") ?? undefined,
  }
  // From what is chosen then, not at the last drawing: keys come faster than a slow machine draws.
  const toggle = (id: string) => setChosen((now) => toggled(now, id))
  useKeys({
    x: () => {
      const id = document.activeElement?.closest("tr")?.querySelector("input")?.value
      if (id !== undefined) toggle(id)
    },
  })
  return (
    <>
      <div class="toolbar">
        <SearchBox />
        <Choice name="class" title={t("class")} values={CLASSES} />
        <Choice name="severity" title={t("severity")} values={SEVERITIES} />
        <Choice name="status" title={t("status")} values={STATUSES} />
        <span class="grow" />
        <a class="button" href={`/v1/events${queryString({ ...filters, format: "csv" })}`} download>
          {t("export")} CSV
        </a>
      </div>
      <Chips names={FILTERS} />
      {chosen.size > 0 && (
        <Bulk
          ids={[...chosen]}
          done={() => {
            setChosen(new Set())
            setTurn((now) => now + 1)
          }}
          clear={() => setChosen(new Set())}
        />
      )}
      <Table
        live
        turn={turn}
        path="/v1/events"
        params={filters}
        label={t("events")}
        link={(row) => href(["event", text(row["id"])])}
        onRows={(rows) => rememberQueue(rows.map((row) => text(row["id"])))}
        empty={
          FILTERS.some((name) => params.has(name)) || params.has("search")
            ? { title: t("nothingMatches"), hint: t("nothingMatchesHint") }
            : { title: t("noEvents"), hint: t("noEventsHint") }
        }
        columns={[
          ...(may("triage") ? [chooser(chosen, toggle)] : []),
          { title: t("title"), cell: (row) => inert(row["title"]) },
          { title: t("severity"), cell: (row) => <Severity of={row["severity"]} /> },
          { title: t("class"), cell: (row) => <span class="nowrap">{word(text(row["class"]))}</span>, wide: true },
          {
            title: t("status"),
            cell: (row) => <Badge tone={row["status"] === "new" ? "warn" : "neutral"}>{word(text(row["status"]))}</Badge>,
          },
          { title: t("assignee"), cell: (row) => inert(row["assignee"]) || "–", wide: true },
          { title: t("agent"), cell: (row) => <AgentLink row={row} />, wide: true },
          { title: t("destination"), cell: (row) => inert(row["server_address"]), wide: true },
          { title: t("count"), cell: (row) => number(row["count"]), numeric: true, wide: true },
          { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
        ]}
      />
    </>
  )
}

function chooser(chosen: ReadonlySet<string>, toggle: (id: string) => void): Column {
  return {
    title: "",
    cell: (row) => {
      const id = text(row["id"])
      return (
        <input
          type="checkbox"
          value={id}
          checked={chosen.has(id)}
          aria-label={`${t("choose")}: ${inert(row["title"])}`}
          onChange={() => toggle(id)}
        />
      )
    },
  }
}

function Bulk({ ids, done, clear }: { ids: readonly string[]; done: () => void; clear: () => void }) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [suppressing, setSuppressing] = useState(false)
  const send = async (body: unknown) => {
    try {
      for (const id of ids) await call(`/v1/events/${encodeURIComponent(id)}`, { method: "PATCH", body })
      done()
    } catch (problem) {
      setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
    }
  }
  return (
    <section class="bulk" aria-label={t("triage")}>
      <strong role="status">
        {number(ids.length)} {t("chosen")}
      </strong>
      <button type="button" onClick={() => void send({ status: "in-progress", assignee: session.value?.name ?? "" })}>
        {t("take")}
      </button>
      <button type="button" onClick={() => void send({ status: "resolved" })}>
        {t("resolve")}
      </button>
      <button type="button" onClick={() => void send({ status: "false-positive" })}>
        {t("falsePositive")}
      </button>
      <button type="button" onClick={() => setSuppressing(true)}>
        {t("suppress")}
      </button>
      <button type="button" class="quiet" onClick={clear}>
        {t("clear")}
      </button>
      {suppressing && <SuppressDialog onClose={() => setSuppressing(false)} onSuppress={(suppress) => void send({ suppress })} />}
      {error !== undefined && <ErrorBox error={error} />}
    </section>
  )
}

function toggled(chosen: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return next
}
