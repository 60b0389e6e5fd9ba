import { may, type Page, type Row } from "../api.ts"
import { Card, Time } from "../components/bits.tsx"
import { Content } from "../components/content.tsx"
import { Empty, Load } from "../components/load.tsx"
import { inert, parsed, text } from "../format.ts"
import { t } from "../i18n/i18n.ts"
import { word } from "../i18n/words.ts"
import { href, place } from "../router.ts"

export function ConversationPage() {
  const id = place.value.path[1] ?? ""
  return (
    <>
      <p class="crumbs">
        <a href={href(["audit"], { conversation: id })}>{t("audit")}</a>
      </p>
      <div class="head">
        <h1>{t("conversation")}</h1>
      </div>
      {may("content") ? (
        <Load<Page> path={`/v1/conversations/${encodeURIComponent(id)}`}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("nothing")} />
            ) : (
              <div class="cards">
                {items.map((content) => (
                  <Card
                    key={text(content["id"])}
                    title={modelOf(content) || word(text(content["kind"]))}
                    wide
                    action={
                      <>
                        <a href={href(["activity", text(content["id"])])}>{t("activity")}</a> <Time at={content["at"]} />
                      </>
                    }
                  >
                    <Content content={content} />
                  </Card>
                ))}
              </div>
            )
          }
        </Load>
      ) : (
        <Empty title={t("contentHidden")} />
      )}
    </>
  )
}

/** Who answers can change within a conversation. */
function modelOf(content: Row): string {
  const model = (parsed(content["body"]) as { readonly requestModel?: unknown } | undefined)?.requestModel
  return typeof model === "string" ? inert(model) : ""
}
