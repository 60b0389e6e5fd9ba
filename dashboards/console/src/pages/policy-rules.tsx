// The policy in force as people read one: which rules, in which order, from where; who may reach what; what is silenced and until when.
import type { Row } from "../api.ts"
import { Badge, Card } from "../components/bits.tsx"
import { inert, list, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"

export interface Policy {
  readonly text: string
  readonly version: string
  readonly preset: string
  readonly rules: readonly Row[]
  readonly allowOnly: Readonly<Record<string, Row>>
  readonly access: Readonly<Record<string, unknown>>
  readonly suppress: readonly Row[]
  readonly budgets: readonly Row[]
}

export function PolicyRules({ policy }: { policy: Policy }) {
  const access = Object.entries(policy.access).filter(([, value]) => typeof value === "object" && value !== null) as [string, Row][]
  return (
    <>
      <Card title={t("rulesInForce")} wide action={<span class="muted">{policy.preset}</span>}>
        <p class="muted">{t("rulesHint")}</p>
        <Rules rules={policy.rules} />
      </Card>
      <Card title={t("allowLists")} wide>
        <p class="muted">{t("allowListsHint")}</p>
        {Object.keys(policy.allowOnly).length === 0 ? (
          <p class="muted">{t("noAllowLists")}</p>
        ) : (
          <ul class="plain">
            {Object.entries(policy.allowOnly).map(([what, given]) => (
              <li key={what}>
                <strong>{inert(what)}</strong> <Action of={given["action"]} /> <Values of={given["values"]} />
              </li>
            ))}
          </ul>
        )}
      </Card>
      {access.length > 0 && (
        <Card title={t("accessRules")}>
          <ul class="plain">
            {access.map(([what, given]) => (
              <li key={what}>
                <strong>{inert(what)}</strong> <Badge>{word(text(given["mode"]))}</Badge> <Values of={given["values"]} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {policy.budgets.length > 0 && (
        <Card title={t("budgets")}>
          <ul class="plain">
            {policy.budgets.map((budget) => (
              <li key={text(budget["id"])}>
                <strong>{inert(budget["id"])}</strong> <Action of={budget["action"]} />{" "}
                <code>{inert(JSON.stringify({ ...budget, id: undefined, action: undefined }))}</code>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {policy.suppress.length > 0 && (
        <Card title={t("suppressions")}>
          <ul class="plain">
            {policy.suppress.map((one) => (
              <li key={text(one["id"])}>
                <strong>{inert(one["id"])}</strong> <When of={one["when"]} />
                <p class="muted">
                  {inert(one["reason"])} · {inert(one["by"])} · {t("until")} {inert(one["until"])}
                </p>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  )
}

function Rules({ rules }: { rules: readonly Row[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" aria-label={t("rulesInForce")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("rule")}</th>
            <th scope="col">{t("condition")}</th>
            <th scope="col">{t("action")}</th>
            <th scope="col" class="wide">
              {t("reason")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={text(rule["id"])}>
              <td>
                <code>{inert(rule["id"])}</code>{" "}
                <Badge tone={rule["builtIn"] === true ? "neutral" : "good"}>{t(rule["builtIn"] === true ? "builtIn" : "custom")}</Badge>{" "}
                {rule["floor"] === true && <Badge tone="warn">{t("floorRule")}</Badge>}
              </td>
              <td>
                <When of={rule["when"]} />
              </td>
              <td>
                <Action of={rule["action"]} />
              </td>
              <td class="wide">{inert(rule["reason"])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function When({ of }: { of: unknown }) {
  const conditions = Object.entries((of ?? {}) as Row)
  if (conditions.length === 0) return <span class="muted">{t("always")}</span>
  return (
    <>
      {conditions.map(([name, value]) => (
        <span key={name} class="tag">
          {inert(name)}:{" "}
          {inert(typeof value === "object" && !Array.isArray(value) ? JSON.stringify(value) : list([value].flat()).join(", "))}
        </span>
      ))}
    </>
  )
}

function Values({ of }: { of: unknown }) {
  return (
    <>
      {list(of).map((value) => (
        <span key={value} class="tag">
          {inert(value)}
        </span>
      ))}
    </>
  )
}

export function Action({ of }: { of: unknown }) {
  const action = text(of)
  const tone =
    action === "block"
      ? "bad"
      : action === "alert" || action === "review" || action === "redact"
        ? "warn"
        : action === "allow"
          ? "good"
          : "neutral"
  return <Badge tone={tone}>{word(action)}</Badge>
}
