// A conversation as people read one: who said what, tool calls with their arguments and results folded.
import { inert, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"

export interface Part {
  readonly type: string
  readonly [field: string]: unknown
}
export interface Message {
  readonly role: string
  readonly name?: string
  readonly parts: readonly Part[]
}

export function Messages({ messages }: { messages: readonly Message[] }) {
  return (
    <ol class="messages">
      {messages.map((message, at) => (
        <li key={at} class={`message ${/^\w+$/.test(message.role) ? message.role : "unknown"}`}>
          <span class="role">
            {roleName(message.role)}
            {message.name !== undefined && ` · ${inert(message.name)}`}
          </span>
          {(message.parts ?? []).map((part, index) => (
            <PartView key={index} part={part} />
          ))}
        </li>
      ))}
    </ol>
  )
}

function PartView({ part }: { part: Part }) {
  switch (part.type) {
    case "text":
    case "refusal":
      return <Words of={text(part["text"])} />
    case "reasoning":
      return (
        <details class="reasoning">
          <summary>{t("reasoning")}</summary>
          <Words of={text(part["text"])} />
        </details>
      )
    case "tool_call":
      return (
        <details class="tool" open>
          <summary>
            {t("tool")}: <code>{inert(part["name"])}</code>
          </summary>
          <pre>{inert(pretty(part["arguments"]))}</pre>
        </details>
      )
    case "tool_call_response":
      return (
        <details class="tool" open={text(part["content"]).length < SHORT}>
          <summary>
            {t("result")}
            {part["name"] !== undefined && (
              <>
                : <code>{inert(part["name"])}</code>
              </>
            )}
          </summary>
          <pre>{inert(pretty(part["content"]))}</pre>
        </details>
      )
    case "blob":
      return (
        <p class="muted">
          {inert(part["mediaType"] ?? "blob")} {inert(part["name"] ?? part["uri"] ?? "")} {text(part["sha256"]).slice(0, 16)}
        </p>
      )
    default:
      return <pre>{inert(part["raw"] ?? JSON.stringify(part))}</pre>
  }
}

function Words({ of }: { of: string }) {
  const long = of.length > FOLD
  if (!long) return <p class="words">{inert(of)}</p>
  return (
    <details>
      <summary class="words">{inert(of.slice(0, FOLD_SHOWN))}…</summary>
      <p class="words">{inert(of)}</p>
    </details>
  )
}

function pretty(value: unknown): string {
  const given = parsed(value)
  return typeof given === "string" ? given : JSON.stringify(given, null, 2)
}

function roleName(role: string): string {
  return role === "system" || role === "user" || role === "assistant" || role === "tool" ? t(role) : inert(role)
}

// What a glance takes in is not folded away.
const SHORT = 1_500
const FOLD = 4_000
const FOLD_SHOWN = 400
