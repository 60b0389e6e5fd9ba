// How the console looks, how long things are kept, who may sign in, and who read or changed what.
import { may } from "../api.ts"
import { Card } from "../components/bits.tsx"
import { Table } from "../components/table.tsx"
import { inert, text, time } from "../format.ts"
import { locale, setLocale, t } from "../i18n/i18n.ts"
import { keysOn, setKeys } from "../keys.ts"
import { setTheme, theme } from "../theme.ts"
import { Tokens, Users } from "./accounts.tsx"
import { RetentionCard } from "./retention.tsx"

export function SettingsPage() {
  return (
    <>
      <div class="head">
        <h1>{t("settings")}</h1>
      </div>
      <div class="cards">
        <Card title={t("appearance")}>
          <Appearance />
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
        <RetentionCard />
        {may("manage") && (
          <Card title={t("auditTrail")} wide>
            <p class="muted">{t("auditTrailHint")}</p>
            <Table
              path="/v1/audit"
              paging="none"
              label={t("auditTrail")}
              empty={{ title: t("nothing") }}
              columns={[
                {
                  title: t("when"),
                  cell: (row) => (
                    <time dateTime={text(row["at"])} title={text(row["at"])}>
                      {time(Date.parse(text(row["at"])) * 1_000)}
                    </time>
                  ),
                },
                { title: t("who"), cell: (row) => inert(row["who"]) },
                { title: t("action"), cell: (row) => <code>{text(row["action"])}</code> },
                { title: t("object"), cell: (row) => <span class="summary">{inert(row["object"])}</span> },
                { title: t("detail"), cell: (row) => <span class="summary muted">{inert(row["detail"])}</span>, wide: true },
              ]}
            />
          </Card>
        )}
      </div>
    </>
  )
}

function Appearance() {
  return (
    <div class="stack">
      <label class="field">
        <span>{t("language")}</span>
        <select value={locale.value} onChange={(change) => setLocale(change.currentTarget.value === "zh-CN" ? "zh-CN" : "en")}>
          <option value="en" lang="en">
            English
          </option>
          <option value="zh-CN" lang="zh-CN">
            简体中文
          </option>
        </select>
      </label>
      <label class="field">
        <span>{t("theme")}</span>
        <select value={theme.value} onChange={(change) => setTheme(change.currentTarget.value)}>
          <option value="system">{t("themeSystem")}</option>
          <option value="light">{t("themeLight")}</option>
          <option value="dark">{t("themeDark")}</option>
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked={keysOn.value} onChange={(change) => setKeys(change.currentTarget.checked)} /> {t("keysOn")}
      </label>
    </div>
  )
}
