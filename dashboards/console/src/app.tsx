import type { ComponentType } from "preact"
import { call, session } from "./api.ts"
import { Shortcuts } from "./components/shortcuts.tsx"
import type { Texts } from "./i18n/en.ts"
import { locale, setLocale, t } from "./i18n/i18n.ts"
import { word } from "./i18n/words.ts"
import { ActivityPage } from "./pages/activity.tsx"
import { AgentPage } from "./pages/agent.tsx"
import { AuditPage } from "./pages/audit.tsx"
import { BehaviourPage } from "./pages/behaviour.tsx"
import { ConversationPage } from "./pages/conversation.tsx"
import { DestinationsPage } from "./pages/destinations.tsx"
import { EventPage } from "./pages/event.tsx"
import { EventsPage } from "./pages/events.tsx"
import { OverviewPage } from "./pages/overview.tsx"
import { RuntimePage } from "./pages/runtime.tsx"
import { SensorsPage } from "./pages/sensors.tsx"
import { SettingsPage } from "./pages/settings.tsx"
import { SignInPage } from "./pages/sign-in.tsx"
import { SkillPage, SkillsPage, ToolPage } from "./pages/skills.tsx"
import { href, place } from "./router.ts"

interface Entry {
  readonly path: string
  readonly title: keyof Texts
  readonly page: ComponentType
  readonly hidden?: true
}

const entries: readonly Entry[] = [
  { path: "", title: "overview", page: OverviewPage },
  { path: "events", title: "events", page: EventsPage },
  { path: "audit", title: "audit", page: AuditPage },
  { path: "runtime", title: "runtime", page: RuntimePage },
  { path: "behaviour", title: "behaviour", page: BehaviourPage },
  { path: "skills", title: "skillsTools", page: SkillsPage },
  { path: "destinations", title: "destinations", page: DestinationsPage },
  { path: "sensors", title: "sensors", page: SensorsPage },
  { path: "settings", title: "settings", page: SettingsPage },
  { path: "event", title: "events", page: EventPage, hidden: true },
  { path: "activity", title: "activity", page: ActivityPage, hidden: true },
  { path: "conversation", title: "conversation", page: ConversationPage, hidden: true },
  { path: "agent", title: "agent", page: AgentPage, hidden: true },
  { path: "skill", title: "skills", page: SkillPage, hidden: true },
  { path: "tool", title: "tools", page: ToolPage, hidden: true },
]

export function App() {
  if (session.value === undefined) return <p class="loading">{t("loading")}…</p>
  if (session.value === null) return <SignInPage />
  const [first = ""] = place.value.path
  const entry = entries.find((candidate) => candidate.path === first)
  const Shown = entry?.page ?? NoPage
  document.title = `${t(entry?.title ?? "noPage")} · Egret`
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
        {t("skipToContent")}
      </button>
      <Navigation current={first} />
      <main id="main" tabIndex={-1}>
        <Shown key={place.value.path.join("/")} />
      </main>
    </>
  )
}

function NoPage() {
  return (
    <>
      <div class="head">
        <h1>{t("noPage")}</h1>
      </div>
      <p>
        {t("noPageHint")} <a href={href([])}>{t("overview")}</a>
      </p>
    </>
  )
}

function Navigation({ current }: { current: string }) {
  const parent: Readonly<Record<string, string>> = {
    event: "events",
    activity: "audit",
    conversation: "audit",
    agent: "runtime",
    skill: "skills",
    tool: "skills",
  }
  return (
    <header>
      <a class="brand" href={href([])}>
        <Mark /> Egret
      </a>
      <nav aria-label="Egret">
        {entries
          .filter((entry) => entry.hidden !== true)
          .map((entry) => (
            <a
              key={entry.path}
              href={href(entry.path === "" ? [] : [entry.path])}
              aria-current={(parent[current] ?? current) === entry.path ? "page" : undefined}
            >
              {t(entry.title)}
            </a>
          ))}
      </nav>
      <div class="who">
        <Shortcuts />
        <button
          type="button"
          class="quiet"
          lang={locale.value === "en" ? "zh-CN" : "en"}
          title={t("language")}
          onClick={() => setLocale(locale.value === "en" ? "zh-CN" : "en")}
        >
          {locale.value === "en" ? "中文" : "English"}
        </button>
        <span class="name" title={word(session.value?.role ?? "")}>
          {session.value?.name}
        </span>
        <button
          type="button"
          class="quiet"
          onClick={() =>
            void call("/v1/session", { method: "DELETE" }).finally(() => {
              session.value = null
            })
          }
        >
          {t("signOut")}
        </button>
      </div>
    </header>
  )
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
      <path class="mark" d="M21 5c3 0 5 2 5 4l-5 1c-1 0-1 1-1 2 0 6-3 8-8 10-3 1-5 3-6 5 0-6 3-9 6-11 4-2 5-4 5-7 0-2 2-4 4-4z" />
    </svg>
  )
}
