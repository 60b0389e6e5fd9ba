// Writes test/support/ocsf/ocsf-1.8.json: which attributes the OCSF classes and objects that we use have, of which type, which are required, which values
// an enumeration has. Facts only, no text. Give it the compiled schema (the PyPI package ocsf-json-schema carries it as ocsf/1.8.0.json):
//
//   node scripts/ocsf-facts.mjs 1.8.0.json
import { readFileSync, writeFileSync } from "node:fs"

const CLASSES = [
  "network_activity",
  "http_activity",
  "api_activity",
  "file_hosting",
  "dns_activity",
  "detection_finding",
  "data_security_finding",
]
const OBJECTS = [
  "actor",
  "ai_model",
  "analytic",
  "api",
  "application",
  "attack",
  "data_security",
  "dns_answer",
  "dns_query",
  "evidences",
  "file",
  "finding_info",
  "fingerprint",
  "http_request",
  "http_response",
  "ja4_fingerprint",
  "malware",
  "message_context",
  "metadata",
  "network_connection_info",
  "network_endpoint",
  "network_traffic",
  "product",
  "remediation",
  "service",
  "sub_technique",
  "technique",
  "tls",
  "url",
  "user",
]

const schema = JSON.parse(readFileSync(process.argv[2] ?? "1.8.0.json", "utf8"))

// Attributes that a profile brings; the compiled schema does not say which.
const PROFILES = {
  security_control: ["action", "action_id", "authorizations", "disposition", "disposition_id", "firewall_rule"],
  ai_operation: ["ai_model", "message_context"],
}
const OF_OTHER_PROFILES = ["cloud", "osint", "container", "load_balancer"]

const attributes = (from) =>
  Object.fromEntries(
    Object.entries(from)
      .filter(([name]) => !OF_OTHER_PROFILES.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { type, object_type: object, requirement, is_array: list, enum: values }]) => [
        name,
        [
          object ?? type,
          requirement === "required" ? "required" : "",
          list === true ? "list" : "",
          ...(values === undefined ? [] : [Object.keys(values).sort((a, b) => Number(a) - Number(b))]),
        ],
      ]),
  )

const facts = { version: schema.version, profiles: PROFILES, classes: {}, objects: {} }
for (const name of CLASSES) {
  const { uid, constraints = {}, profiles = [], attributes: own } = schema.classes[name]
  facts.classes[uid] = { name, constraints, profiles: profiles.filter((each) => each in PROFILES), attributes: attributes(own) }
}
for (const name of OBJECTS) {
  const { constraints = {}, attributes: own } = schema.objects[name]
  facts.objects[name] = { constraints, attributes: attributes(own) }
}
writeFileSync(new URL("../test/support/ocsf/ocsf-1.8.json", import.meta.url), `${JSON.stringify(facts)}\n`)
