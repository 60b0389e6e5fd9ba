// Slack, Teams and PagerDuty: short, for people. Text from the wire must not become markup, mentions or links.
import { type Essence, essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export function slack(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  const title = about.title.trim() || about.rule || "Egret"
  return {
    text: slackText(`[${about.severity}] ${clip(title, 500)}`, 2_900),
    blocks: [
      { type: "header", text: { type: "plain_text", text: clip(title, 150) } },
      { type: "section", text: { type: "mrkdwn", text: slackText(about.text.trim() || title, 2_900) } },
      {
        type: "section",
        fields: factsOf(about).map(([name, value]) => ({ type: "mrkdwn", text: `*${name}*\n${slackText(value, 1_900)}` })),
      },
    ],
  }
}

export function teams(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          type: "AdaptiveCard",
          version: "1.4",
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          body: [
            { type: "TextBlock", size: "Medium", weight: "Bolder", wrap: true, text: plain(about.title || about.rule) },
            { type: "TextBlock", wrap: true, text: plain(about.text) },
            { type: "FactSet", facts: factsOf(about).map(([title, value]) => ({ title, value: plain(value) })) },
          ],
        },
      },
    ],
  }
}

export function pagerDuty(record: SocRecord, routingKey: string): Record<string, unknown> {
  const about = essenceOf(record)
  const resolved =
    record.kind === "event" &&
    (record.value.status === "resolved" || record.value.status === "false-positive" || record.value.status === "suppressed")
  return {
    routing_key: routingKey,
    event_action: resolved ? "resolve" : "trigger",
    dedup_key: about.id,
    payload: {
      summary: clip(about.title.trim() || about.rule || "Egret", 1_024),
      source: about.egressIp || about.sourceIp || "egret",
      severity: severityNames[about.severity].pagerDuty,
      timestamp: new Date(about.time).toISOString(),
      component: about.agent,
      group: about.host,
      class: about.family,
      custom_details: {
        id: about.id,
        revocation: about.revocation,
        rule: about.rule,
        reason: about.text,
        evidence: about.masked,
        action: about.action,
        references: about.references,
      },
    },
  }
}

function factsOf(about: Essence): [name: string, value: string][] {
  const facts: [string, string][] = [
    ["Severity", about.severity],
    ["Agent", about.agent],
    ["Destination", about.host || about.destinationIp],
    ["Action", about.action],
    ["Rule", about.rule],
    ["Evidence", about.masked],
    ["Revoke", about.revocation.map(({ vendor, url }) => `${vendor}: ${url}`).join(", ")],
    ["Id", about.id],
  ]
  return facts.filter(([, value]) => value.trim() !== "")
}

/**
 * Slack reads &, < and > as the start of mentions, links and entities. It refuses the whole message when one text is too long once they are escaped: text
 * from the wire must not be able to bring that about.
 */
function slackText(text: string, length: number): string {
  let escaped = ""
  for (const character of text) {
    const next = SLACK_ESCAPES[character] ?? character
    if (escaped.length + next.length > length - 1) return `${escaped}…`
    escaped += next
  }
  return escaped
}

/** Adaptive cards read Markdown links and emphasis. Short enough that ten of them, escaped and in UTF-8, stay below the 28 KB that Teams takes. */
function plain(text: string): string {
  return clip(text, 600).replaceAll(/[[\]()*_`#~|>\\]/g, (character) => `\\${character}`)
}

const SLACK_ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
