// What a person does about an event, by buttons and by keys.
import { useRef, useState } from "preact/hooks"
import { call, isProblem, type Problem, type Row, session } from "../api.ts"
import { Card } from "../components/bits.tsx"
import { Dialog } from "../components/dialog.tsx"
import { ErrorBox } from "../components/load.tsx"
import { text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { useKeys } from "../keys.ts"

export function Triage({ event, reload }: { event: Row; reload: () => void }) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [suppressing, setSuppressing] = useState(false)
  const note = useRef<HTMLTextAreaElement>(null)
  const send = async (body: unknown) => {
    try {
      await call(`/v1/events/${encodeURIComponent(text(event["id"]))}`, { method: "PATCH", body })
      setError(undefined)
      reload()
    } catch (problem) {
      setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
    }
  }
  const take = () => void send({ status: "in-progress", assignee: session.value?.name ?? "" })
  const resolve = () => void send({ status: "resolved" })
  const falsePositive = () => void send({ status: "false-positive" })
  const suppress = () => setSuppressing(true)
  useKeys({ t: take, r: resolve, f: falsePositive, s: suppress, n: () => note.current?.focus() })
  const status = text(event["status"])
  return (
    <Card title={t("triage")}>
      <div class="buttons">
        <button type="button" class={status === "new" ? "primary" : ""} aria-keyshortcuts="t" onClick={take}>
          {t("take")}
        </button>
        <button type="button" aria-keyshortcuts="r" onClick={resolve}>
          {t("resolve")}
        </button>
        <button type="button" aria-keyshortcuts="f" onClick={falsePositive}>
          {t("falsePositive")}
        </button>
        <button type="button" aria-keyshortcuts="s" aria-haspopup="dialog" onClick={suppress}>
          {t("suppress")}
        </button>
      </div>
      {suppressing && <SuppressDialog onClose={() => setSuppressing(false)} onSuppress={(given) => void send({ suppress: given })} />}
      <form
        onSubmit={(submit) => {
          submit.preventDefault()
          void send({ note: String(new FormData(submit.currentTarget).get("note")) })
          submit.currentTarget.reset()
        }}
      >
        <label class="field">
          <span>{t("note")}</span>
          <textarea ref={note} name="note" rows={2} required aria-keyshortcuts="n" />
        </label>
        <button type="submit">{t("addNote")}</button>
      </form>
      {error !== undefined && <ErrorBox error={error} />}
    </Card>
  )
}

interface SuppressProps {
  readonly onClose: () => void
  readonly onSuppress: (given: { reason: string; days?: number }) => void
}

export function SuppressDialog({ onClose, onSuppress }: SuppressProps) {
  return (
    <Dialog title={t("suppress")} onClose={onClose}>
      <p class="muted">{t("suppressHint")}</p>
      <form
        onSubmit={(submit) => {
          submit.preventDefault()
          const given = new FormData(submit.currentTarget)
          const days = Number(given.get("days"))
          onClose()
          onSuppress({ reason: String(given.get("reason")), ...(days > 0 && { days }) })
        }}
      >
        <label class="field">
          <span>{t("suppressReason")}</span>
          <input name="reason" required minLength={3} />
        </label>
        <label class="field">
          <span>{t("daysOrEver")}</span>
          <input name="days" type="number" min={1} max={365} defaultValue="30" />
        </label>
        <div class="buttons end">
          <button type="button" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" class="primary">
            {t("suppress")}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
