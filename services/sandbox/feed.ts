// From the bus to the examiner and back. A batch is acknowledged once its cases are on disk.
import type { Bus, BusBatch, BusEvent, Subscription } from "../contracts/bus.ts"
import type { Envelope } from "../contracts/envelope.ts"
import { envelope } from "../contracts/envelope.ts"
import { readFilePart } from "../contracts/file-part.ts"
import { topics } from "../contracts/topics.ts"
import { keyOf } from "./case.ts"
import type { Engine } from "./engine.ts"
import type { Examiner } from "./examiner.ts"
import type { Outcome } from "./herald.ts"
import { kindOf } from "./kinds.ts"
import { type Submission, submissionOf } from "./subject.ts"

export async function subscribeExaminer(bus: Bus, examiner: Examiner, engines: readonly Engine[]): Promise<Subscription> {
  const subscriptions = [
    await bus.subscribe(topics.activity, GROUP, (batch) => takeActivities(batch, { examiner, engines }), { ordered: false }),
    await bus.subscribe(topics.file, GROUP, (batch) => takeParts(batch, examiner)),
  ]
  return {
    close: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.close()))
    },
  }
}

/** One key for all that is said of one subject, so that its order is kept. */
export async function publishOutcome(bus: Bus, { verdicts, findings, events }: Outcome): Promise<void> {
  const key = verdicts[0]?.sha256 ?? events[0]?.id ?? findings[0]?.id ?? ""
  const asEvent = (value: unknown): BusEvent => ({ key, value: Buffer.from(JSON.stringify(value)) })
  if (verdicts.length > 0) await bus.publish(topics.verdict, verdicts.map(asEvent))
  if (findings.length > 0) await bus.publish(topics.finding, findings.map(asEvent))
  if (events.length > 0) await bus.publish(topics.event, events.map(asEvent))
}

interface Taking {
  readonly examiner: Examiner
  readonly engines: readonly Engine[]
}

async function takeActivities(batch: BusBatch, { examiner, engines }: Taking): Promise<void> {
  for (const event of batch.events) {
    // Most activities are neither, and parsing them is the dearest thing here.
    const text = Buffer.from(event.value.buffer, event.value.byteOffset, event.value.byteLength)
    if (!text.includes('"kind":"file"') && !text.includes('"kind":"skill"')) continue
    const parsed = read(text)
    if (parsed === undefined) continue
    const submission = submissionOf(parsed)
    if (submission === undefined) continue
    await examiner.accept(submission)
    for (const member of membersOf(submission, engines)) await examiner.accept(member)
    await examiner.keepMembers(submission)
  }
}

/** What does not parse is the detect role's and the store's to put on the dead letters; here it only is no file. */
function read(text: Buffer): Envelope | undefined {
  try {
    const parsed = envelope.safeParse(JSON.parse(text.toString("utf8")))
    return parsed.success ? (parsed.data as Envelope) : undefined
  } catch {
    return undefined
  }
}

/** Files of a skill that some engine knows by their own hashes. */
function membersOf({ info, members, sighting }: Submission, engines: readonly Engine[]): Submission[] {
  if (info.subject !== "skill") return []
  const found = members.flatMap((member): Submission[] => {
    const kind = kindOf(member.path, member.mediaType)
    const file = {
      ...info,
      subject: "file" as const,
      sha256: member.sha256,
      name: member.path,
      kind,
      mediaType: member.mediaType,
      bytes: member.bytes,
    }
    const isAsked = member.bytes > 0 && engines.slice(1).some((engine) => engine.lookup !== undefined && engine.accepts(file).asked)
    if (!isAsked || !/^[0-9a-f]{64}$/.test(member.sha256)) return []
    return [{ info: file, members: [], sighting: { ...sighting, inside: info.name }, parent: keyOf("skill", info.sha256) }]
  })
  return found.slice(0, MAX_MEMBERS)
}

async function takeParts(batch: BusBatch, examiner: Examiner): Promise<void> {
  for (const event of batch.events) {
    const part = readFilePart(event)
    // The store puts what is no part on the dead letters.
    if (!("problem" in part)) await examiner.addPart({ sha256: part.sha256, part: part.part, parts: part.parts, bytes: part.data })
  }
}

const GROUP = "egret-sandbox"
// A skill with more programs than this is a repository; the rest is seen when it is fetched as files.
const MAX_MEMBERS = 100
