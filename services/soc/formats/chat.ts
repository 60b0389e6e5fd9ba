// Slack, Teams and PagerDuty: short, for people. Text from the wire must not become markup, mentions or links.
import { essenceOf, type SocRecord } from "../record.ts"
import { severityNames } from "../severity.ts"

export function slack(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  const fields = [
    ["Severity", about.severity],
    ["Agent", about.agent],
    ["Destination", about.host],
    ["Action", about.action],
    ["Rule", about.rule],
    ["Evidence", about.masked],
    ["Revoke", about.revocation.map(({ vendor, url }) => `${vendor}: ${url}`).join(", ")],
    ["Id", about.id],
  ].filter(([, value]) => value !== "")
  return {
    text: slackText(`[${about.severity}] ${about.title}`),
    blocks: [
      { type: "header", text: { type: "plain_text", text: clip(about.title, 150) } },
      { type: "section", text: { type: "mrkdwn", text: slackText(clip(about.text || about.title, 2_900)) } },
      {
        type: "section",
        fields: fields.map(([name, value]) => ({ type: "mrkdwn", text: `*${name}*\n${slackText(clip(value ?? "", 500))}` })),
      },
    ],
  }
}

export function teams(record: SocRecord): Record<string, unknown> {
  const about = essenceOf(record)
  const facts = [
    ["Severity", about.severity],
    ["Agent", about.agent],
    ["Destination", about.host],
    ["Action", about.action],
    ["Rule", about.rule],
    ["Evidence", about.masked],
    ["Revoke", about.revocation.map(({ vendor, url }) => `${vendor}: ${url}`).join(", ")],
    ["Id", about.id],
  ].filter(([, value]) => value !== "")
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
            { type: "TextBlock", size: "Medium", weight: "Bolder", wrap: true, text: plain(about.title) },
            { type: "TextBlock", wrap: true, text: plain(about.text) },
            { type: "FactSet", facts: facts.map(([title, value]) => ({ title, value: plain(value ?? "") })) },
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
      summary: clip(about.title, 1_024),
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

/** Slack reads &, < and > as the start of mentions, links and entities. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

/** Adaptive cards read Markdown links and emphasis. */
function plain(text: string): string {
  return clip(text, 2_000).replaceAll(/[[\]()*_`#~|>\\]/g, (character) => `\\${character}`)
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
