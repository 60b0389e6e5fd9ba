// Skills and tools: what they are, what they contain, how they changed.
import { type Page, queryString, type Row } from "../api.ts"
import { Ago, Badge, Card, Severity, Tags, Time } from "../components/bits.tsx"
import { Diff } from "../components/diff.tsx"
import { SearchBox } from "../components/filters.tsx"
import { Load } from "../components/load.tsx"
import { Table } from "../components/table.tsx"
import { VerdictBadge, Verdicts } from "../components/verdicts.tsx"
import { bytes, inert, list, number, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { href, place, setParams } from "../router.ts"
import { Findings } from "./activity.tsx"

export function SkillsPage() {
  const { params } = place.value
  const tab = params.get("tab") ?? "skills"
  const shared = { search: params.get("search") ?? undefined, changed: params.has("changed") ? true : undefined }
  return (
    <>
      <div class="head">
        <h1>{t("skillsTools")}</h1>
      </div>
      <div class="toolbar">
        <div class="tabs" role="tablist">
          {(["skills", "tools"] as const).map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={tab === name}
              onClick={() => setParams({ tab: name, server: undefined })}
            >
              {t(name)}
            </button>
          ))}
        </div>
        <SearchBox />
        <label class="check">
          <input
            type="checkbox"
            checked={params.has("changed")}
            onChange={(change) => setParams({ changed: change.currentTarget.checked ? "1" : undefined })}
          />{" "}
          {t("onlyChanged")}
        </label>
      </div>
      {tab === "skills" ? (
        <Table
          path="/v1/skills"
          params={shared}
          paging="offset"
          label={t("skills")}
          link={(row) => href(["skill", text(row["name"])], { source: text(row["source"]) })}
          columns={[
            {
              title: t("name"),
              cell: (row) => (
                <>
                  {inert(row["name"])} <span class="muted">{inert(row["version"])}</span>
                </>
              ),
            },
            { title: t("verdict"), cell: (row) => <Verdict row={row} /> },
            { title: t("source"), cell: (row) => inert(row["source"]) },
            { title: t("versions"), cell: (row) => number(row["contents"]), numeric: true },
            { title: t("problems"), cell: (row) => <Tags of={row["problems"]} limit={2} />, wide: true },
            { title: t("agents"), cell: (row) => number(list(row["agents"]).length), numeric: true, wide: true },
            { title: t("lastSeen"), cell: (row) => <Ago at={row["last_seen"]} /> },
          ]}
        />
      ) : (
        <Table
          path="/v1/tools"
          params={{ ...shared, server: params.get("server") ?? undefined }}
          paging="offset"
          label={t("tools")}
          link={(row) => href(["tool", text(row["server"]), text(row["name"])])}
          columns={[
            { title: t("tool"), cell: (row) => inert(row["name"]) },
            { title: t("server"), cell: (row) => inert(row["server"]) || "–" },
            {
              title: t("versions"),
              cell: (row) => (Number(row["versions"]) > 1 ? <Badge tone="warn">{number(row["versions"])}</Badge> : number(row["versions"])),
              numeric: true,
            },
            { title: t("description"), cell: (row) => <span class="summary">{inert(row["description"])}</span>, wide: true },
            { title: t("changed"), cell: (row) => <Ago at={row["changed_at"]} /> },
          ]}
        />
      )}
    </>
  )
}

export function SkillPage() {
  const name = place.value.path[1] ?? ""
  const source = place.value.params.get("source")
  return (
    <>
      <p class="crumbs">
        <a href={href(["skills"])}>{t("skillsTools")}</a>
      </p>
      <Load<Page> path={`/v1/skills/${encodeURIComponent(name)}/versions${source === null ? "" : `?source=${encodeURIComponent(source)}`}`}>
        {({ items }) => (
          <>
            <div class="head">
              <h1>{inert(name)}</h1>
              <Badge tone={items.length > 1 ? "warn" : "neutral"}>{versions(items.length)}</Badge>
            </div>
            <div class="cards">
              <SkillFindings name={name} />
              {items.map((version, at) => (
                <SkillVersion key={text(version["hash"])} version={version} before={items[at - 1]} />
              ))}
            </div>
          </>
        )}
      </Load>
    </>
  )
}

/** What was found in it where it was fetched: the verdict of a sandbox is not the only word on a skill. */
function SkillFindings({ name }: { name: string }) {
  return (
    <Load<Page> path={`/v1/activity${queryString({ skill: name, kind: "skill", limit: 20 })}`}>
      {({ items }) => (items.length === 0 ? null : <Findings activities={items.map((row) => text(row["id"]))} />)}
    </Load>
  )
}

