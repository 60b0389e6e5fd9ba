// How long things are kept, with what they take on disk, so that the number can be chosen with its price in view.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Page, type Problem, type Row } from "../api.ts"
import { Card } from "../components/bits.tsx"
import { ErrorBox, Load } from "../components/load.tsx"
import { bytes, inert, number, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"

interface Retention {
  readonly days: Readonly<Record<Kind, number>>
  readonly configured: Readonly<Record<Kind, number>>
  readonly by?: string
  readonly at?: number
}
type Kind = (typeof KINDS)[number]["kind"]

const KINDS = [
  { kind: "metadata", title: "keepMetadata", tables: ["activity", "flow"] },
  { kind: "content", title: "keepContent", tables: ["content"] },
  { kind: "findings", title: "keepFindings", tables: ["finding"] },
  { kind: "files", title: "keepFiles", tables: ["file_part"] },
] as const

export function RetentionCard() {
  return (
    <Card title={t("retention")} wide>
      <p class="muted">{t("retentionHint")}</p>
      <Load<Page> path="/v1/storage">
        {({ items }) => (
          <Load<Retention> path="/v1/retention">
            {(retention, reload) => <Form key={JSON.stringify(retention)} retention={retention} storage={items} reload={reload} />}
          </Load>
        )}
      </Load>
    </Card>
  )
}

function Form({ retention, storage, reload }: { retention: Retention; storage: readonly Row[]; reload: () => void }) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const send = (method: string, body?: unknown) =>
    void call("/v1/retention", { method, ...(body !== undefined && { body }) })
      .then(reload)
      .catch((problem: unknown) => setError(isProblem(problem) ? problem : { status: 0, title: String(problem) }))
  return (
    <form
      class="retention"
      onSubmit={(submit) => {
        submit.preventDefault()
        const given = new FormData(submit.currentTarget)
        send("PUT", Object.fromEntries(KINDS.map(({ kind }) => [kind, Number(given.get(kind))])))
      }}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" aria-label={t("retention")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("kept")}</th>
              <th scope="col">{t("days")}</th>
              <th scope="col" class="numeric">
                {t("rows")}
              </th>
              <th scope="col" class="numeric">
                {t("onDisk")}
              </th>
              <th scope="col" class="wide">
                {t("oldest")}
              </th>
            </tr>
          </thead>
          <tbody>
            {KINDS.map((one) => (
              <Line
                key={one.kind}
                {...one}
                retention={retention}
                storage={storage.filter((row) => (one.tables as readonly string[]).includes(text(row["table"])))}
              />
            ))}
          </tbody>
        </table>
      </section>
      <p class="muted">
        {retention.by === undefined ? t("retentionConfigured") : `${t("retentionSet")} ${inert(retention.by)}, ${time(retention.at)}`}
      </p>
      {may("manage") && (
        <div class="buttons">
          <button type="submit" class="primary">
            {t("save")}
          </button>
          {retention.by !== undefined && (
            <button type="button" onClick={() => send("DELETE")}>
              {t("retentionReset")}
            </button>
          )}
        </div>
      )}
      {error !== undefined && <ErrorBox error={error} />}
    </form>
  )
}

interface LineProps {
  readonly kind: Kind
  readonly title: (typeof KINDS)[number]["title"]
  readonly retention: Retention
  readonly storage: readonly Row[]
}

function Line({ kind, title, retention, storage }: LineProps) {
  const sum = (column: string) => storage.reduce((total, row) => total + Number(row[column] ?? 0), 0)
  const oldest = Math.min(...storage.map((row) => Number(row["oldest"] ?? 0)).filter((at) => at > 0))
  return (
    <tr>
      <th scope="row">{t(title)}</th>
      <td>
        <input
          name={kind}
          type="number"
          min={0}
          max={36_500}
          required
          aria-label={`${t(title)}: ${t("days")}`}
          defaultValue={String(retention.days[kind])}
          readOnly={!may("manage")}
        />
        {retention.days[kind] !== retention.configured[kind] && (
          <span class="muted">
            {" "}
            ({t("configured")} {retention.configured[kind]})
          </span>
        )}
      </td>
      <td class="numeric">{number(sum("rows"))}</td>
      <td class="numeric">{bytes(sum("bytes"))}</td>
      <td class="wide">{Number.isFinite(oldest) ? time(oldest * 1_000_000) : "–"}</td>
    </tr>
  )
}
