import type { Row } from "../api.ts"
import { Ago, Badge, Count, Tags } from "../components/bits.tsx"
import { Chips, RangePicker, rangeParam, SearchBox } from "../components/filters.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, list, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href, place, setParams } from "../router.ts"

/** A catalogued provider, known otherwise (an MCP server, an own host), or nobody knows. */
function Known({ row }: { row: Row }) {
  const known = list(row["classes"]).filter((name) => name !== "unknown")
  const provider = list(row["providers"]).some((name) => name !== "unknown")
  const names = [...new Set([...(provider ? ["provider"] : []), ...known])]
  if (names.length === 0) return <Badge tone="warn">{word("unknown")}</Badge>
  return (
    <>
      {names.map((name) => (
        <Badge key={name} tone="good">
          {word(inert(name))}
        </Badge>
      ))}
    </>
  )
}

function isNew(row: Row): boolean {
  return Date.now() - Number(row["first_seen"]) / 1_000 < 86_400_000
}

export function DestinationsPage() {
  const { params } = place.value
  return (
    <>
      <div class="head">
        <h1>{t("destinations")}</h1>
        <RangePicker />
      </div>
      <div class="toolbar">
        <SearchBox />
        <label class="check">
          <input
            type="checkbox"
            checked={params.has("new")}
            onChange={(change) => setParams({ new: change.currentTarget.checked ? "1" : undefined })}
          />{" "}
          {t("onlyNew")}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={params.has("unknown")}
            onChange={(change) => setParams({ unknown: change.currentTarget.checked ? "1" : undefined })}
          />{" "}
          {t("onlyUnknown")}
        </label>
      </div>
      <Chips names={["search"]} />
      <Table
        path="/v1/destinations"
        params={{
          ...rangeParam(),
          search: params.get("search") ?? undefined,
          newSince: params.has("new") ? "-24h" : undefined,
          unknown: params.has("unknown") ? true : undefined,
        }}
        paging="offset"
        label={t("destinations")}
        link={(row) => href(["audit"], { host: text(row["server_address"]) })}
        columns={[
          {
            title: t("host"),
            cell: (row) => (
              <>
                <span class="name">{inert(row["server_address"])}</span>
                <span class="muted">:{text(row["server_port"])}</span> {isNew(row) && <Badge tone="warn">{word("new")}</Badge>}
              </>
            ),
          },
          { title: t("class"), cell: (row) => <Known row={row} /> },
          { title: t("provider"), cell: (row) => <Tags of={row["providers"]} /> },
          { title: t("agents"), cell: (row) => number(row["agents"]), numeric: true },
          {
            title: t("findings"),
            cell: (row) => <Count of={row["findings"]} link={href(["events"], { host: text(row["server_address"]) })} />,
            numeric: true,
          },
          { title: t("out"), cell: (row) => bytes(row["bytes_out"]), numeric: true, wide: true },
          { title: t("in"), cell: (row) => bytes(row["bytes_in"]), numeric: true, wide: true },
          { title: t("firstSeen"), cell: (row) => <Ago at={row["first_seen"]} /> },
          { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} />, wide: true },
        ]}
      />
    </>
  )
}
