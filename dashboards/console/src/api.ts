// Calls to the API. Errors come as problem documents and keep their words.
import { signal } from "@preact/signals"

export interface Problem {
  readonly status: number
  readonly title: string
  readonly detail?: string
}
export interface Session {
  readonly name: string
  readonly role: "viewer" | "analyst" | "content" | "admin"
  readonly csrf: string
}
export type Row = Readonly<Record<string, unknown>>
export interface Page {
  readonly items: readonly Row[]
  readonly next?: string
}

/** undefined: not known yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined)

/** Why signing in by the provider did not end well. */
export const signInRefused = signal<string | undefined>(undefined)

const rights = {
  viewer: ["read"],
  analyst: ["read", "triage"],
  content: ["read", "triage", "content"],
  admin: ["read", "triage", "content", "manage"],
} as const

export function may(right: "read" | "triage" | "content" | "manage"): boolean {
  const role = session.value?.role
  return role !== undefined && (rights[role] as readonly string[]).includes(right)
}

export async function call<T = Row>(path: string, { method = "GET", body }: { method?: string; body?: unknown } = {}): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" }
  if (body !== undefined) headers["content-type"] = "application/json"
  if (method !== "GET" && session.value) headers["x-egret-csrf"] = session.value.csrf
  const response = await fetch(path, {
    method,
    headers,
    credentials: "same-origin",
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw problem({ status: 0, title: "Egret does not answer", detail: "Is it running? The page tries again when you reload." })
  })
  if (response.status === 204) return undefined as T
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as T
  const parsed = parseProblem(text, response.status)
  if (response.status === 401 && !path.startsWith("/v1/session")) session.value = null
  throw problem(parsed)
}

/** A file to keep, with the name that the server gives it. */
export async function callFile(path: string): Promise<{ blob: Blob; name: string }> {
  const response = await fetch(path, { credentials: "same-origin" })
  if (!response.ok) throw problem(parseProblem(await response.text(), response.status))
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "egret-evidence"
  return { blob: await response.blob(), name }
}

/** The provider sends people back to the first page; where they wanted to go waits in the tab. */
export function keepPlace(): void {
  if (location.hash.length > 2) sessionStorage.setItem(PLACE_KEY, location.hash)
}

export async function readSession(): Promise<void> {
  const code = /^#once=([\w-]+)$/.exec(location.hash)?.[1]
  const refused = /^#sign-in=([a-z-]+)$/.exec(location.hash)?.[1]
  if (refused !== undefined) {
    signInRefused.value = refused
    history.replaceState(null, "", "#/")
  }
  try {
    if (code !== undefined) {
      // The code must not stay in the address bar or the history.
      history.replaceState(null, "", "#/")
      session.value = await call<Session>("/v1/session/once", { method: "POST", body: { code } })
    } else session.value = await call<Session>("/v1/session")
    const kept = sessionStorage.getItem(PLACE_KEY)
    sessionStorage.removeItem(PLACE_KEY)
    if (kept?.startsWith("#/") === true) location.hash = kept
  } catch {
    session.value = null
  }
}

export function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "title" in error
}

export function queryString(params: Readonly<Record<string, string | readonly string[] | number | boolean | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === "") continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  }
  const text = search.toString()
  return text === "" ? "" : `?${text}`
}

function problem(given: Problem): Problem & Error {
  return Object.assign(new Error(given.title), given)
}

function parseProblem(text: string, status: number): Problem {
  try {
    return { ...(JSON.parse(text) as Problem), status }
  } catch {
    return { status, title: `The server answered ${status}` }
  }
}

const PLACE_KEY = "egret-place"
