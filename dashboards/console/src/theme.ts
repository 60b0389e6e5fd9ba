import { signal } from "@preact/signals"

export const theme = signal(localStorage.getItem("egret-theme") ?? "system")

export function setTheme(next: string): void {
  theme.value = next
  localStorage.setItem("egret-theme", next)
  applyTheme()
}

/** The style sheet follows `color-scheme`, which follows the system unless it is told otherwise. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme.value
}
