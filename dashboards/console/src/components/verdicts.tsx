// Each engine's word on a file or skill: the merged verdict first, then who said what and why, for a skill file by file.
import { may, type Page, type Row } from "../api.ts"
import { inert, list, number, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { Badge, Tags, Time } from "./bits.tsx"
import { Load } from "./load.tsx"

export function Verdicts({ sha256 }: { sha256: string }) {
  if (!/^[0-9a-f]{64}$/.test(sha256) || !may("read")) return null
  return (
    <Load<Page> path={`/v1/verdicts/${sha256}`}>
      {({ items }) =>
        items.length === 0 ? (
          <p class="muted">{t("noVerdicts")}</p>
        ) : (
          <ul class="plain verdicts">
            {items.map((verdict) => (
              <Verdict key={`${text(verdict["sha256"])} ${text(verdict["engine"])} ${text(verdict["id"])}`} verdict={verdict} />
            ))}
          </ul>
        )
      }
    </Load>
  )
}

export function VerdictBadge({ of }: { of: string }) {
  const tone = of === "malicious" ? "bad" : of === "suspicious" ? "warn" : of === "clean" ? "good" : "neutral"
  return <Badge tone={tone}>{word(of)}</Badge>
}

function Verdict({ verdict }: { verdict: Row }) {
  const reasons = parsed(verdict["reasons"])
  const path = text(verdict["path"])
  const rows = Array.isArray(reasons) ? (reasons as Row[]) : list(reasons).map((one): Row => ({ text: one }))
  return (
    <li>
      <VerdictBadge of={text(verdict["result"])} />{" "}
      <strong>{verdict["engine"] === "merged" ? t("merged") : inert(verdict["engine"])}</strong>{" "}
      <span class="muted">
        {path !== "" && <code>{inert(path)}</code>} {t("score")} {number(verdict["score"])} ·{" "}
        <Time at={verdict["completed_at"] || verdict["submitted_at"]} />
      </span>{" "}
      <Tags of={verdict["labels"]} limit={8} />
      {/* The engines' lists repeat what stands above them: the merged word is read first. */}
      <details open={verdict["engine"] === "merged"}>
        <summary>
          {t("reason")} <span class="muted">{number(rows.length)}</span>
        </summary>
        <ul>
          {rows.map((reason, at) => (
            <li key={at}>
              {inert(reason["text"])} {reason["path"] !== undefined && <code>{inert(reason["path"])}</code>}{" "}
              {reason["rule"] !== undefined && <span class="muted">{inert(reason["rule"])}</span>}
            </li>
          ))}
        </ul>
      </details>
    </li>
  )
}
