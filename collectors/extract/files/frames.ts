// Files in WebSocket messages: resources of MCP servers, pictures and documents in model sockets, and what comes as bytes of a known type.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { Direction } from "../../../services/contracts/primitives.ts"
import type { WebSocketFact } from "../../wire/facts.ts"
import { sha256Hex } from "../ids.ts"
import { parseJson } from "../json/parse.ts"
import { filesInJson } from "../skills/snapshot.ts"
import { utf8 } from "../text.ts"
import { isTextType, mediaTypeOf } from "./media-type.ts"

export interface FrameFile {
  readonly data: ActivityData<"file">
  readonly bytes: Uint8Array
}

export function filesInFrame(fact: WebSocketFact, direction: Direction): FrameFile[] {
  const { payload, authority, path, completeness } = fact
  if (payload.length < MIN_BYTES || payload.length > MAX_BYTES || (fact.opcode !== "text" && fact.opcode !== "binary")) return []
  const row = (file: {
    readonly name: string
    readonly bytes: Uint8Array
    readonly route: string
    readonly claimed?: string | undefined
  }): FrameFile => ({
    bytes: file.bytes,
    data: {
      name: file.name,
      bytes: file.bytes.length,
      sha256: sha256Hex(file.bytes),
      mediaType: mediaTypeOf(file.bytes),
      ...(file.claimed !== undefined && { claimedMediaType: file.claimed }),
      direction,
      source: { route: file.route, url: `wss://${authority}${path}`, inside: [] },
      completeness,
    },
  })
  const type = mediaTypeOf(payload)
  if (type === "application/json") {
    const head = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    if (!MARKS.some((mark) => head.includes(mark))) return []
    return filesInJson(parseJson(utf8(payload))?.value).map(({ name, bytes, route, claimedMediaType }) =>
      row({ name, bytes, route, claimed: claimedMediaType }),
    )
  }
  if (fact.opcode === "text" || isTextType(type) || type === "application/octet-stream" || type.startsWith("audio/")) return []
  return [row({ name: "message", bytes: payload, route: "websocket" })]
}

const MARKS = ['"blob"', '"data"', '"uri"', "base64", '"file_data"']
const MIN_BYTES = 16
const MAX_BYTES = 32 * 1024 * 1024
