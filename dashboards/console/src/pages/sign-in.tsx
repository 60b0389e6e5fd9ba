import { useEffect, useState } from "preact/hooks"
import { call, isProblem, keepPlace, type Problem, type Session, session, signInRefused } from "../api.ts"
import { ErrorBox } from "../components/load.tsx"
import { inert } from "../format.ts"
import type { Texts } from "../i18n/en.ts"
import { t } from "../i18n/i18n.ts"

export function SignInPage() {
  const [error, setError] = useState<Problem | undefined>(undefined)
  const [provider, setProvider] = useState<string | undefined>(undefined)
  useEffect(() => {
    // Without an answer there is still the password.
    void call<{ readonly oidc?: string }>("/v1/session/ways").then(
      ({ oidc }) => setProvider(oidc),
      () => undefined,
    )
  }, [])
  const refused = signInRefused.value
  const submit = async (form: HTMLFormElement) => {
    const given = new FormData(form)
    try {
      session.value = await call<Session>("/v1/session", {
        method: "POST",
        body: { name: given.get("name"), password: given.get("password") },
      })
    } catch (problem) {
      setError(isProblem(problem) ? problem : { status: 0, title: String(problem) })
    }
  }
  return (
    <main class="sign-in" id="main" tabIndex={-1}>
      <h1>Egret</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit(event.currentTarget)
        }}
      >
        <label class="field">
          <span>{t("name")}</span>
          <input name="name" autoComplete="username" required />
        </label>
        <label class="field">
          <span>{t("password")}</span>
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" class="primary">
          {t("signIn")}
        </button>
      </form>
      {provider !== undefined && (
        <a class="button" href="/v1/session/oidc" onClick={keepPlace}>
          {t("signInBy")} {inert(provider)}
        </a>
      )}
      {error !== undefined && <ErrorBox error={error} />}
      {refused !== undefined && error === undefined && <ErrorBox error={{ status: 401, title: t(REFUSALS[refused] ?? "signInInvalid") }} />}
      <p class="hint">{t("signInHint")}</p>
    </main>
  )
}

const REFUSALS: Readonly<Record<string, keyof Texts>> = {
  expired: "signInExpired",
  refused: "signInRefused",
  invalid: "signInInvalid",
  "no-role": "signInNoRole",
  unavailable: "signInUnavailable",
}
