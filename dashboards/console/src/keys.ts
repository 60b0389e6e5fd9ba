// Single keys for people who work through a queue. They can be switched off (WCAG 2.1.4), and never act while somebody types or a dialog is open.
import { signal } from "@preact/signals"
import { useEffect } from "preact/hooks"

export const keysOn = signal(localStorage.getItem("egret-keys") !== "off")

export function setKeys(on: boolean): void {
  keysOn.value = on
  localStorage.setItem("egret-keys", on ? "on" : "off")
}

/** `actions` by key as KeyboardEvent names it. Those given last win: a page over the whole console. */
export function useKeys(actions: Readonly<Record<string, (() => void) | undefined>>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!keysOn.value || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
      const action = actions[event.key]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener("keydown", pressed)
    return () => document.removeEventListener("keydown", pressed)
  })
}

/** Moves the focus by rows of the list on the page; from nowhere to its first row. */
export function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main tbody tr a.row-link")]
  const at = rows.findIndex((row) => row.closest("tr")?.contains(document.activeElement) === true)
  const next = at < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: "nearest" })
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.closest("input, textarea, select, dialog, [contenteditable]") !== null
}
