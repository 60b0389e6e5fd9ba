import { useState } from "preact/hooks"
import { call, isProblem, type Problem, type Session, session } from "../api.ts"
import { ErrorBox } from "../components/load.tsx"
import { t } from "../i18n/i18n.ts"

export function SignInPage() {
  const [error, setError] = useState<Problem | undefined>(undefined)
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
      {error !== undefined && <ErrorBox error={error} />}
      <p class="hint">{t("signInHint")}</p>
    </main>
  )
}
