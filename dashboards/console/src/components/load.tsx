// Asking the API from a page: loading, errors that say how to go on, and the answer.

import type { ComponentChildren } from "preact"
import { useEffect, useState } from "preact/hooks"
import { call, isProblem, type Problem } from "../api.ts"
import { t } from "../i18n/i18n.ts"
import { tick } from "../live.ts"

export interface Loaded<T> {
  readonly data: T | undefined
  readonly error: Problem | undefined
  readonly reload: () => void
}

/** undefined as path: nothing is asked. `live`: asked again as things happen, with the old answer shown until the new one is there. */
export function useLoad<T>(path: string | undefined, follow = false): Loaded<T> {
  const [state, setState] = useState<{ path: string | undefined; data?: T; error?: Problem }>({ path })
  const [turn, setTurn] = useState(0)
  const now = follow ? tick.value : 0
  useEffect(() => {
    if (path === undefined) return
    let current = true
    call<T>(path)
      .then((data) => current && setState({ path, data }))
      .catch((error: unknown) => current && setState({ path, error: isProblem(error) ? error : { status: 0, title: String(error) } }))
    return () => {
      current = false
    }
  }, [path, turn, now])
  return {
    data: state.path === path ? state.data : undefined,
    error: state.path === path ? state.error : undefined,
    reload: () => setTurn((now) => now + 1),
  }
}

interface LoadProps<T> {
  readonly path: string
  readonly live?: boolean
  /** The heading where this is the whole page and the answer, which names it, does not come. */
  readonly title?: string
  readonly children: (data: T, reload: () => void) => ComponentChildren
}

export function Load<T>({ path, live = false, title, children }: LoadProps<T>) {
  const { data, error, reload } = useLoad<T>(path, live)
  if (error !== undefined)
    return (
      <>
        {title !== undefined && <h1>{title}</h1>}
        <ErrorBox error={error} retry={reload} />
      </>
    )
  if (data === undefined)
    return (
      <p class="loading" aria-busy="true">
        {t("loading")}…
      </p>
    )
  return <>{children(data, reload)}</>
}

export function ErrorBox({ error, retry }: { error: Problem; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <strong>{error.title}</strong>
      {error.detail !== undefined && <p>{error.detail}</p>}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          {t("retry")}
        </button>
      )}
    </div>
  )
}

export function Empty({ title, hint }: { title: string; hint?: string }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {hint !== undefined && <p>{hint}</p>}
    </div>
  )
}
