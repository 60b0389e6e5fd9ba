// Keys that work everywhere, and the list of all of them.
import { useState } from "preact/hooks"
import type { Texts } from "../i18n/en.ts"
import { t } from "../i18n/i18n.ts"
import { useKeys } from "../keys.ts"
import { live, setLive } from "../live.ts"
import { href } from "../router.ts"
import { Dialog } from "./dialog.tsx"

const PLACES: readonly (readonly [key: string, path: string, title: keyof Texts])[] = [
  ["1", "", "overview"],
  ["2", "events", "events"],
  ["3", "audit", "audit"],
  ["4", "runtime", "runtime"],
  ["5", "behaviour", "behaviour"],
  ["6", "skills", "skillsTools"],
  ["7", "destinations", "destinations"],
  ["8", "sensors", "sensors"],
  ["9", "settings", "settings"],
]
const IN_LISTS: readonly (readonly [key: string, title: keyof Texts])[] = [
  ["j / k", "keyRows"],
  ["Enter", "keyOpen"],
  ["x", "keyChoose"],
  ["/", "search"],
]
const ON_EVENTS: readonly (readonly [key: string, title: keyof Texts])[] = [
  ["t", "take"],
  ["r", "resolve"],
  ["f", "falsePositive"],
  ["s", "suppress"],
  ["n", "note"],
  ["j / k", "keyNeighbours"],
  ["u", "keyBack"],
]

export function Shortcuts() {
  const [open, setOpen] = useState(false)
  useKeys({
    ...Object.fromEntries(
      PLACES.map(([key, path]) => [
        key,
        () => {
          location.hash = href(path === "" ? [] : [path])
        },
      ]),
    ),
    p: () => setLive(!live.value),
    "?": () => setOpen(true),
  })
  return (
    <>
      <button type="button" class="quiet" aria-keyshortcuts="?" aria-label={t("keys")} title={t("keys")} onClick={() => setOpen(true)}>
        ?
      </button>
      {open && (
        <Dialog title={t("keys")} onClose={() => setOpen(false)}>
          <div class="keys">
            <Keys title={t("keysPages")} keys={[...PLACES.map(([key, , title]) => [key, title] as const), ["p", "pauseLive"]]} />
            <Keys title={t("keysLists")} keys={IN_LISTS} />
            <Keys title={t("keysEvent")} keys={ON_EVENTS} />
          </div>
          <p class="muted">{t("keysOff")}</p>
        </Dialog>
      )}
    </>
  )
}

function Keys({ title, keys }: { title: string; keys: readonly (readonly [key: string, title: keyof Texts])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
