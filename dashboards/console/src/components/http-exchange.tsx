// One HTTP exchange as it crossed the wire: first line, headers folded, body; JSON indented. A page of a web site stays the text it is.
import type { Row } from "../api.ts"
import { bytes, inert, number, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"

export function isHttp(body: unknown): body is Row {
  return typeof body === "object" && body !== null && "method" in body && "request" in body
}

export function HttpExchange({ of }: { of: Row }) {
  const target = `${text(of["method"])} ${text(of["scheme"])}://${text(of["authority"])}${text(of["path"])}`
  return (
    <div class="exchange">
      <Side title={t("request")} line={target} message={of["request"]} />
      <Side title={t("response")} line={`HTTP/${text(of["version"])} ${text(of["status"])}`} message={of["response"]} />
    </div>
  )
}

function Side({ title, line, message }: { title: string; line: string; message: unknown }) {
  if (typeof message !== "object" || message === null) return null
  const { headers, text: body, bytes: size } = message as Row
  const pairs = Array.isArray(headers) ? (headers as unknown[]).filter(Array.isArray) : []
  return (
    <section aria-label={title}>
      <h3>
        {title} <span class="muted">{bytes(size)}</span>
      </h3>
      <p class="line">
        <code>{inert(line)}</code>
      </p>
      <details>
        <summary>
          {t("headers")} <span class="muted">{number(pairs.length)}</span>
        </summary>
        <dl class="headers">
          {pairs.map(([name, value], at) => (
            <div key={at}>
              <dt>{inert(name)}</dt>
              <dd>{inert(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
      {text(body) !== "" && <pre class="raw">{inert(indented(text(body)))}</pre>}
    </section>
  )
}

function indented(body: string): string {
  const value = parsed(body)
  return typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : body
}
