import { Ago, Chips, RangePicker, rangeParam, SearchBox, Tags } from "../components/bits.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href, place, setParams } from "../router.ts"

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
      </div>
      <Chips names={["search"]} />
      <Table
        path="/v1/destinations"
        params={{ ...rangeParam(), search: params.get("search") ?? undefined, newSince: params.has("new") ? "-24h" : undefined }}
        paging="offset"
        label={t("destinations")}
        link={(row) => href(["audit"], { host: text(row["server_address"]) })}
        columns={[
          {
            title: t("host"),
            cell: (row) => (
              <>
                {inert(row["server_address"])}
                <span class="muted">:{text(row["server_port"])}</span>
              </>
            ),
          },
          { title: t("class"), cell: (row) => <Tags of={row["classes"]} /> },
          { title: t("provider"), cell: (row) => <Tags of={row["providers"]} /> },
          { title: t("agents"), cell: (row) => number(row["agents"]), numeric: true },
          { title: t("findings"), cell: (row) => number(row["findings"]), numeric: true },
          { title: t("out"), cell: (row) => bytes(row["bytes_out"]), numeric: true, wide: true },
          { title: t("in"), cell: (row) => bytes(row["bytes_in"]), numeric: true, wide: true },
          { title: t("firstSeen"), cell: (row) => <Ago at={row["first_seen"]} /> },
          { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} />, wide: true },
        ]}
      />
    </>
  )
}
