// Records for the SOC's tests, and a receiver that answers as it is told.
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import type { SecurityEvent } from "../../services/contracts/event.ts"
import type { Finding } from "../../services/contracts/finding.ts"
import type { Verdict } from "../../services/contracts/verdict.ts"
import type { SocRecord } from "../../services/soc/record.ts"

export function eventRecord(id: string, more: Partial<SecurityEvent> = {}): SocRecord {
  return {
    kind: "event",
    value: {
      v: 1,
      id,
      class: "data-leak",
      title: "Cloud key leaves to an unknown host",
      summary: "An access key was sent in a request body.",
      severity: "high",
      status: "new",
      notes: [],
      count: 1,
      firstSeen: 1_795_000_000_000_000,
      lastSeen: 1_795_000_000_000_000,
      revision: 0,
      rules: ["secret/aws-access-key-id"],
      destination: "paste.example",
      action: "alert",
      findings: ["f1"],
      activities: ["a1"],
      evidence: [{ masked: "AKIA****WXYZ", place: "body", path: "request.body" }],
      references: ["T1552.001", "LLM02:2025"],
      ...more,
    },
  }
}

export interface Got {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export async function openReceiver(
  answer: (got: Got, count: number) => { status: number; body?: string; headers?: Record<string, string> } = () => ({
    status: 200,
    body: "{}",
  }),
) {
  const got: Got[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") }
      got.push(one)
      const { status, body = "", headers = {} } = answer(one, got.length)
      response.writeHead(status, headers).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    got,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export async function until(condition: () => boolean, millis = 5_000): Promise<void> {
  const end = Date.now() + millis
  while (!condition()) {
    if (Date.now() > end) throw new Error("it did not happen in time")
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function findingRecord(id: string, more: Partial<Finding> = {}): SocRecord {
  return {
    kind: "finding",
    value: {
      v: 1,
      id,
      at: 1_795_000_000_000_000,
      sensor: "s",
      rule: "secret/aws-access-key-id",
      family: "secret",
      severity: "high",
      confidence: 0.9,
      title: "Cloud key in a request body",
      reason: "An access key was sent in a request body.",
      direction: "outbound",
      activity: { id: "a1", kind: "http" },
      flow: {
        id: "fl1",
        vni: 7,
        client: { ip: "10.0.0.10", port: 50_000 },
        server: { ip: "203.0.113.9", port: 443 },
        transport: "tcp",
        host: "paste.example",
      },
      destination: { host: "paste.example", port: 443, class: "paste" },
      evidence: {
        place: "body",
        path: "request.body",
        span: [0, 20],
        masked: "AKIA****WXYZ",
        context: "key=AKIA****WXYZ",
        fingerprint: "f00d",
        decoded: [],
      },
      facts: {},
      references: ["T1552.001"],
      related: [],
      decision: { action: "alert", enforced: false, rule: "r", reason: "because" },
      ...more,
    },
  }
}

export function verdictRecord(id: string, more: Partial<Verdict> = {}): SocRecord {
  return {
    kind: "verdict",
    value: {
      v: 1,
      id,
      sha256: "ab".repeat(32),
      subject: "skill",
      name: "pdf-helper",
      engine: "static",
      result: "malicious",
      score: 90,
      labels: ["exfiltration"],
      reasons: [{ text: "posts the environment to a paste site" }],
      submittedAt: 1_795_000_000_000_000,
      completedAt: 1_795_000_001_000_000,
      activities: ["a1"],
      ...more,
    },
  }
}
