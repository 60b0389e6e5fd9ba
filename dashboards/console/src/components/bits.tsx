// Small pieces that many pages show.
import type { ComponentChildren } from "preact"
import type { Row } from "../api.ts"
import { ago, exactTime, inert, list, number, preciseTime, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href } from "../router.ts"

export function Time({ at, precise }: { at: unknown; precise?: true }) {
  return (
    <time dateTime={exactTime(at)} title={exactTime(at)}>
      {precise === true ? preciseTime(at) : time(at)}
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
  const value = text(of) || "info"
  return <span class={`badge severity-${/^\w+$/.test(value) ? value : "info"}`}>{word(value)}</span>
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

/** A number that leads to what it counts; nothing leads nowhere. */
export function Count({ of, link }: { of: unknown; link: string }) {
  return Number(of ?? 0) === 0 ? <span class="muted">0</span> : <a href={link}>{number(of)}</a>
}

export function AgentLink({ row }: { row: Row }) {
  const id = text(row["gen_ai_agent_id"])
  return id === "" ? (
    "–"
  ) : (
    <a class="agent" href={href(["agent", id])}>
      {agentName(row)}
    </a>
  )
}

export function Figure({ value, label, link, tone }: { value: ComponentChildren; label: string; link?: string; tone?: "bad" | "warn" }) {
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
  most = Math.max(1, ...rows.map((row) => Number(row[value] ?? 0))),
  tone,
}: {
  rows: readonly Row[]
  label: string
  value: string
  show?: (value: unknown) => string
  link?: (row: Row) => string
  /** What a full bar stands for; the largest value unless given. */
  most?: number
  tone?: (value: number) => "good" | "warn" | "bad"
}) {
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
            <svg class={`bar ${tone?.(Number(row[value] ?? 0)) ?? ""}`} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar-ground" width="100" height="8" />
              <rect class="bar-value" width={Math.min(100, (Number(row[value] ?? 0) / most) * 100)} height="8" />
            </svg>
            <span class="numeric">{show(row[value])}</span>
          </li>
        )
      })}
    </ul>
  )
}