function SkillVersion({ version, before }: { version: Row; before: Row | undefined }) {
  const files = parsed(version["files"])
  const known = new Map(filesOf(before?.["files"]).map((file) => [text(file["path"]), text(file["sha256"])]))
  return (
    <Card title={`${inert(version["version"]) || text(version["hash"]).slice(0, 12)}`} wide action={<Time at={version["first_seen"]} />}>
      <p>{inert(version["description"])}</p>
      <dl class="facts">
        <dt>{t("source")}</dt>
        <dd>
          {inert(version["source"])} {inert(version["ref"])}
        </dd>
        {list(version["problems"]).length > 0 && (
          <>
            <dt>{t("problems")}</dt>
            <dd>
              <Tags of={version["problems"]} limit={12} />
            </dd>
          </>
        )}
        {list(version["allowed_tools"]).length > 0 && (
          <>
            <dt>{t("tools")}</dt>
            <dd>
              <Tags of={version["allowed_tools"]} limit={12} />
            </dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd>
          <code>{text(version["hash"])}</code>
        </dd>
      </dl>
      <h3>{t("engines")}</h3>
      <Verdicts sha256={text(version["hash"])} />
      <h3>{t("files")}</h3>
      <ul class="tree">
        {filesOf(files).map((file) => {
          const path = text(file["path"])
          const state = before === undefined ? "" : !known.has(path) ? "+" : known.get(path) === text(file["sha256"]) ? "" : "~"
          return (
            <li key={path} class={state === "+" ? "added" : state === "~" ? "changed" : undefined}>
              <span class="mark-state">{state}</span> {inert(path)}{" "}
              <span class="muted">
                {bytes(file["bytes"])} · {inert(file["mediaType"])}
              </span>
            </li>
          )
        })}
        {before !== undefined &&
          [...known.keys()]
            .filter((path) => !filesOf(files).some((file) => text(file["path"]) === path))
            .map((path) => (
              <li key={path} class="removed">
                <span class="mark-state">−</span> {inert(path)}
              </li>
            ))}
      </ul>
    </Card>
  )
}

function filesOf(value: unknown): Row[] {
  const files = parsed(value)
  return Array.isArray(files) ? (files as Row[]) : []
}

export function ToolPage() {
  const [, server = "", name = ""] = place.value.path
  return (
    <>
      <p class="crumbs">
        <a href={href(["skills"], { tab: "tools" })}>{t("tools")}</a>
      </p>
      <Load<Page> path={`/v1/tools/${encodeURIComponent(server)}/${encodeURIComponent(name)}/versions`}>
        {({ items }) => (
          <>
            <div class="head">
              <h1>{inert(name)}</h1>
              <span class="muted">{inert(server)}</span>
              <Badge tone={items.length > 1 ? "warn" : "neutral"}>{versions(items.length)}</Badge>
            </div>
            <div class="cards">
              <ToolFindings server={server} name={name} />
              {items.map((version, at) => (
                <Card key={text(version["hash"])} title={`${t("definition")} ${at + 1}`} wide action={<Time at={version["first_seen"]} />}>
                  <Diff before={at === 0 ? undefined : definition(items[at - 1])} after={definition(version)} />
                </Card>
              ))}
            </div>
          </>
        )}
      </Load>
    </>
  )
}

/** What was found of its server: a definition that gives orders, a change after approval, a secret in a call. */
function ToolFindings({ server, name }: { server: string; name: string }) {
  const host = server.replace(/^https?:\/\//, "").split("/")[0] ?? ""
  if (host === "" || server.startsWith("agent:")) return null
  return (
    <Load<Page> path={`/v1/events${queryString({ host, limit: 10 })}`}>
      {({ items }) =>
        items.length === 0 ? null : (
          <Card title={t("events")} wide action={<a href={href(["audit"], { tool: name })}>{t("toolCalls")}</a>}>
            <ul class="plain">
              {items.map((event) => (
                <li key={text(event["id"])}>
                  <Severity of={event["severity"]} /> <a href={href(["event", text(event["id"])])}>{inert(event["title"])}</a>{" "}
                  <span class="muted">{inert(event["summary"])}</span>
                </li>
              ))}
            </ul>
          </Card>
        )
      }
    </Load>
  )
}

function versions(count: number): string {
  return `${number(count)} ${count === 1 ? t("oneVersion") : t("versions").toLowerCase()}`
}

function definition(row: Row | undefined): string {
  if (row === undefined) return ""
  return [
    text(row["title"]),
    text(row["description"]),
    ...["input_schema", "output_schema", "annotations"].map((field) => {
      const value = parsed(row[field])
      return value === "" ? "" : `${field}\n${typeof value === "string" ? value : JSON.stringify(value, null, 2)}`
    }),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}

/** The sandbox's word where it has spoken, and the worst of what was found in the skill. */
function Verdict({ row }: { row: Row }) {
  const result = text(row["verdict"])
  const found = Number(row["findings"] ?? 0)
  if (result === "" && found === 0) return <span class="muted">{t("nothingFound")}</span>
  return (
    <>
      {result !== "" && <VerdictBadge of={result} />}{" "}
      {found > 0 && (
        <span class="nowrap">
          <Severity of={row["worst"]} />{" "}
          <span class="muted">
            {number(found)} {t("findings").toLowerCase()}
          </span>
        </span>
      )}
    </>
  )
}
