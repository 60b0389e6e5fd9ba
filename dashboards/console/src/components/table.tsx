// One table for all lists: pages by cursor or offset, rows that lead somewhere, filters in the address, new rows on top while the page is live.
import type { ComponentChildren } from "preact"
import { useEffect, useState } from "preact/hooks"
import { call, isProblem, type Page, type Problem, queryString, type Row } from "../api.ts"
import { t } from "../i18n/i18n.ts"
import { moveRow, useKeys } from "../keys.ts"
import { tick } from "../live.ts"
import { Empty, ErrorBox } from "./load.tsx"

export interface Column {
  readonly title: string
  readonly cell: (row: Row) => ComponentChildren
  readonly numeric?: true
  /** Hidden where there is little room. */
  readonly wide?: true
}

interface TableProps {
  readonly path: string
  readonly params?: Readonly<Record<string, string | readonly string[] | number | boolean | undefined>>
  readonly columns: readonly Column[]
  readonly link?: (row: Row) => string
  readonly label: string
  readonly empty?: { readonly title: string; readonly hint?: string }
  /** Lists by offset say so; the others hand out cursors. "top" shows the first rows and no way on. */
  readonly paging?: "cursor" | "offset" | "none" | "top"
  readonly pageSize?: number
  readonly live?: boolean
  /** Told what is shown, whenever that changes. */
  readonly onRows?: (rows: readonly Row[]) => void
  /** Rises when the list should be asked again, for what its reader did. */
  readonly turn?: number
}

interface Shown {
  readonly key: string
  readonly rows: readonly Row[]
  readonly next: string | number | undefined
  /** Ids that came while the page was looked at. */
  readonly fresh: ReadonlySet<string>
}

export function Table(props: TableProps) {
  const { path, params = {}, label, empty, paging = "cursor", pageSize = 50, onRows } = props
  const [shown, setShown] = useState<Shown | undefined>(undefined)
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [again, setAgain] = useState(0)
  const key = path + queryString(params)
  const now = (props.live === true ? tick.value : 0) + (props.turn ?? 0)
  const ask = (from: string | number | undefined) => {
    const page = paging === "none" ? {} : { limit: pageSize, ...(from !== undefined && { [paging]: from }) }
    return call<Page>(path + queryString({ ...params, ...page }))
  }
  const follow = (page: Page, before: number) =>
    paging === "cursor" ? page.next : paging === "offset" && page.items.length >= pageSize ? before + page.items.length : undefined
  const show = (next: Shown) => {
    setError(undefined)
    setShown(next)
    onRows?.(next.rows)
  }
  useEffect(() => {
    let current = true
    ask(undefined)
      .then((page) => {
        if (!current) return
        const first = { key, rows: page.items, next: follow(page, 0), fresh: NONE }
        show(shown?.key === key ? merged(shown, first, pageSize) : first)
      })
      .catch((problem: unknown) => current && setError(isProblem(problem) ? problem : { status: 0, title: String(problem) }))
    return () => {
      current = false
    }
  }, [key, now, again])
  useKeys({ j: () => moveRow(1), k: () => moveRow(-1) })
  if (error !== undefined) return <ErrorBox error={error} retry={() => setAgain((now) => now + 1)} />
  if (shown === undefined || shown.key !== key)
    return (
      <p class="loading" aria-busy="true">
        {t("loading")}…
      </p>
    )
  if (shown.rows.length === 0) return <Empty title={empty?.title ?? t("nothing")} hint={empty?.hint ?? t("nothingHint")} />
  const more = () =>
    void ask(shown.next)
      .then((page) => show({ ...shown, rows: [...shown.rows, ...page.items], next: follow(page, shown.rows.length) }))
      .catch((problem: unknown) => setError(isProblem(problem) ? problem : { status: 0, title: String(problem) }))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      <Rows {...props} shown={shown} />
      {shown.next !== undefined && (
        <button type="button" class="more" onClick={more}>
          {t("more")}
        </button>
      )}
    </section>
  )
}

function Rows({ columns, link, shown }: TableProps & { readonly shown: Shown }) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.title} scope="col" class={classOf(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.rows.map((row, at) => (
          <tr
            key={String(row["id"] ?? at)}
            class={[link === undefined ? "" : "linked", shown.fresh.has(String(row["id"])) ? "fresh" : ""].join(" ").trim() || undefined}
            onClick={link === undefined ? undefined : (click) => open(click, link(row))}
          >
            {columns.map((column, index) => (
              <td key={column.title} class={classOf(column)}>
                {link !== undefined && index === columns.findIndex((one) => one.title !== "") ? (
                  <a class="row-link" href={link(row)}>
                    {column.cell(row)}
                  </a>
                ) : (
                  column.cell(row)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The first page anew, and below it what the reader had loaded further down. */
function merged(before: Shown, first: Shown, pageSize: number): Shown {
  const known = new Set(before.rows.map((row) => String(row["id"])))
  const now = new Set(first.rows.map((row) => String(row["id"])))
  const fresh = new Set([...now].filter((id) => !known.has(id)))
  if (before.rows.length <= pageSize || first.rows.some((row) => row["id"] === undefined)) return { ...first, fresh }
  return { ...before, rows: [...first.rows, ...before.rows.filter((row) => !now.has(String(row["id"])))], fresh }
}

/** Anywhere on the row, but not when something is being selected or a link was meant. */
function open(click: MouseEvent, target: string): void {
  if ((click.target as Element).closest("a, button, input, label") !== null || String(getSelection()) !== "") return
  location.hash = target
}

function classOf({ title, numeric, wide }: Column): string | undefined {
  return [numeric === true ? "numeric" : "", wide === true ? "wide" : "", title === "" ? "choice" : ""].join(" ").trim() || undefined
}

const NONE: ReadonlySet<string> = new Set()
