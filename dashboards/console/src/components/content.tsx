// What was said in one activity: a conversation where there is one, an HTTP exchange, and always the raw view.
import type { Row } from "../api.ts"
import { inert, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { HttpExchange, isHttp } from "./http-exchange.tsx"
import { type Message, Messages } from "./messages.tsx"

export function Content({ content }: { content: Row }) {
  const system = parsed(content["gen_ai_system_instructions"])
  const input = parsed(content["gen_ai_input_messages"])
  const output = parsed(content["gen_ai_output_messages"])
  const messages: Message[] = [
    ...(Array.isArray(system) ? system.map((part) => ({ role: "system", parts: [{ type: "text", text: text(part) }] })) : []),
    ...(Array.isArray(input) ? (input as Message[]) : []),
    ...(Array.isArray(output) ? (output as Message[]) : []),
  ]
  const body = parsed(content["body"])
  const exchange = messages.length === 0 && isHttp(body)
  return (
    <>
      <p class="hint">{t("readContent")}</p>
      {messages.length > 0 && <Messages messages={messages} />}
      {exchange && <HttpExchange of={body} />}
      <details class="raw-view" open={messages.length === 0 && !exchange}>
        <summary>{t("raw")}</summary>
        <pre class="raw">{inert(typeof body === "string" ? body : JSON.stringify(body, null, 2))}</pre>
      </details>
    </>
  )
}
