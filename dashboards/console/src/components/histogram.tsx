// Activities over time as stacked bars, drawn as SVG; a table of the same numbers is there for screen readers.
import { type Page, queryString } from "../api.ts"
import { exactTime, number, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { Empty, Load } from "./load.tsx"

const WIDTH = 720
const HEIGHT = 140
const BARS = 60

type Params = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

/** All the time there is may be a year or a minute: coarse first, then finer until there are bars enough. */
export function Histogram({ params, live = false }: { params: Params; live?: boolean }) {
  return <At level={levelFor(params["from"])} params={params} live={live} />
}

function At({ level, params, live }: { level: number; params: Params; live: boolean }) {
  return (
    <Load<Page> live={live} path={pathFor(params, LEVELS[level] ?? 1)}>
      {({ items }) =>
        bucketsOf(items) >= ENOUGH || level + 1 >= LEVELS.length || items.length === 0 ? (
          <Bars items={items} />
        ) : (
          <At level={level + 1} params={params} live={live} />
        )
      }
    </Load>
  )
}

function pathFor(params: Params, bucketSeconds: number): string {
  return `/v1/activity-histogram${queryString({ ...params, bucketSeconds, bytes: false })}`
}

function bucketsOf(items: Page["items"]): number {
  return new Set(items.map((row) => row["bucket"])).size
}

function Bars({ items }: { items: Page["items"] }) {
  if (items.length === 0) return <Empty title={t("nothing")} hint={t("nothingHint")} />
  const first = Math.min(...items.map((row) => Number(row["bucket"])))
  const last = Math.max(...items.map((row) => Number(row["bucket"])))
  const step = Math.max(1, (last - first) / (BARS - 1))
  const kinds = [...new Set(items.map((row) => text(row["series"])))].sort()
  const sums = Array.from({ length: BARS }, () => new Map<string, number>())
  for (const row of items) {
    const bar = sums[Math.min(BARS - 1, Math.round((Number(row["bucket"]) - first) / step))]
    const kind = text(row["series"])
    bar?.set(kind, (bar.get(kind) ?? 0) + Number(row["count"]))
  }
  const most = Math.max(1, ...sums.map((bar) => [...bar.values()].reduce((total, count) => total + count, 0)))
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${t("activity")}: ${time(first)} – ${time(last)}`}
        preserveAspectRatio="none"
      >
        {sums.map((bar, at) => {
          let top = HEIGHT
          return kinds.map((kind, index) => {
            const height = ((bar.get(kind) ?? 0) / most) * (HEIGHT - 4)
            top -= height
            return height === 0 ? null : (
              <rect
                key={`${at} ${kind}`}
                class={seriesOf(kind, index)}
                x={(at * WIDTH) / BARS + 1}
                y={top}
                width={WIDTH / BARS - 2}
                height={height}
              >
                <title>{`${exactTime(first + at * step)} ${kind}: ${bar.get(kind)}`}</title>
              </rect>
            )
          })
        })}
      </svg>
      <figcaption>
        <span>{time(first)}</span>
        <span class="legend">
          {kinds.map((kind, index) => (
            <span key={kind}>
              <i class={`swatch ${seriesOf(kind, index)}`} />
              {word(kind)}{" "}
              {number(items.filter((row) => text(row["series"]) === kind).reduce((total, row) => total + Number(row["count"]), 0))}
            </span>
          ))}
        </span>
        <span>{time(last)}</span>
      </figcaption>
    </figure>
  )
}

/** A kind has the same colour wherever it is shown. */
function seriesOf(kind: string, index: number): string {
  const known = KINDS.indexOf(kind)
  return `series-${(known < 0 ? index : known) % 8}`
}
const KINDS = ["llm", "mcp", "http", "dns", "file", "skill", "tls", "websocket"]

function levelFor(from: Params[string]): number {
  return from === "-1h" ? 2 : from === "-24h" ? 1 : 0
}

/** Seconds of one bucket. */
const LEVELS = [86_400, 3_600, 60, 1]
const ENOUGH = 12
