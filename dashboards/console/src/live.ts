// Pages that show what happens now look again when the API says that something did, and now and then by themselves; never while somebody paused them
// or nobody sees them. `tick` rises whenever they should.
import { effect, signal } from "@preact/signals"
import { session } from "./api.ts"

export const tick = signal(0)
/** What the reader wants. */
export const live = signal(localStorage.getItem("egret-live") !== "off")
/** Whether the stream of events stands; the lists are still asked again without it. */
export const connected = signal(false)

export function setLive(on: boolean): void {
  live.value = on
  localStorage.setItem("egret-live", on ? "on" : "off")
  if (on) tick.value += 1
}

export function startLive(): void {
  let source: EventSource | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  const refresh = (): void => {
    if (document.visibilityState === "visible") tick.value += 1
  }
  effect(() => {
    source?.close()
    source = undefined
    connected.value = false
    if (!live.value || !session.value) return
    source = new EventSource("/v1/live")
    source.addEventListener("hello", () => {
      connected.value = true
    })
    source.addEventListener("error", () => {
      connected.value = false
    })
    for (const kind of ["event", "finding"])
      source.addEventListener(kind, () => {
        // A flood of events is one look.
        soon ??= setTimeout(() => {
          soon = undefined
          refresh()
        }, SETTLE_MS)
      })
  })
  setInterval(() => {
    if (live.value && session.value) refresh()
  }, LOOK_EVERY_MS)
  document.addEventListener("visibilitychange", () => {
    if (live.value) refresh()
  })
}

const SETTLE_MS = 1_000
// What has no event of its own: new activities.
const LOOK_EVERY_MS = 10_000
