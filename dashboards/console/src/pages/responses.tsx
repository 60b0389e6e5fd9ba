// Responses: what is planned, in force and taken back; from an event, a plan first with its exact steps, and only then the deed.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Problem, type Row } from "../api.ts"
import { Badge, Card } from "../components/bits.tsx"
import { Confirm, Dialog } from "../components/dialog.tsx"
import { Empty, ErrorBox, useLoad } from "../components/load.tsx"
import { inert, list, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href } from "../router.ts"

interface Respond {
  readonly enabled: boolean
  readonly items: readonly Row[]
  readonly actions: readonly { readonly name: string; readonly type: string; readonly minutes: number }[]
  readonly dryRun: boolean
}

/** All of them, for the tab beside the queue. */
export function ResponsesList() {
  const { data, error, reload } = useLoad<Respond>("/v1/respond", true)
  if (error !== undefined) return <ErrorBox error={error} retry={reload} />
  if (data === undefined) return <p class="loading">{t("loading")}…</p>
  if (!data.enabled) return <Empty title={t("respondOff")} hint={t("respondOffHint")} />
  return (
    <div class="cards">
      <Card title={t("responses")} wide action={data.dryRun && <Badge tone="warn">{t("dryRun")}</Badge>}>
        {data.items.length === 0 ? (
          <Empty title={t("noResponses")} hint={t("noResponsesHint")} />
        ) : (
          <ul class="plain">
            {data.items.map((response) => (
              <Response key={text(response["id"])} response={response} dryRun={data.dryRun} reload={reload} event />
            ))}
          </ul>
        )}
      </Card>
    </div>
  )
}

/** Those of one event, and a new one. */
export function RespondCard({ event }: { event: Row }) {
  const { data, reload } = useLoad<Respond>("/v1/respond")
  const [asking, setAsking] = useState(false)
  if (data === undefined || !data.enabled) return null
  const own = data.items.filter((response) => response["event"] === event["id"])
  return (
    <Card title={t("responses")} action={data.dryRun && <Badge tone="warn">{t("dryRun")}</Badge>}>
      {own.length > 0 && (
        <ul class="plain">
          {own.map((response) => (
            <Response key={text(response["id"])} response={response} dryRun={data.dryRun} reload={reload} />
          ))}
        </ul>
      )}
      {data.actions.length === 0 ? (
        <p class="muted">{t("noActions")}</p>
      ) : (
        may("triage") && (
          <button type="button" aria-haspopup="dialog" onClick={() => setAsking(true)}>
            {t("planResponse")}
          </button>
        )
      )}
      {asking && <PlanDialog event={event} actions={data.actions} onClose={() => setAsking(false)} onPlanned={reload} />}
    </Card>
  )
}

interface PlanProps {
  readonly event: Row
  readonly actions: Respond["actions"]
  readonly onClose: () => void
  readonly onPlanned: () => void
}

function PlanDialog({ event, actions, onClose, onPlanned }: PlanProps) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  return (
    <Dialog title={t("planResponse")} onClose={onClose}>
      <p class="muted">{t("planHint")}</p>
      <form
        onSubmit={(submit) => {
          submit.preventDefault()
          const given = new FormData(submit.currentTarget)
          void call("/v1/respond/plans", {
            method: "POST",
            body: { action: given.get("action"), event: event["id"], minutes: Number(given.get("minutes")), reason: given.get("reason") },
          })
            .then(() => {
              onClose()
              onPlanned()
            })
            .catch((problem: unknown) => setError(isProblem(problem) ? problem : { status: 0, title: String(problem) }))
        }}
      >
        <label class="field">
          <span>{t("action")}</span>
          <select name="action">
            {actions.map(({ name, type }) => (
              <option key={name} value={name}>
                {name} ({word(type)})
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t("minutes")}</span>
          <input name="minutes" type="number" min={1} max={525_600} required defaultValue={String(actions[0]?.minutes ?? 60)} />
        </label>
        <label class="field">
          <span>{t("suppressReason")}</span>
          <input name="reason" required minLength={3} defaultValue={inert(event["title"])} />
        </label>
        {error !== undefined && <ErrorBox error={error} />}
        <div class="buttons end">
          <button type="button" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" class="primary">
            {t("showPlan")}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface ResponseProps {
  readonly response: Row
  readonly dryRun: boolean
  readonly reload: () => void
  /** Say which event it is of. */
  readonly event?: true
}

function Response({ response, dryRun, reload, event }: ResponseProps) {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [asking, setAsking] = useState<"apply" | "revert" | undefined>(undefined)
  const state = text(response["state"])
  const send = (what: "apply" | "revert", body?: unknown) =>
    void call(`/v1/respond/${encodeURIComponent(text(response["id"]))}/${what}`, { method: "POST", ...(body !== undefined && { body }) })
      .then(() => {
        setError(undefined)
        reload()
      })
      .catch((problem: unknown) => setError(isProblem(problem) ? problem : { status: 0, title: String(problem) }))
  return (
    <li>
      <strong>{inert(response["action"])}</strong> <Badge tone={TONES[state] ?? "neutral"}>{word(state)}</Badge>{" "}
      <span class="muted">
        {inert(response["by"])} · {time(Number(response["plannedAt"]) * 1_000)}
        {Number(response["until"] ?? 0) > 0 && (
          <>
            {" "}
            · {t("until")} {time(Number(response["until"]) * 1_000)}
          </>
        )}
      </span>
      <p>
        {inert(response["reason"])}{" "}
        {event === true && response["event"] !== undefined && <a href={href(["event", text(response["event"])])}>{t("openEvent")}</a>}
      </p>
      <details open={state === "planned"}>
        <summary>{t("steps")}</summary>
        <pre>{inert(JSON.stringify(response["steps"], null, 2))}</pre>
      </details>
      {list(response["warnings"]).map((warning) => (
        <p key={warning} class="warn-text">
          {inert(warning)}
        </p>
      ))}
      {response["problem"] !== undefined && <p class="bad-text">{inert(response["problem"])}</p>}
      {may("manage") && state === "planned" && !dryRun && (
        <button type="button" class="primary" onClick={() => setAsking("apply")}>
          {t("apply")}
        </button>
      )}
      {may("manage") && (state === "applied" || state === "applying") && (
        <button type="button" onClick={() => setAsking("revert")}>
          {t("takeBack")}
        </button>
      )}
      {state === "planned" && dryRun && <p class="muted">{t("dryRunHint")}</p>}
      {asking !== undefined && (
        <Confirm
          title={t(asking === "apply" ? "apply" : "takeBack")}
          text={t(asking === "apply" ? "confirmRespond" : "confirmTakeBack")}
          action={t(asking === "apply" ? "apply" : "takeBack")}
          onConfirm={() => (asking === "apply" ? send("apply") : send("revert", { reason: t("takeBack") }))}
          onClose={() => setAsking(undefined)}
        />
      )}
      {error !== undefined && <ErrorBox error={error} />}
    </li>
  )
}

const TONES: Readonly<Record<string, "good" | "bad" | "warn">> = {
  planned: "warn",
  applied: "bad",
  applying: "bad",
  failed: "bad",
  reverted: "good",
}
