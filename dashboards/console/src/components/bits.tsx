// Small pieces that many pages show.
import type { ComponentChildren } from "preact"
import type { Row } from "../api.ts"
import { ago, exactTime, inert, list, number, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href, place, setParams } from "../router.ts"

export function Time({ at }: { at: unknown }) {
  return (
    <time dateTime={exactTime(at)} title={exactTime(at)}>
      {time(at)}
    </time>
  )
}

export function Ago({ at }: { at: unknown }) {
  return Number(at ?? 0) <= 0 ? (
    <>–</>
  ) : (
    <time dateTime={exactTime(at)} title={exactTime(at)}>
      {ago(at)}
    </time>
  )
}

/** Colour and word: severity is never told by colour alone. */
export function Severity({ of }: { of: unknown }) {
  const word = text(of) || "info"
  return <span class={`badge severity-${/^\w+$/.test(word) ? word : "info"}`}>{word}</span>
}

export function Badge({ children, tone = "neutral" }: { children: ComponentChildren; tone?: "neutral" | "good" | "bad" | "warn" }) {
  return <span class={`badge ${tone}`}>{children}</span>
}

export function Tags({ of, limit = 4 }: { of: unknown; limit?: number }) {
  const items = list(of)
  return (
    <>
      {items.slice(0, limit).map((item) => (
        <span key={item} class="tag">
          {inert(item)}
        </span>
      ))}
      {items.length > limit && (
        <span class="tag" title={items.slice(limit).map(inert).join("\n")}>
          +{items.length - limit}
        </span>
      )}
    </>
  )
}

/** An agent that nothing names is told apart by its machine. */
export function agentName(row: Row): string {
  const name = inert(row["gen_ai_agent_name"] || row["name"])
  const id = text(row["gen_ai_agent_id"])
  if (name !== "" && name !== "unknown") return name
  const machine = /([^/:]+)$/.exec(id)?.[1] ?? ""
  return machine === "" ? t("unknown") : `${t("unknown")} (${inert(machine)})`
}

export function AgentLink({ row }: { row: Row }) {
  const id = text(row["gen_ai_agent_id"])
  return id === "" ? "–" : <a href={href(["agent", id])}>{agentName(row)}</a>
}

export function Figure({ value, label, link, tone }: { value: ComponentChildren; label: string; link?: string; tone?: "bad" }) {
  const inner = (
    <>
      <span class="value">{value}</span>
      <span class="label">{label}</span>
    </>
  )
  return link === undefined ? (
    <div class={`figure ${tone ?? ""}`}>{inner}</div>
  ) : (
    <a class={`figure ${tone ?? ""}`} href={link}>
      {inner}
    </a>
  )
}

export function Card({
  title,
  children,
  wide,
  action,
}: {
  title: string
  children: ComponentChildren
  wide?: true
  action?: ComponentChildren
}) {
  return (
    <section class={wide === true ? "card wide" : "card"}>
      <h2>
        {title}
        {action !== undefined && <span class="action">{action}</span>}
      </h2>
      {children}
    </section>
  )
}

export function Bars({
  rows,
  label,
  value,
  show = number,
  link,
}: {
  rows: readonly Row[]
  label: string
  value: string
  show?: (value: unknown) => string
  link?: (row: Row) => string
}) {
  const most = Math.max(1, ...rows.map((row) => Number(row[value] ?? 0)))
  return (
    <ul class="bars">
      {rows.map((row) => {
        const name = inert(row[label]) || "–"
        return (
          <li key={name}>
            {link === undefined ? (
              <span class="name">{name}</span>
            ) : (
              <a class="name" href={link(row)}>
                {name}
              </a>
            )}
            <meter min={0} max={most} value={Number(row[value] ?? 0)} aria-label={`${name}: ${show(row[value])}`} />
            <span class="numeric">{show(row[value])}</span>
          </li>
        )
      })}
    </ul>
  )
}

const ranges = [
  ["-1h", "lastHour"],
  ["-24h", "lastDay"],
  ["-7d", "lastWeek"],
  ["-30d", "lastMonth"],
  ["", "allTime"],
] as const

/** Captures are often older than a day: everything is shown until somebody narrows it. */
export function rangeParam(): { from?: string } {
  const range = place.value.params.get("range") ?? ""
  return range === "" ? {} : { from: range }
}

export function RangePicker() {
  return (
    <label class="field">
      <span>{t("range")}</span>
      <select value={place.value.params.get("range") ?? ""} onChange={(change) => setParams({ range: change.currentTarget.value })}>
        {ranges.map(([value, title]) => (
          <option key={value} value={value}>
            {t(title)}
          </option>
        ))}
      </select>
    </label>
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
            {name}: {inert(value)} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

export function SearchBox({ hint }: { hint?: string }) {
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
