// The address says everything: page, thing and filters, so that each state can be linked. "#/events?severity=high&range=24h"
import { signal } from "@preact/signals"

export interface Place {
  readonly path: readonly string[]
  readonly params: URLSearchParams
}

export const place = signal<Place>(read())

export function startRouter(): void {
  addEventListener("hashchange", () => {
    place.value = read()
    document.getElementById("main")?.focus({ preventScroll: true })
    scrollTo(0, 0)
  })
}

export function href(path: readonly string[], params: Readonly<Record<string, string | readonly string[] | undefined>> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    for (const one of value === undefined ? [] : Array.isArray(value) ? value : [value]) search.append(name, one)
  const query = search.toString()
  return `#/${path.map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`
}

/** Changes filters of the present page without leaving a trail in the history. */
export function setParams(change: Readonly<Record<string, string | readonly string[] | undefined>>): void {
  const { path, params } = place.value
  const next = new URLSearchParams(params)
  for (const [name, value] of Object.entries(change)) {
    next.delete(name)
    for (const one of value === undefined ? [] : Array.isArray(value) ? value : [value]) if (one !== "") next.append(name, one as string)
  }
  const query = next.toString()
  history.replaceState(null, "", `#/${path.map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`)
  place.value = { path, params: next }
}

function read(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2)
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decode),
    params: new URLSearchParams(query),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
