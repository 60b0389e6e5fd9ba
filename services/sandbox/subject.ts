// What comes over the bus, as the examiner takes it in.
import type { Envelope } from "../contracts/envelope.ts"
import type { Member, Sighting } from "./case.ts"
import type { SampleInfo } from "./engine.ts"
import { kindOf } from "./kinds.ts"
import type { SkillTexts } from "./samples.ts"

export interface Submission {
  readonly info: SampleInfo
  readonly members: readonly Member[]
  readonly sighting: Sighting
  /** Of a skill. */
  readonly texts?: SkillTexts
  /** Key of the skill this file is a part of. */
  readonly parent?: string
}

/** Undefined for activities that carry no file. A skill that was only talked about ("seen") has no files to examine. */
export function submissionOf(envelope: Envelope): Submission | undefined {
  if (envelope.kind === "file") {
    const { data } = envelope
    if (!HASH.test(data.sha256) || data.bytes === 0) return undefined
    return {
      info: {
        subject: "file",
        sha256: data.sha256,
        name: data.name.slice(0, MAX_NAME),
        kind: kindOf(data.name, data.mediaType),
        mediaType: data.mediaType,
        bytes: data.bytes,
        direction: data.direction,
        whole: data.completeness === "full",
      },
      members: [],
      sighting: sightingOf(envelope, data.source.inside.join("!")),
    }
  }
  if (envelope.kind !== "skill" || envelope.data.how === "seen" || !HASH.test(envelope.data.hash)) return undefined
  const { data } = envelope
  return {
    info: {
      subject: "skill",
      sha256: data.hash,
      name: data.name.slice(0, MAX_NAME),
      kind: "skill",
      mediaType: "application/zip",
      bytes: data.files.reduce((total, file) => total + file.bytes, 0),
      direction: data.how === "uploaded" ? "outbound" : "inbound",
      whole: data.completeness === "full",
    },
    members: data.files.map(({ path, sha256, bytes, mediaType }) => ({ path, sha256, bytes, mediaType })),
    sighting: sightingOf(envelope, "", data.host),
    texts: { texts: data.texts, executable: data.files.filter(({ executable }) => executable === true).map(({ path }) => path) },
  }
}

function sightingOf({ id, kind, at, sensor, agent, flow }: Envelope, inside: string, host = ""): Sighting {
  return {
    activity: id,
    kind,
    at,
    sensor,
    agent,
    flow,
    host: host !== "" ? host : (flow.host ?? flow.server.ip),
    ...(inside !== "" && { inside }),
  }
}

const HASH = /^[0-9a-f]{64}$/
const MAX_NAME = 300
