import { hostname } from "node:os"
import type { SocDestination } from "../../contracts/config/soc.ts"
import type { Sender, SenderOptions } from "../sender.ts"
import { eventBridgeSender, s3Sender, securityHubSender } from "./aws.ts"
import { bulkSender } from "./bulk.ts"
import { mispSender, theHiveSender } from "./cases.ts"
import { pagerDutySender, slackSender, teamsSender } from "./chat.ts"
import { fileSender } from "./file.ts"
import { kafkaSender } from "./kafka.ts"
import { otlpSender } from "./otlp.ts"
import { sentinelSender } from "./sentinel.ts"
import { splunkSender } from "./splunk.ts"
import { syslogSender } from "./syslog.ts"
import { taxiiSender } from "./taxii.ts"
import { webhookSender } from "./webhook.ts"

/** Opens no connection yet. */
export function openSender(destination: SocDestination, options: SenderOptions): Sender {
  switch (destination.type) {
    case "syslog":
      return syslogSender(destination, { version: options.version, hostname: hostname(), pid: process.pid })
    case "file":
      return fileSender(destination, options.version)
    case "kafka":
      return kafkaSender(destination, options)
    case "splunk":
      return splunkSender(destination, options)
    case "elastic":
      return bulkSender(destination, options)
    case "webhook":
      return webhookSender(destination, options)
    case "slack":
      return slackSender(destination)
    case "teams":
      return teamsSender(destination)
    case "pagerduty":
      return pagerDutySender(destination)
    case "securityhub":
      return securityHubSender(destination, options)
    case "eventbridge":
      return eventBridgeSender(destination, options)
    case "s3":
      return s3Sender(destination, options)
    case "sentinel":
      return sentinelSender(destination, options)
    case "taxii":
      return taxiiSender(destination, options)
    case "misp":
      return mispSender(destination)
    case "thehive":
      return theHiveSender(destination)
    case "otlp":
      return otlpSender(destination, options)
  }
}
