// The egress IPs: what of each could be read, whether it is mirrored, and the switch. Nothing is made before its plan was shown.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Page, type Problem, queryString, type Row } from "../api.ts"
import { bytes, number, percent, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { Badge } from "./bits.tsx"
import { rangeParam } from "./filters.tsx"
import { ErrorBox, Load } from "./load.tsx"

interface Mirror {
  readonly configured: boolean
  readonly target?: string
  readonly protected: readonly string[]
}
interface Plan {
  readonly egress: readonly {
    readonly ip: string
    readonly kind: string
    readonly detail: string
    readonly sources: readonly { readonly networkInterface: string; readonly privateIps: readonly string[] }[]
    readonly excluded: readonly { readonly networkInterface: string; readonly reason: string }[]
    readonly refusal?: string
    readonly offers?: readonly { readonly target: string; readonly egressIps: readonly string[]; readonly reason?: string }[]
  }[]
  readonly warnings: readonly string[]
  readonly blockers: readonly string[]
  readonly cost: { readonly monthlyUsd: number; readonly basis: string }
}
interface Check {
  readonly state: "ok" | "warning" | "problem"
  readonly what: string
  readonly fix?: string
}
type Shown = { readonly ips: readonly string[]; readonly plan: Plan } | { readonly checks: readonly Check[] }

export function EgressIps() {
  return (
    <Load<Page> path={`/v1/coverage${queryString({ ...rangeParam(), by: "egress_ip" })}`}>
      {({ items }) => (
        <Load<Mirror> path="/v1/mirroring">
          {(mirror, reload) => (
            <>
              <List rows={items} mirror={mirror} reload={reload} />
              {may("triage") && mirror.configured && <Switch mirror={mirror} reload={reload} />}
              {!mirror.configured && <p class="muted">{t("mirrorUnset")}</p>}
            </>
          )}
        </Load>
      )}
    </Load>
  )
}

interface ListProps {
  readonly rows: readonly Row[]
  readonly mirror: Mirror
  readonly reload: () => void
}

function List({ rows, mirror, reload }: ListProps) {
  const known = new Map(rows.filter((row) => row["key"] !== "").map((row): [string, Row] => [text(row["key"]), row]))
  for (const ip of mirror.protected) if (!known.has(ip)) known.set(ip, { key: ip })
  if (known.size === 0) return null
  return (
    <ul class="plain">
      {[...known].map(([ip, row]) => {
        const on = mirror.protected.includes(ip)
        return (
          <li key={ip}>
            <strong>{ip}</strong>{" "}
            <Badge {...(on && { tone: "good" as const })}>
              {t("protection")}: {t(on ? "on" : "unknown")}
            </Badge>{" "}
            <span class="muted">
              {t("decrypted")} {Number(row["tls"] ?? 0) === 0 ? "–" : percent(row["share"])} · {number(row["flows"])}{" "}
              {t("flows").toLowerCase()} · {t("gaps")} {bytes(row["gap_bytes"])}
              {Number(row["cut"] ?? 0) > 0 && ` · ${number(row["cut"])} ${t("cutPackets")}`}
            </span>{" "}
            {on && may("manage") && <TurnOff ip={ip} reload={reload} />}
          </li>
        )
      })}
    </ul>
  )
}

/** Asked twice: what was not mirrored is not in the log, and cannot be had later. */
function TurnOff({ ip, reload }: { ip: string; reload: () => void }) {
  const [sure, setSure] = useState(false)
  const { run, error, busy } = useRun()
  if (!sure)
    return (
      <button type="button" class="quiet" onClick={() => setSure(true)}>
        {t("stopMirroring")}
      </button>
    )
  return (
    <>
      <button
        type="button"
        class="danger"
        disabled={busy}
        onClick={() => run(async () => void (await call("/v1/mirroring/destroy", { method: "POST", body: { egressIps: [ip] } })), reload)}
      >
        {t("stopMirroringOf")} {ip}
      </button>{" "}
      <button type="button" class="quiet" onClick={() => setSure(false)}>
        {t("cancel")}
      </button>
      {error !== undefined && <ErrorBox error={error} />}
    </>
  )
}

function Switch({ mirror, reload }: { mirror: Mirror; reload: () => void }) {
  const [shown, setShown] = useState<Shown | undefined>(undefined)
  const { run, error, busy } = useRun()
  const plan = (ips: readonly string[]) =>
    run(async () => {
      const answer = await call<{ plan: Plan }>("/v1/mirroring/plan", { method: "POST", body: { egressIps: ips } })
      setShown({ ips, plan: answer.plan })
    })
  const apply = (ips: readonly string[]) =>
    run(
      async () => void (await call("/v1/mirroring/apply", { method: "POST", body: { egressIps: ips } })),
      () => {
        setShown(undefined)
        reload()
      },
    )
  const check = () => run(async () => setShown({ checks: (await call<{ items: Check[] }>("/v1/mirroring/checks")).items }))
  return (
    <>
      <form
        onSubmit={(submit) => {
          submit.preventDefault()
          const given = String(new FormData(submit.currentTarget).get("ips") ?? "")
          plan(given.split(/[\s,]+/).filter((ip) => ip !== ""))
        }}
      >
        <label class="field">
          <span>{t("protectIp")}</span>
          <input name="ips" required placeholder="203.0.113.7" autoComplete="off" spellcheck={false} />
        </label>
        <button type="submit" disabled={busy}>
          {t("showPlan")}
        </button>
        {mirror.protected.length > 0 && (
          <button type="button" class="quiet" disabled={busy} onClick={check}>
            {t("whyNoPackets")}
          </button>
        )}
      </form>
      {busy && (
        <p class="loading" aria-busy="true">
          {t("askingCloud")}…
        </p>
      )}
      {error !== undefined && <ErrorBox error={error} />}
      {shown !== undefined && "plan" in shown && <PlanView plan={shown.plan} />}
      {shown !== undefined && "plan" in shown && (
        <p>
          {may("manage") && shown.plan.blockers.length === 0 && (
            <button type="button" disabled={busy} onClick={() => apply(shown.ips)}>
              {t("mirrorNow")}
            </button>
          )}{" "}
          <button type="button" class="quiet" onClick={() => setShown(undefined)}>
            {t("cancel")}
          </button>
        </p>
      )}
      {shown !== undefined && "checks" in shown && <Checks checks={shown.checks} />}
    </>
  )
}

function PlanView({ plan }: { plan: Plan }) {
  return (
    <section aria-label={t("plan")}>
      {plan.egress.map((egress) => (
        <div key={egress.ip}>
          <h3>
            {egress.ip} <span class="muted">{egress.detail}</span>
          </h3>
          <ul class="plain">
            {egress.sources.length === 0 && (
              <li>
                <Badge tone="warn">{t("notMirrored")}</Badge>{" "}
                {egress.refusal !== undefined && egress.refusal !== egress.detail && <span class="muted">{egress.refusal}</span>}
              </li>
            )}
            {egress.offers?.map((offer) => (
              <li key={offer.target}>
                <Badge>{t("behindIt")}</Badge> {offer.target}{" "}
                <span class="muted">{offer.egressIps.length > 0 ? `${t("leavesBy")} ${offer.egressIps.join(", ")}` : offer.reason}</span>
              </li>
            ))}
            {egress.sources.map((source) => (
              <li key={source.networkInterface}>
                <Badge tone="good">{t("mirrored")}</Badge> {source.networkInterface}{" "}
                <span class="muted">{source.privateIps.join(" ")}</span>
              </li>
            ))}
            {egress.excluded.map((excluded) => (
              <li key={excluded.networkInterface}>
                <Badge>{t("leftOut")}</Badge> {excluded.networkInterface} <span class="muted">{excluded.reason}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <p>
        {t("cost")}: {plan.cost.monthlyUsd.toFixed(2)} USD <span class="muted">{plan.cost.basis}</span>
      </p>
      {plan.blockers.length > 0 && <ErrorBox error={{ status: 409, title: t("cannotMirror"), detail: plan.blockers.join("; ") }} />}
      <ul class="plain">
        {plan.warnings.map((warning) => (
          <li key={warning} class="muted">
            {warning}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Checks({ checks }: { checks: readonly Check[] }) {
  const tones = { ok: "good", warning: "warn", problem: "bad" } as const
  return (
    <ul class="plain" aria-label={t("whyNoPackets")}>
      {checks.map((check) => (
        <li key={check.what}>
          <Badge tone={tones[check.state]}>
            {t(check.state === "ok" ? "checkOk" : check.state === "warning" ? "checkWarning" : "checkProblem")}
          </Badge>{" "}
          {check.what}
          {check.fix !== undefined && <p class="muted">{check.fix}</p>}
        </li>
      ))}
    </ul>
  )
}

/** One request at a time, its error kept until the next. */
function useRun() {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const run = (work: () => Promise<void>, then: () => void = () => undefined): void => {
    setError(undefined)
    setBusy(true)
    work()
      .then(() => {
        setBusy(false)
        then()
      })
      .catch((problem: unknown) => {
        setBusy(false)
        setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
      })
  }
  return { run, error, busy }
}
