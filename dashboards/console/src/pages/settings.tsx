import { useState } from "preact/hooks"
import { call, isProblem, may, type Page, type Problem } from "../api.ts"
import { Card } from "../components/bits.tsx"
import { ErrorBox, Load } from "../components/load.tsx"
import { Table } from "../components/table.tsx"
import { bytes, inert, number, text } from "../format.ts"
import { locale, setLocale, t } from "../i18n/i18n.ts"

export function SettingsPage() {
  return (
    <>
      <div class="head">
        <h1>{t("settings")}</h1>
      </div>
      <div class="cards">
        <Card title={t("language")}>
          <label class="field">
            <span>{t("language")}</span>
            <select value={locale.value} onChange={(change) => setLocale(change.currentTarget.value === "zh-CN" ? "zh-CN" : "en")}>
              <option value="en">English</option>
              <option value="zh-CN">简体中文</option>
            </select>
          </label>
        </Card>
        <Card title={t("storage")}>
          <Table
            path="/v1/storage"
            paging="none"
            label={t("storage")}
            columns={[
              { title: t("name"), cell: (row) => text(row["table"]) },
              { title: t("rows"), cell: (row) => number(row["rows"]), numeric: true },
              { title: t("bytes"), cell: (row) => bytes(row["bytes"]), numeric: true },
            ]}
          />
        </Card>
        {may("manage") && (
          <Card title={t("users")}>
            <Users />
          </Card>
        )}
        {may("manage") && (
          <Card title={t("tokensTitle")}>
            <Tokens />
          </Card>
        )}
        {may("manage") && (
          <Card title={t("auditTrail")} wide>
            <Table
              path="/v1/audit"
              paging="none"
              label={t("auditTrail")}
              empty={{ title: t("nothing") }}
              columns={[
                { title: t("when"), cell: (row) => text(row["at"]) },
                { title: t("who"), cell: (row) => inert(row["who"]) },
                { title: t("action"), cell: (row) => text(row["action"]) },
                { title: t("object"), cell: (row) => <span class="summary">{inert(row["object"])}</span> },
              ]}
            />
          </Card>
        )}
      </div>
    </>
  )
}

const ROLES = ["viewer", "analyst", "content", "admin"] as const

function Users() {
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
            <ul class="plain">
              {items.map((user) => (
                <li key={text(user["name"])}>
                  {inert(user["name"])} <span class="muted">{text(user["role"])}</span>{" "}
                  <button
                    type="button"
                    class="quiet"
                    onClick={() => run(call(`/v1/users/${encodeURIComponent(text(user["name"]))}`, { method: "DELETE" }))}
                  >
                    {t("remove")}
                  </button>
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

function Tokens() {
  const [made, setMade] = useState<string | undefined>(undefined)
  return (
    <Load<Page> path="/v1/tokens">
      {({ items }, reload) => (
        <>
          <ul class="plain">
            {items.map((token) => (
              <li key={text(token["id"])}>
                {inert(token["name"])}{" "}
                <span class="muted">
                  {text(token["role"])} · {text(token["id"])}
                </span>{" "}
                <button
                  type="button"
                  class="quiet"
                  onClick={() => void call(`/v1/tokens/${text(token["id"])}`, { method: "DELETE" }).then(reload)}
                >
                  {t("remove")}
                </button>
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
            {role}
          </option>
        ))}
      </select>
    </label>
  )
}
