// Behaviour control: the policy in force, changed with a check and a look at history first, and rolled back when it was wrong.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Page, type Problem, type Row } from "../api.ts"
import { Card } from "../components/bits.tsx"
import { Confirm } from "../components/dialog.tsx"
import { Empty, ErrorBox, Load } from "../components/load.tsx"
import { inert, text, time } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { type Policy, PolicyRules } from "./policy-rules.tsx"
import { ruleExamples, withRule } from "./rule-examples.ts"

export function BehaviourPage() {
  return (
    <>
      <div class="head">
        <h1>{t("behaviour")}</h1>
      </div>
      <Load<Policy> path="/v1/policy">{(policy, reload) => <Editor key={policy.version} policy={policy} reload={reload} />}</Load>
    </>
  )
}

function Editor({ policy, reload }: { policy: Policy; reload: () => void }) {
  const [given, setGiven] = useState(policy.text)
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [said, setSaid] = useState<string | undefined>(undefined)
  const [changes, setChanges] = useState<readonly Row[] | undefined>(undefined)
  const [asking, setAsking] = useState<string | undefined>(undefined)
  const rollBack = (version: string) =>
    run(async () => {
      await call("/v1/policy/roll-back", { method: "POST", body: { version } })
      reload()
    })
  const run = async (work: () => Promise<void>) => {
    setError(undefined)
    setSaid(undefined)
    setChanges(undefined)
    try {
      await work()
    } catch (problem) {
      setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
    }
  }
  const check = () =>
    run(async () => {
      const { problems } = await call<{ problems: Row[] }>("/v1/policy/validate", { method: "POST", body: { text: given } })
      const [first] = problems
      if (first === undefined) setSaid(t("policyOk"))
      else
        setError({
          status: 422,
          title: text(first["message"]),
          detail: `${text(first["line"])}:${text(first["column"])} ${text(first["hint"])}`,
        })
    })
  const test = () =>
    run(async () =>
      setChanges((await call<{ changes: Row[] }>("/v1/policy/test", { method: "POST", body: { text: given, days: 7 } })).changes),
    )
  const apply = () =>
    run(async () => {
      await call("/v1/policy", { method: "PUT", body: { text: given } })
      reload()
    })
  return (
    <div class="cards">
      <PolicyRules policy={policy} />
      <Card
        title={t("policyText")}
        wide
        action={
          <span class="muted">
            {policy.preset} · {policy.version.slice(0, 12)}
          </span>
        }
      >
        <textarea
          class="code"
          aria-label={t("policyText")}
          rows={Math.min(40, Math.max(12, policy.text.split("\n").length + 6))}
          value={given}
          readOnly={!may("triage")}
          spellcheck={false}
          onInput={(input) => setGiven(input.currentTarget.value)}
        />
        <div class="buttons">
          {may("triage") && <Examples onChoose={(rule) => setGiven(withRule(given, rule))} />}
          {may("triage") && (
            <button type="button" onClick={() => void check()}>
              {t("validate")}
            </button>
          )}
          {may("triage") && (
            <button type="button" onClick={() => void test()}>
              {t("testHistory")}
            </button>
          )}
          {may("manage") && (
            <button type="button" class="primary" disabled={given === policy.text} onClick={() => setAsking("apply")}>
              {t("apply")}
            </button>
          )}
        </div>
        {asking === "apply" && (
          <Confirm
            title={t("apply")}
            text={t("confirmApply")}
            action={t("apply")}
            onConfirm={() => void apply()}
            onClose={() => setAsking(undefined)}
          />
        )}
        {error !== undefined && <ErrorBox error={error} />}
        {said !== undefined && (
          <p class="good" role="status">
            {said}
          </p>
        )}
        {changes !== undefined && <Changes changes={changes} />}
      </Card>
      <Card title={t("history")} wide>
        <Load<Page> path="/v1/policy/history">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("noHistory")} hint={t("noHistoryHint")} />
            ) : (
              <ul class="plain">
                {items.map((entry) => (
                  <li key={text(entry["version"])}>
                    <code>{text(entry["version"]).slice(0, 12)}</code> {inert(entry["by"])}{" "}
                    <span class="muted">{time(Date.parse(text(entry["at"])) * 1_000)}</span>{" "}
                    {may("manage") && entry["version"] !== policy.version && (
                      <button type="button" class="quiet" onClick={() => setAsking(text(entry["version"]))}>
                        {t("rollBack")}
                      </button>
                    )}
                    {asking === entry["version"] && (
                      <Confirm
                        title={t("rollBack")}
                        text={t("confirmRollBack")}
                        action={t("rollBack")}
                        onConfirm={() => void rollBack(text(entry["version"]))}
                        onClose={() => setAsking(undefined)}
                      />
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Load>
      </Card>
    </div>
  )
}

/** A way in for who has never written a rule. */
function Examples({ onChoose }: { onChoose: (rule: string) => void }) {
  return (
    <select
      aria-label={t("addRule")}
      value=""
      onChange={(change) => {
        const chosen = ruleExamples[Number(change.currentTarget.value)]
        if (chosen !== undefined) onChoose(chosen.rule)
        change.currentTarget.value = ""
      }}
    >
      <option value="">{t("addRule")}</option>
      {ruleExamples.map(({ title }, at) => (
        <option key={title} value={at}>
          {t(title)}
        </option>
      ))}
    </select>
  )
}

function Changes({ changes }: { changes: readonly Row[] }) {
  if (changes.length === 0) return <p role="status">{t("changesNothing")}</p>
  return (
    <div role="status">
      <p>{t("wouldChange")}</p>
      <ul class="plain">
        {changes.slice(0, 200).map((change) => (
          <li key={`${text(change["what"])} ${text(change["agent"])} ${text(change["destination"])} ${text(change["to"])}`}>
            <code>{inert(change["what"])}</code> {text(change["from"])} → <strong>{text(change["to"])}</strong>{" "}
            <span class="muted">
              {inert(change["agent"])} · {inert(change["destination"])} · {text(change["count"])}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
