// Where findings and events go, how that is doing, and a test whether they would arrive.
import { useState } from "preact/hooks"
import { call, isProblem, may, type Page, type Row } from "../api.ts"
import { inert, list, number, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { Badge, Card } from "./bits.tsx"
import { Empty, Load } from "./load.tsx"

export function SocCard() {
  return (
    <Card title={t("socDestinations")} wide>
      <Load<Page> live path="/v1/soc">
        {({ items }, reload) =>
          items.length === 0 ? (
            <Empty title={t("noSoc")} hint={t("noSocHint")} />
          ) : (
            <ul class="plain">
              {items.map((destination) => (
                <Destination key={text(destination["name"])} destination={destination} reload={reload} />
              ))}
            </ul>
          )
        }
      </Load>
    </Card>
  )
}

function Destination({ destination, reload }: { destination: Row; reload: () => void }) {
  const [said, setSaid] = useState<{ readonly good: boolean; readonly text: string } | undefined>(undefined)
  const name = text(destination["name"])
  const failing = Number(destination["failing"])
  const dead = Number(destination["dead"])
  const send = (what: "test" | "retry") =>
    void call(`/v1/soc/${encodeURIComponent(name)}/${what}`, { method: "POST" })
      .then((answer) => {
        if (what === "test")
          setSaid(answer["arrived"] === true ? { good: true, text: t("arrived") } : { good: false, text: inert(answer["problem"]) })
        else setSaid({ good: true, text: `${number(answer["count"])} ${t("putBack")}` })
        reload()
      })
      .catch((problem: unknown) =>
        setSaid({ good: false, text: isProblem(problem) ? `${problem.title} ${problem.detail ?? ""}` : String(problem) }),
      )
  return (
    <li class="soc">
      <span>
        <strong>{inert(name)}</strong> <span class="muted">{inert(destination["type"])}</span>{" "}
        <Badge tone={failing > 0 ? "bad" : "good"}>{failing > 0 ? `${t("failing")} ${number(failing)}×` : t("delivering")}</Badge>
      </span>
      <span class="muted">
        {list(destination["kinds"]).map(word).join(", ")} ≥ {word(text(destination["minSeverity"]))} · {number(destination["delivered"])}{" "}
        {t("delivered")} · {number(destination["waiting"])} {t("waitingRecords")} ·{" "}
        <span class={dead > 0 ? "bad-text" : ""}>
          {number(dead)} {t("dead")}
        </span>
      </span>
      <span class="buttons">
        {may("triage") && (
          <button type="button" onClick={() => send("test")}>
            {t("sendTest")}
          </button>
        )}
        {may("manage") && dead > 0 && (
          <button type="button" onClick={() => send("retry")}>
            {t("retryDead")}
          </button>
        )}
      </span>
      {destination["problem"] !== undefined && <p class="bad-text">{inert(destination["problem"])}</p>}
      {said !== undefined && (
        <p class={said.good ? "good" : "bad-text"} role="status">
          {said.text}
        </p>
      )}
    </li>
  )
}
