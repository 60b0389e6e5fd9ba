import { may, queryString } from "../api.ts"
import { AgentLink, Badge, Time } from "../components/bits.tsx"
import { Chips, Choice, Facets, RangePicker, rangeParam, SearchBox } from "../components/filters.tsx"
import { Histogram } from "../components/histogram.tsx"
import { LiveSwitch } from "../components/live-switch.tsx"
import { Table } from "../components/table.tsx"
import { bytes, duration, inert, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href, place, setParams } from "../router.ts"

const FILTERS = [
  "kind",
  "agent",
  "agentName",
  "provider",
  "model",
  "tool",
  "host",
  "egressIp",
  "clientIp",
  "flow",
  "conversation",
  "direction",
  "decryption",
  "completeness",
  "mcpMethod",
  "fileSha256",
  "skill",
  "dnsName",
  "anomaly",
] as const
const KINDS = ["llm", "mcp", "a2a", "http", "websocket", "tls", "dns", "file", "skill", "anomaly"]

export function AuditPage() {
  const { params } = place.value
  const filters = {
    ...rangeParam(),
    ...Object.fromEntries(FILTERS.map((name) => [name, params.getAll(name)])),
    search: params.get("search") ?? undefined,
    searchContent: params.has("content") && params.has("search") ? true : undefined,
  }
  return (
    <>
      <div class="head">
        <h1>{t("audit")}</h1>
        <LiveSwitch />
        <RangePicker />
      </div>
      <div class="toolbar">
        <SearchBox hint={t("searchHint")} />
        {may("content") && (
          <label class="check">
            <input
              type="checkbox"
              checked={params.has("content")}
              onChange={(change) => setParams({ content: change.currentTarget.checked ? "1" : undefined })}
            />{" "}
            {t("searchContent")}
          </label>
        )}
        <Choice name="kind" title={t("kind")} values={KINDS} />
        <span class="grow" />
        <a class="button" href={`/v1/activity${queryString({ ...filters, format: "csv" })}`} download>
          {t("export")} CSV
        </a>
        <a class="button" href={`/v1/activity${queryString({ ...filters, format: "ndjson" })}`} download>
          NDJSON
        </a>
      </div>
      <Chips names={FILTERS} />
      <Facets of={["kind", "agentName", "host", "provider", "model", "tool", "egressIp", "decryption"]} filters={filters} />
      <Histogram live params={filters} />
      <Table
        live
        path="/v1/activity"
        params={filters}
        label={t("audit")}
        link={(row) => href(["activity", text(row["id"])])}
        empty={
          FILTERS.some((name) => params.has(name)) || params.has("search")
            ? { title: t("nothingMatches"), hint: t("nothingMatchesHint") }
            : { title: t("nothing"), hint: t("nothingHint") }
        }
        columns={[
          { title: t("when"), cell: (row) => <Time at={row["at"]} precise /> },
          { title: t("kind"), cell: (row) => <Badge>{word(text(row["kind"]))}</Badge> },
          { title: t("summary"), cell: (row) => <span class="summary">{inert(row["summary"])}</span> },
          { title: t("agent"), cell: (row) => <AgentLink row={row} />, wide: true },
          { title: t("host"), cell: (row) => inert(row["server_address"]), wide: true },
          {
            title: t("status"),
            cell: (row) => (Number(row["http_response_status_code"]) > 0 ? text(row["http_response_status_code"]) : ""),
            numeric: true,
            wide: true,
          },
          {
            title: t("bytes"),
            cell: (row) => bytes(Number(row["request_bytes"]) + Number(row["response_bytes"])),
            numeric: true,
            wide: true,
          },
          { title: t("duration"), cell: (row) => duration(row["duration_us"]), numeric: true, wide: true },
        ]}
      />
    </>
  )
}
