// What narrows a list down. All of it lives in the address, so that each state can be linked.
import { useState } from "preact/hooks"
import type { Page } from "../api.ts"
import { queryString } from "../api.ts"
import { inert, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { useKeys } from "../keys.ts"
import { place, setParams } from "../router.ts"
import { Load } from "./load.tsx"

const ranges = [
  ["-1h", "lastHour"],
  ["-24h", "lastDay"],
  ["-7d", "lastWeek"],
  ["-30d", "lastMonth"],
  ["", "allTime"],
  ["custom", "customTime"],
] as const

/** Captures are often older than a day: everything is shown until somebody narrows it. */
export function rangeParam(): { from?: string; to?: string } {
  const { params } = place.value
  const range = params.get("range") ?? ""
  if (range === "") return {}
  if (range !== "custom") return { from: range }
  return { ...instant("from", params.get("from")), ...instant("to", params.get("to")) }
}

export function RangePicker() {
  const { params } = place.value
  const range = params.get("range") ?? ""
  return (
    <div class="range">
      <label class="field">
        <span>{t("range")}</span>
        <select
          value={range}
          onChange={(change) => {
            const next = change.currentTarget.value
            setParams({ range: next, ...(next !== "custom" && { from: undefined, to: undefined }) })
          }}
        >
          {ranges.map(([value, title]) => (
            <option key={value} value={value}>
              {t(title)}
            </option>
          ))}
        </select>
      </label>
      {range === "custom" &&
        (["from", "to"] as const).map((name) => (
          <label key={name} class="field">
            <span>{t(name)}</span>
            <input
              type="datetime-local"
              step={1}
              value={params.get(name) ?? ""}
              onChange={(change) => setParams({ [name]: change.currentTarget.value })}
            />
          </label>
        ))}
    </div>
  )
}

/** Filters as chips: what is set can be seen and taken away one by one. */
export function Chips({ names }: { names: readonly string[] }) {
  const set = names.flatMap((name) => place.value.params.getAll(name).map((value) => ({ name, value })))
  if (set.length === 0) return null
  return (
    <ul class="chips" aria-label={t("filter")}>
      {set.map(({ name, value }) => (
        <li key={`${name}=${value}`}>
          <button
            type="button"
            onClick={() => setParams({ [name]: place.value.params.getAll(name).filter((other) => other !== value) })}
            title={t("remove")}
          >
            {word(name)}: {word(inert(value))} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {set.length > 1 && (
        <li>
          <button type="button" class="quiet" onClick={() => setParams(Object.fromEntries(names.map((name) => [name, undefined])))}>
            {t("clearAll")}
          </button>
        </li>
      )}
    </ul>
  )
}

export function SearchBox({ hint }: { hint?: string }) {
  useKeys({ "/": () => document.querySelector<HTMLInputElement>("main input[type=search]")?.focus() })
  return (
    <search>
      <form
        class="search"
        onSubmit={(submit) => {
          submit.preventDefault()
          setParams({ search: String(new FormData(submit.currentTarget).get("search") ?? "") })
        }}
      >
        <label class="field">
          <span>{t("search")}</span>
          <input type="search" name="search" defaultValue={place.value.params.get("search") ?? ""} placeholder={hint} />
        </label>
      </form>
    </search>
  )
}

/** One more value of a filter; those that are set are chips. */
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
            {word(value)}
          </option>
        ))}
      </select>
    </label>
  )
}

type Filters = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

/** The most frequent values among what is listed: a click narrows the list to one. Asked for only when opened. */
export function Facets({ of, filters }: { of: readonly string[]; filters: Filters }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="facets" onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
      <summary>{t("narrow")}</summary>
      {open && (
        <div class="facet-groups">
          {of.map((name) => (
            <Facet key={name} name={name} filters={filters} />
          ))}
        </div>
      )}
    </details>
  )
}

function Facet({ name, filters }: { name: string; filters: Filters }) {
  return (
    <section aria-label={word(name)}>
      <h3>{word(name)}</h3>
      <Load<Page> path={`/v1/activity-facets${queryString({ ...filters, of: name, limit: 6 })}`}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">–</p>
          ) : (
            <ul class="plain">
              {items.map((row) => (
                <li key={text(row["value"])}>
                  <button type="button" class="quiet" onClick={() => setParams({ [name]: text(row["value"]) })}>
                    {word(inert(row["value"]))}
                  </button>
                  <span class="numeric muted">{number(row["count"])}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Load>
    </section>
  )
}

/** The viewer's local time as microseconds. */
function instant(name: "from" | "to", local: string | null): Record<string, string> {
  const time = local === null ? Number.NaN : Date.parse(local)
  return Number.isNaN(time) ? {} : { [name]: String(time * 1_000) }
}
