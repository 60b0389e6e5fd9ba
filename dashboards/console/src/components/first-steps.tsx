// What a newcomer does next: nothing was seen yet, or only the sample day.
import type { Page } from "../api.ts"
import { text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { useLoad } from "./load.tsx"

export function FirstSteps() {
  const { data } = useLoad<Page>("/v1/coverage?by=sensor", true)
  if (data === undefined) return null
  const sample = data.items.length > 0 && data.items.every((row) => text(row["key"]) === SAMPLE_SENSOR)
  if (data.items.length > 0 && !sample) return null
  return (
    <details class="steps" open={!sample}>
      <summary>{t(sample ? "stepsSample" : "stepsNothing")}</summary>
      <ol>
        <li>
          {t("stepMirror")} <code>egret mirror plan --egress-ip IP --target eni-…</code>
        </li>
        <li>
          {t("stepKeys")} <code>egret keys run -- COMMAND</code>
        </li>
        <li>
          {t("stepReplay")} <code>egret replay FILE.pcap --keylog KEYS --store</code>
        </li>
        <li>
          {t("stepPolicy")} <a href="#/behaviour">{t("behaviour")}</a>
        </li>
      </ol>
    </details>
  )
}

/** The name that `egret up --demo` gives its sensor. */
const SAMPLE_SENSOR = "demo"
