// Numbers, times and texts for people.
import { locale } from "./i18n/i18n.ts"

export function number(value: unknown): string {
  const given = Number(value ?? 0)
  return Number.isFinite(given)
    ? new Intl.NumberFormat(locale.value, {
        maximumFractionDigits: 1,
        notation: Math.abs(given) >= 100_000 ? "compact" : "standard",
      }).format(given)
    : "–"
}

export function bytes(value: unknown): string {
  const given = Number(value ?? 0)
  const units = ["B", "kB", "MB", "GB", "TB"]
  let size = given
  let unit = 0
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000
    unit += 1
  }
  return `${new Intl.NumberFormat(locale.value, { maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 }).format(size)} ${units[unit]}`
}

export function percent(value: unknown): string {
  return new Intl.NumberFormat(locale.value, { style: "percent", maximumFractionDigits: 0 }).format(Number(value ?? 0))
}

export function duration(microseconds: unknown): string {
  const given = Number(microseconds ?? 0)
  if (given <= 0) return "–"
  if (given < 1_000) return `${given} µs`
  if (given < 1_000_000) return `${number(given / 1_000)} ms`
  return `${number(given / 1_000_000)} s`
}

/** In the viewer's zone, by 24 hours and to the second; another year is named. The exact time is the tooltip. */
export function time(microseconds: unknown): string {
  return formatted(microseconds, {})
}

/** What happens within one second must still be told apart where the order of things is read. */
export function preciseTime(microseconds: unknown): string {
  return formatted(microseconds, { fractionalSecondDigits: 3 })
}

function formatted(microseconds: unknown, more: Intl.DateTimeFormatOptions): string {
  const given = Number(microseconds ?? 0)
  if (given <= 0) return "–"
  const date = new Date(given / 1_000)
  const year: Intl.DateTimeFormatOptions = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" }
  return new Intl.DateTimeFormat(locale.value, { ...year, ...DAY_AND_TIME, ...more }).format(date)
}

const DAY_AND_TIME: Intl.DateTimeFormatOptions = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
}

export function exactTime(microseconds: unknown): string {
  const given = Number(microseconds ?? 0)
  if (given <= 0) return ""
  return `${new Date(given / 1_000).toISOString().replace("Z", "")}${String(Math.floor(given) % 1_000).padStart(3, "0")}Z`
}

export function ago(microseconds: unknown): string {
  const seconds = (Date.now() - Number(microseconds ?? 0) / 1_000) / 1_000
  const format = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto", style: "short" })
  if (Math.abs(seconds) < 60) return format.format(-Math.round(seconds), "second")
  if (Math.abs(seconds) < 3_600) return format.format(-Math.round(seconds / 60), "minute")
  if (Math.abs(seconds) < 86_400) return format.format(-Math.round(seconds / 3_600), "hour")
  return format.format(-Math.round(seconds / 86_400), "day")
}

export function text(value: unknown): string {
  if (value === null || value === undefined) return ""
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

export function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text).filter((item) => item !== "") : []
}

export function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/**
 * Text from hostile traffic, made visible: control characters, bidirectional overrides and invisible characters would otherwise change what a person
 * reads. Preact escapes markup; this shows what would not show.
 */
export function inert(value: unknown): string {
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each of these characters is meant by itself
  return text(value).replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
