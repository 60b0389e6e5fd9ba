// Events and findings as they happen, as server-sent events.
import { streamSSE } from "hono/streaming"
import type { Api } from "../api.ts"
import { needs } from "../auth.ts"
import type { ApiParts } from "../parts.ts"

export function addLiveRoutes(app: Api, parts: ApiParts): void {
  app.get("/v1/live", needs("read"), (context) =>
    streamSSE(context, async (stream) => {
      const waiting: { event: string; data: string }[] = []
      let wake: () => void = () => {}
      const stop = parts.live?.listen((kind, data) => {
        // A reader that does not keep up misses the oldest; lists show everything.
        if (waiting.length >= MAX_WAITING) waiting.shift()
        waiting.push({ event: kind, data: JSON.stringify(data) })
        wake()
      })
      let open = true
      stream.onAbort(() => {
        open = false
        stop?.()
        wake()
      })
      await stream.writeSSE({ event: "hello", data: JSON.stringify({ version: parts.version }) })
      while (open) {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await stream.writeSSE(next)
        const timer = setTimeout(() => wake(), PING_MS)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        clearTimeout(timer)
        if (open && waiting.length === 0) await stream.writeSSE({ event: "ping", data: "" })
      }
    }),
  )
  app.get("/v1/health", needs("read"), async (context) =>
    context.json((await parts.health?.report()) ?? { ready: true, parts: {}, counters: {} }),
  )
}

const MAX_WAITING = 1_000
// Proxies close connections that are silent for a minute.
const PING_MS = 25_000
