// One table for all lists: pages by cursor or offset, rows that lead somewhere, filters in the address.
import type { ComponentChildren } from "preact"
import { useEffect, useState } from "preact/hooks"
import { call, isProblem, type Page, type Problem, queryString, type Row } from "../api.ts"
import { t } from "../i18n/i18n.ts"
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
  /** Lists by offset say so; the others hand out cursors. */
  readonly paging?: "cursor" | "offset" | "none"
  readonly pageSize?: number
}

export function Table({ path, params = {}, columns, link, label, empty, paging = "cursor", pageSize = 50 }: TableProps) {
  const [rows, setRows] = useState<readonly Row[] | undefined>(undefined)
  const [next, setNext] = useState<string | number | undefined>(undefined)
  const [error, setError] = useState<Problem | undefined>(undefined)
  const key = path + queryString(params)
  const ask = async (from: string | number | undefined) => {
    const page =
      paging === "none"
        ? {}
        : { limit: pageSize, ...(from !== undefined && (paging === "cursor" ? { cursor: String(from) } : { offset: Number(from) })) }
    return call<Page>(path + queryString({ ...params, ...page }))
  }
  const follow = (page: Page, before: number) =>
    paging === "cursor" ? page.next : paging === "offset" && page.items.length >= pageSize ? before + page.items.length : undefined
  const fail = (problem: unknown) => setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
  useEffect(() => {
    let current = true
    setRows(undefined)
    setError(undefined)
    ask(undefined)
      .then((page) => {
        if (!current) return
        setRows(page.items)
        setNext(follow(page, 0))
      })
      .catch((problem: unknown) => current && fail(problem))
    return () => {
      current = false
    }
  }, [key])
  if (error !== undefined) return <ErrorBox error={error} />
  if (rows === undefined)
    return (
      <p class="loading" aria-busy="true">
        {t("loading")}…
      </p>
    )
  if (rows.length === 0) return <Empty title={empty?.title ?? t("nothing")} hint={empty?.hint ?? t("nothingHint")} />
  const more = () =>
    void ask(next)
      .then((page) => {
        setRows([...rows, ...page.items])
        setNext(follow(page, rows.length))
      })
      .catch(fail)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
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
          {rows.map((row, at) => (
            <tr
              key={String(row["id"] ?? at)}
              class={link === undefined ? undefined : "linked"}
              onClick={link === undefined ? undefined : (click) => open(click, link(row))}
            >
              {columns.map((column, index) => (
                <td key={column.title} class={classOf(column)}>
                  {index === 0 && link !== undefined ? <a href={link(row)}>{column.cell(row)}</a> : column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {next !== undefined && (
        <button type="button" class="more" onClick={more}>
          {t("more")}
        </button>
      )}
    </section>
  )
}

/** Anywhere on the row, but not when something is being selected or a link was meant. */
function open(click: MouseEvent, target: string): void {
  if ((click.target as Element).closest("a, button") !== null || String(getSelection()) !== "") return
  location.hash = target
}

function classOf({ numeric, wide }: Column): string | undefined {
  return [numeric === true ? "numeric" : "", wide === true ? "wide" : ""].join(" ").trim() || undefined
}
