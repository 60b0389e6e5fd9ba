// What other people's readers make of what we send: STIX by the validator of OASIS, MISP's own client, OpenTelemetry's protocol, and AWS interfaces that
// check every signature.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { respondConfig } from "../../services/contracts/config/respond.ts"
import { eventStatus } from "../../services/contracts/event.ts"
import { openResponder } from "../../services/respond/open-responder.ts"
import { activityNote } from "../../services/soc/activity.ts"
import { mispEvent } from "../../services/soc/formats/cases.ts"
import { otlpLogs } from "../../services/soc/formats/otlp.ts"
import { stixBundle, stixObjects } from "../../services/soc/formats/stix.ts"
import type { SocRecord } from "../../services/soc/record.ts"
import { pythonTools, startMoto } from "../support/python-tools.ts"
import { sampleDay } from "../support/sample-activities.ts"
import { eventRecord, findingRecord, verdictRecord } from "../support/soc.ts"
import { secret, senderOf } from "../support/soc-destination.ts"

const tools = pythonTools()
const folder = mkdtempSync(join(tmpdir(), "egret-python-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const records: readonly SocRecord[] = [
  ...eventStatus.options.map((status, index) => eventRecord(`e${index}`, { status, revision: index, lastSeen: 1_795_000_100_000_000 })),
  eventRecord("nowhere", { destination: "" }),
  eventRecord("address", { destination: "2001:db8::1" }),
  eventRecord("long", { destination: `${"a".repeat(70)}.example` }),
  eventRecord("foreign", { destination: "münchen.example" }),
  eventRecord("hostile", { title: '"><&\n\u0001', summary: "line\r\nfeed", destination: "h=1\tevil" }),
  findingRecord("f1"),
  ...(["clean", "malicious", "suspicious", "timeout"] as const).map((result) => verdictRecord(`v-${result}`, { result })),
]

describe.skipIf(tools === undefined)("other people's readers", () => {
  const use = () => {
    if (tools === undefined) throw new Error("no tools")
    return tools
  }

  it("the STIX validator finds no error in bundles of events, findings and verdicts", () => {
    const path = join(folder, "bundle.json")
    writeFileSync(path, JSON.stringify(stixBundle(records.flatMap(stixObjects), "all")))
    const { stdout, status } = spawnSync(use().command("stix2_validator"), ["--version", "2.1", path], { encoding: "utf8" })
    expect(stdout.split("\n").filter((line) => line.includes("[X]"))).toEqual([])
    expect([status, stdout]).toEqual([0, expect.stringContaining("STIX JSON: Valid")])
  })

  it("MISP's client reads every event, with types and categories that it knows", () => {
    const read = use().run(
      `import json, sys
from pymisp import MISPEvent
out = []
for one in json.load(sys.stdin):
    event = MISPEvent(strict_validation=True)
    event.from_dict(**one["Event"])
    out.append([event.uuid, len(event.attributes), [tag.name for tag in event.tags], all(a.to_json() for a in event.attributes)])
print(json.dumps(out))`,
      JSON.stringify(records.map(mispEvent)),
    )
    for (const [index, [, attributes, tags, whole]] of (JSON.parse(read) as [string, number, string[], boolean][]).entries()) {
      expect(attributes).toBeGreaterThanOrEqual(2)
      expect([index, tags, whole]).toEqual([index, ["tlp:amber", "egret"], true])
    }
  })

  it("OpenTelemetry's protocol takes every record, and knows every field", () => {
    const activity = sampleDay().flatMap((envelope): SocRecord[] => {
      const value = activityNote(envelope, { content: true })
      return value === undefined ? [] : [{ kind: "activity", value }]
    })
    const read = use().run(
      `import json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
request = json_format.Parse(sys.stdin.read(), ExportLogsServiceRequest())
logs = request.resource_logs[0].scope_logs[0].log_records
print(json.dumps([[log.time_unix_nano, log.severity_number, log.event_name, {a.key: a.value.WhichOneof("value") for a in log.attributes}] for log in logs]))`,
      JSON.stringify(otlpLogs([...records, ...activity], "1")),
    )
    const logs = JSON.parse(read) as [number, number, string, Record<string, string>][]
    expect(logs).toHaveLength(records.length + activity.length)
    for (const [time, severity, name, attributes] of logs) {
      expect(time).toBeGreaterThan(1.7e18)
      expect([severity > 0, name !== "", Object.values(attributes).includes("")]).toEqual([true, true, false])
    }
    const call = logs.find(([, , name]) => name.startsWith("gen_ai."))
    expect(call?.[3]).toMatchObject({
      "gen_ai.operation.name": "string_value",
      "gen_ai.usage.input_tokens": "int_value",
      "gen_ai.response.finish_reasons": "array_value",
    })
  })

  describe("AWS interfaces that check signatures", () => {
    let moto: Awaited<ReturnType<typeof startMoto>>
    let keys: { id: string; secret: string; eni: string; group: string; acl: string }
    beforeAll(async () => {
      moto = await startMoto(use(), { trusted: 11 })
      keys = JSON.parse(use().run(PREPARE, moto.url)) as typeof keys
    })
    afterAll(() => moto?.close())
    const boto = (service: string, expression: string): unknown =>
      JSON.parse(
        use().run(
          `import boto3, json, sys
given = json.load(sys.stdin)
client = boto3.client("${service}", endpoint_url=given["url"], region_name="eu-central-1", aws_access_key_id=given["id"], aws_secret_access_key=given["secret"])
print(json.dumps(${expression}, default=str))`,
          JSON.stringify({ ...keys, url: moto.url }),
        ),
      )
    const aws = (key = keys.secret) => ({ region: "eu-central-1", accessKeyId: secret(keys.id), secretAccessKey: secret(key) })

    it("S3 keeps a batch as one object, under a key with every character, and once", async () => {
      const given = { type: "s3", url: moto.url, bucket: "findings", prefix: "egret/day=1/(a) +é/" }
      expect(await senderOf({ ...given, ...aws("wrong".repeat(8)) }).send(records)).toMatchObject({
        outcome: "retry",
        reason: expect.stringContaining("403"),
      })
      const sender = senderOf({ ...given, ...aws() })
      expect(await sender.send(records)).toEqual({ outcome: "delivered" })
      expect(await sender.send(records)).toEqual({ outcome: "delivered" })
      const [key, ...others] = boto("s3", '[o["Key"] for o in client.list_objects_v2(Bucket="findings")["Contents"]]') as string[]
      expect([key?.startsWith("egret/day=1/(a) +é/"), others]).toEqual([true, []])
      const body = boto("s3", `client.get_object(Bucket="findings", Key=${JSON.stringify(key)})["Body"].read().decode()`) as string
      expect(
        body
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).metadata.product.name),
      ).toEqual(records.map(() => "Egret"))
    })

    it("Security Hub imports findings, and EventBridge takes events", async () => {
      const hub = { type: "securityhub", url: `${moto.url}/findings/import`, account: "123456789012" }
      expect(await senderOf({ ...hub, ...aws("wrong".repeat(8)) }).send(records)).toMatchObject({ outcome: "retry" })
      expect(await senderOf({ ...hub, ...aws() }).send(records)).toMatchObject({ outcome: "delivered", dead: [], again: [] })
      const found = boto("securityhub", 'sorted(f["Id"] for f in client.get_findings(MaxResults=100)["Findings"])') as string[]
      expect(found).toContain("egret/e0")
      expect(new Set(found).size).toBe(records.length)
      const bus = { type: "eventbridge", url: `${moto.url}/` }
      expect(await senderOf({ ...bus, ...aws("wrong".repeat(8)) }).send(records.slice(0, 10))).toMatchObject({ outcome: "retry" })
      expect(await senderOf({ ...bus, ...aws() }).send(records.slice(0, 10))).toMatchObject({ outcome: "delivered", dead: [], again: [] })
    })

    it("EC2 takes an agent into quarantine and closes its subnet to an address, and both go again", async () => {
      const before = [process.env["AWS_ACCESS_KEY_ID"], process.env["AWS_SECRET_ACCESS_KEY"]]
      process.env["AWS_ACCESS_KEY_ID"] = keys.id
      process.env["AWS_SECRET_ACCESS_KEY"] = keys.secret
      try {
        let clock = Date.now()
        const at = { region: "eu-central-1", endpoint: moto.url }
        const config = respondConfig.parse({
          enabled: true,
          dryRun: false,
          stateDir: join(folder, "respond"),
          actions: [
            { name: "quarantine", type: "security-group", securityGroup: keys.group, ...at },
            { name: "deny", type: "network-acl", ...at },
          ],
        })
        const responder = openResponder(config, { now: () => clock, audit: () => {} })
        const target = { workload: { networkInterface: keys.eni, ip: "10.0.0.10" }, destination: { ips: ["203.0.113.99"] } }
        const state = () => [
          boto(
            "ec2",
            `[g["GroupId"] for g in client.describe_network_interfaces(NetworkInterfaceIds=["${keys.eni}"])["NetworkInterfaces"][0]["Groups"]]`,
          ),
          boto(
            "ec2",
            `sorted([e["Egress"], e["RuleAction"], e["CidrBlock"]] for e in client.describe_network_acls(NetworkAclIds=["${keys.acl}"])["NetworkAcls"][0]["Entries"])`,
          ),
        ]
        const [groups, entries] = state()
        for (const action of ["quarantine", "deny"]) {
          const plan = await responder.plan({ action, target, reason: "a key leaves", by: "ann", key: action })
          if ("refused" in plan) throw new Error(plan.refused)
          expect(await responder.apply(plan.id, "ann")).toMatchObject({ state: "applied" })
        }
        const [quarantined, closed] = state()
        expect(quarantined).toEqual([keys.group])
        expect((closed as unknown[]).filter((entry) => !JSON.stringify(entries).includes(JSON.stringify(entry)))).toEqual([
          [false, "deny", "203.0.113.99/32"],
          [true, "deny", "203.0.113.99/32"],
        ])
        clock += 3 * 3_600_000
        await responder.tick()
        expect(state()).toEqual([groups, entries])
      } finally {
        for (const [index, name] of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].entries()) {
          const value = before[index]
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }
    })
  })
})

/** Eleven requests that need no signature of ours. */
const PREPARE = `import boto3, json, sys
given = dict(endpoint_url=sys.stdin.read(), region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="y")
iam, s3, ec2, hub = (boto3.client(name, **given) for name in ("iam", "s3", "ec2", "securityhub"))
iam.create_user(UserName="egret")
iam.put_user_policy(UserName="egret", PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
key = iam.create_access_key(UserName="egret")["AccessKey"]
s3.create_bucket(Bucket="findings", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
hub.enable_security_hub()
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
group = ec2.create_security_group(VpcId=vpc, GroupName="quarantine", Description="nothing passes")["GroupId"]
eni = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.0.0.10")["NetworkInterface"]["NetworkInterfaceId"]
ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
acl = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"][0]["NetworkAclId"]
print(json.dumps(dict(id=key["AccessKeyId"], secret=key["SecretAccessKey"], eni=eni, group=group, acl=acl)))`
