import { AgentLink, Ago, Chips, RangePicker, rangeParam, SearchBox, Severity } from "../components/bits.tsx"
import { Table } from "../components/table.tsx"
import { inert, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href, place, setParams } from "../router.ts"

const FILTERS = ["status", "severity", "class", "agent", "host", "assignee", "rule"] as const
const STATUSES = ["new", "triaged", "in-progress", "resolved", "false-positive", "suppressed"]
const CLASSES = ["data-leak", "supply-chain", "access-control", "anomaly"]
const SEVERITIES = ["critical", "high", "medium", "low", "info"]

export function EventsPage() {
  const { params } = place.value
  const filters = Object.fromEntries(FILTERS.map((name) => [name, params.getAll(name)]))
  return (
    <>
      <div class="head">
        <h1>{t("events")}</h1>
        <RangePicker />
      </div>
      <div class="toolbar">
        <SearchBox />
        <Choice name="class" title={t("class")} values={CLASSES} />
        <Choice name="severity" title={t("severity")} values={SEVERITIES} />
        <Choice name="status" title={t("status")} values={STATUSES} />
      </div>
      <Chips names={FILTERS} />
      <Table
        path="/v1/events"
        params={{ ...rangeParam(), ...filters, rule: params.get("rule") ?? undefined, search: params.get("search") ?? undefined }}
        label={t("events")}
        link={(row) => href(["event", text(row["id"])])}
        empty={{ title: FILTERS.some((name) => params.has(name)) ? t("nothingMatches") : t("noEvents") }}
        columns={[
          { title: t("title"), cell: (row) => inert(row["title"]) },
          { title: t("severity"), cell: (row) => <Severity of={row["severity"]} /> },
          { title: t("class"), cell: (row) => text(row["class"]), wide: true },
          { title: t("status"), cell: (row) => text(row["status"]) },
          { title: t("agent"), cell: (row) => <AgentLink row={row} /> },
          { title: t("destination"), cell: (row) => inert(row["server_address"]), wide: true },
          { title: t("action"), cell: (row) => text(row["action"]), wide: true },
          { title: t("count"), cell: (row) => number(row["count"]), numeric: true },
          { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
        ]}
      />
    </>
  )
}

export function Choice({ name, title, values }: { name: string; title: string; values: readonly string[] }) {
  return (
    <label class="field">
      <span>{title}</span>
      <select
        value=""
        onChange={(change) => {
          setParams({ [name]: [...new Set([...place.value.params.getAll(name), change.currentTarget.value])] })
          change.currentTarget.value = ""
        }}
      >
        <option value="">{t("all")}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    </label>
  )
}
