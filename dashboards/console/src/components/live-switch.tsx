import { t } from "../i18n/i18n.ts"
import { connected, live, setLive } from "../live.ts"

/** Says whether the page follows what happens, and stops it while somebody reads. */
export function LiveSwitch() {
  const state = !live.value ? "paused" : connected.value ? "live" : "reconnecting"
  return (
    <button type="button" class={`live ${state}`} aria-pressed={live.value} title={t("liveHint")} onClick={() => setLive(!live.value)}>
      <span class="dot" aria-hidden="true" /> {t(state)}
    </button>
  )
}
