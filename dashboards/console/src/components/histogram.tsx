// Activities over time as stacked bars, drawn as SVG; a table of the same numbers is there for screen readers.
import { type Page, queryString } from "../api.ts"
import { exactTime, number, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { Empty, Load } from "./load.tsx"

const WIDTH = 720
const HEIGHT = 140
const BARS = 60

type Params = Readonly<Record<string, string | readonly string[] | undefined>>

/** A few minutes of traffic would be one bar of a minute: then it is asked again by the second. */
export function Histogram({ params }: { params: Params }) {
  return (
    <Load<Page> path={pathFor(params, bucketFor(params["from"]))}>
      {({ items }) =>
        bucketsOf(items) > 3 ? <Bars items={items} /> : <Load<Page> path={pathFor(params, 1)}>{(fine) => <Bars items={fine.items} />}</Load>
      }
    </Load>
  )
}

function pathFor(params: Params, bucketSeconds: number): string {
  return `/v1/activity-histogram${queryString({ ...params, bucketSeconds })}`
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
                class={`series-${index % 8}`}
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
              <i class={`swatch series-${index % 8}`} />
              {kind} {number(items.filter((row) => text(row["series"]) === kind).reduce((total, row) => total + Number(row["count"]), 0))}
            </span>
          ))}
        </span>
        <span>{time(last)}</span>
      </figcaption>
    </figure>
  )
}

function bucketFor(from: string | readonly string[] | undefined): number {
  switch (from) {
    case "-1h":
      return 60
    case "-24h":
      return 1_200
    case "-7d":
      return 7_200
    default:
      return 60
  }
}
