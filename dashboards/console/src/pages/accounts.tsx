// Users and tokens of this console.
import { useState } from "preact/hooks"
import { call, isProblem, type Page, type Problem } from "../api.ts"
import { Confirm } from "../components/dialog.tsx"
import { ErrorBox, Load } from "../components/load.tsx"
import { inert, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"

const ROLES = ["viewer", "analyst", "content", "admin"] as const

export function Users() {
  const [error, setError] = useState<Problem | undefined>(undefined)
  return (
    <Load<Page> path="/v1/users">
      {({ items }, reload) => {
        const run = (work: Promise<unknown>) =>
          void work
            .then(() => {
              setError(undefined)
              reload()
            })
            .catch((problem: unknown) => setError(isProblem(problem) ? problem : { status: 0, title: String(problem) }))
        return (
          <>
            {items.length === 0 && <p class="muted">{t("noUsers")}</p>}
            <ul class="plain">
              {items.map((user) => (
                <li key={text(user["name"])}>
                  {inert(user["name"])} <span class="muted">{word(text(user["role"]))}</span>{" "}
                  <Remove
                    what={inert(user["name"])}
                    onRemove={() => run(call(`/v1/users/${encodeURIComponent(text(user["name"]))}`, { method: "DELETE" }))}
                  />
                </li>
              ))}
            </ul>
            <form
              onSubmit={(submit) => {
                submit.preventDefault()
                const given = new FormData(submit.currentTarget)
                run(
                  call("/v1/users", {
                    method: "POST",
                    body: { name: given.get("name"), role: given.get("role"), password: given.get("password") },
                  }),
                )
              }}
            >
              <label class="field">
                <span>{t("name")}</span>
                <input name="name" required autoComplete="off" />
              </label>
              <label class="field">
                <span>{t("password")}</span>
                <input name="password" type="password" minLength={12} required autoComplete="new-password" />
              </label>
              <RoleChoice />
              <button type="submit">{t("add")}</button>
            </form>
            {error !== undefined && <ErrorBox error={error} />}
          </>
        )
      }}
    </Load>
  )
}

export function Tokens() {
  const [made, setMade] = useState<string | undefined>(undefined)
  return (
    <Load<Page> path="/v1/tokens">
      {({ items }, reload) => (
        <>
          {items.length === 0 && <p class="muted">{t("noTokens")}</p>}
          <ul class="plain">
            {items.map((token) => (
              <li key={text(token["id"])}>
                {inert(token["name"])}{" "}
                <span class="muted">
                  {word(text(token["role"]))} · {text(token["id"])}
                </span>{" "}
                <Remove
                  what={inert(token["name"])}
                  onRemove={() => void call(`/v1/tokens/${text(token["id"])}`, { method: "DELETE" }).then(reload)}
                />
              </li>
            ))}
          </ul>
          <form
            onSubmit={(submit) => {
              submit.preventDefault()
              const given = new FormData(submit.currentTarget)
              void call<{ token: string }>("/v1/tokens", {
                method: "POST",
                body: { name: given.get("name"), role: given.get("role") },
              }).then((answer) => {
                setMade(answer.token)
                reload()
              })
            }}
          >
            <label class="field">
              <span>{t("name")}</span>
              <input name="name" required autoComplete="off" />
            </label>
            <RoleChoice />
            <button type="submit">{t("add")}</button>
          </form>
          {made !== undefined && (
            <p role="status">
              {t("newToken")} <code class="secret">{made}</code>
            </p>
          )}
        </>
      )}
    </Load>
  )
}

function RoleChoice() {
  return (
    <label class="field">
      <span>{t("role")}</span>
      <select name="role">
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {word(role)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Whoever is removed is signed out and whatever uses the token stops: ask first. */
function Remove({ what, onRemove }: { what: string; onRemove: () => void }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" class="quiet" aria-label={`${t("remove")}: ${what}`} onClick={() => setAsking(true)}>
        {t("remove")}
      </button>
      {asking && <Confirm title={t("remove")} text={what} action={t("remove")} onConfirm={onRemove} onClose={() => setAsking(false)} />}
    </>
  )
}
