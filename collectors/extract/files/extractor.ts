// Exchanges become files and skills. Rebuilds what crossed in either direction, opens archives and packs within bounds, finds files inside JSON,
// joins ranges, and says by which route a skill came.
import type { ActivityData } from "../../../services/contracts/envelope.ts"
import type { Completeness, Direction } from "../../../services/contracts/primitives.ts"
import type { HttpExchange, HttpMessage } from "../../wire/facts.ts"
import type { Micros } from "../../wire/stream.ts"
import { unpackAll } from "../archive/open.ts"
import { GitObjects } from "../git/pack.ts"
import { packOf } from "../git/pkt-line.ts"
import { tipTrees } from "../git/tree.ts"
import { sha256Hex } from "../ids.ts"
import { LimitedMap } from "../limited-map.ts"
import { type BundleFile, type BundleOrigin, bundlesIn, isSkillFile, type SkillData } from "../skills/bundle.ts"
import { type Digest, FileIndexes } from "../skills/discovery.ts"
import { LooseSkills } from "../skills/loose.ts"
import { type Route, routeOf } from "../skills/routes.ts"
import { filesInJson } from "../skills/snapshot.ts"
import { isTextType, mediaTypeOf } from "./media-type.ts"
import { extensionOf, fileNameOf, header } from "./name.ts"
import { uploadedParts } from "./parts.ts"
import { RangeJoiner } from "./ranges.ts"

export type FileData = ActivityData<"file">

export interface FileSink {
  /** The exchange is a call to a model: skills that its words quote are the transcript's, and told from there. */
  readonly quotes?: boolean
  /** `position` is unique within the exchange and the same on every replay. */
  file(data: FileData, bytes: Uint8Array, position: string): void
  skill(data: SkillData, position: string): void
}

export interface FileExtractor {
  /** `requestDirection` is how the request travels, seen from the agent. */
  exchange(exchange: HttpExchange, requestDirection: Direction, sink: FileSink, json?: ReadJson): void
}

/** The JSON values of a body that somebody read already: one, or those of its events and lines; none where it is not whole. */
export type ReadJson = (message: HttpMessage) => readonly unknown[]

export function createFileExtractor(): FileExtractor {
  const ranges = new RangeJoiner()
  const indexes = new FileIndexes()
  const loose = new LooseSkills()
  const repositories = new LimitedMap<string, GitObjects>(MAX_REPOSITORIES)

  const readSide = (side: SideOf): void => {
    const { message, exchange } = side
    if (message.body.bytes.length === 0) return
    const type = mediaTypeOf(message.body.bytes)
    const url = urlOf(exchange)
    if (side.route.route === "git") readGit(side)
    else if (isMultipart(message)) readMultipart(side)
    else {
      if (type === "application/json" || streamsFiles(message)) readJson(side, url)
      if (type === "text/html" && url.includes("/simple/")) indexes.readLinks(url, textOf(message.body.bytes))
      if (isFile(side, type)) readFile(side, { bytes: wholeBytes(side, url), type, url })
    }
  }

  /** Folder uploads keep the folder in each part's file name. */
  const readMultipart = (side: SideOf): void => {
    const files = uploadedParts(side.message).map((part) => ({
      path: part.name,
      bytes: part.bytes,
      executable: false,
      completeness: part.completeness,
    }))
    for (const file of files) {
      tell(side, { name: file.path, bytes: file.bytes, route: "multipart", completeness: file.completeness, type: mediaTypeOf(file.bytes) })
      openInside(side, file.path, file.bytes, {})
    }
    tellSkills(side, files, {})
  }

  const readFile = (side: SideOf, { bytes, type, url }: { bytes: Uint8Array; type: string; url: string }): void => {
    const completeness = side.message.body.completeness
    // A part of a file matches no digest, and says nothing of the whole.
    const digest = completeness === "full" && side.direction !== side.requestDirection ? indexes.check(url, bytes) : undefined
    const route = side.direction === side.requestDirection ? "request" : "response"
    tell(side, { name: side.name, bytes, route, completeness, type, ...(digest !== undefined && { digest }) })
    if (!isTextType(type)) {
      openInside(side, side.name, bytes, { digest })
      return
    }
    const address = looseAddress(side, bytes)
    // An API that wraps the file in JSON: its text was found inside.
    if (type !== "application/json" || !isSkillFile(address)) tellLoose(side, address, { path: side.name, bytes }, digest)
  }

  /** A text that may belong to a skill which is fetched piece by piece. */
  const tellLoose = (side: SideOf, address: string, { path, bytes }: Pick<BundleFile, "path" | "bytes">, digest?: Digest): void => {
    const file = { path, bytes, executable: false, completeness: side.message.body.completeness }
    const skill = loose.add(address, file, originOf(side, { digest }))
    if (skill !== undefined) side.sink.skill(skill, `${side.position}/${skill.hash}`)
  }

  /** Tells the files of an archive that lay inside something else. */
  const openInside = (side: SideOf, name: string, bytes: Uint8Array, parts: OriginParts): void => {
    const unpacked = bytes.length > 0 ? unpackAll(name, bytes) : undefined
    if (unpacked === undefined) return
    for (const entry of unpacked.entries.slice(0, MAX_TOLD)) {
      if (entry.bytes.length === 0) continue
      tell(side, {
        name: entry.path,
        bytes: entry.bytes,
        route: "archive",
        completeness: entry.completeness,
        type: mediaTypeOf(entry.bytes),
        inside: entry.inside,
      })
    }
    const strip = side.route.stripTop === true
    const files = unpacked.entries.map((entry) => ({ ...entry, path: strip ? entry.path.slice(entry.path.indexOf("/") + 1) : entry.path }))
    tellSkills(side, files, { ...parts, problems: unpacked.problems })
  }

  const readJson = (side: SideOf, url: string): void => {
    const values = side.json?.(side.message) ?? parseJson(side.message.body.bytes)
    for (const value of values) readValue(side, url, value)
  }

  const readValue = (side: SideOf, url: string, json: unknown): void => {
    if (indexes.readSkills(url, json)) return
    if (side.direction !== side.requestDirection) indexes.readPackages(url, json)
    const found = filesInJson(json).filter(({ route }) => route !== "json-text" || side.sink.quotes !== true)
    const files = found.map((file) => ({
      ...file,
      path: side.route.file === undefined || file.route !== "json-contents" ? file.name : side.route.file,
    }))
    for (const file of files) {
      const type = mediaTypeOf(file.bytes)
      tell(side, {
        name: file.path,
        bytes: file.bytes,
        route: file.route,
        completeness: side.message.body.completeness,
        type,
        ...(file.claimedMediaType !== undefined && { claimed: file.claimedMediaType }),
      })
      if (!isTextType(type)) openInside(file.route === "inline-skill" ? inlineSide(side) : side, file.path, file.bytes, {})
      else if (file.route === "mcp-resource" || file.route === "json-text") tellLoose(side, `${hostOf(side)}/${file.path}`, file)
    }
    const snapshot = files.filter((file) => file.route === "json-snapshot" || file.route === "json-contents")
    tellSkills(
      side,
      snapshot.map((file) => ({ path: file.path, bytes: file.bytes, executable: false, completeness: side.message.body.completeness })),
      {},
    )
  }

  const readGit = (side: SideOf): void => {
    const pack = packOf(side.message.body.bytes)
    if (pack === undefined) return
    const objects = repositories.get(side.route.source) ?? new GitObjects()
    repositories.set(side.route.source, objects)
    const { added, problems } = objects.addPack(pack)
    const completeness = problems.includes("pack-cut") ? "truncated" : side.message.body.completeness
    tell(side, {
      name: "pack",
      bytes: pack,
      route: "git",
      completeness,
      type: "application/x-git-pack",
      archive: { format: "git-pack", entries: added, problems: [...problems] },
    })
    for (const tree of tipTrees(objects)) {
      const files = tree.files.flatMap((file) =>
        file.bytes === undefined
          ? []
          : [{ path: file.path, bytes: file.bytes, executable: file.executable, completeness: "full" as const }],
      )
      for (const file of files.slice(0, MAX_TOLD))
        tell(side, {
          name: file.path,
          bytes: file.bytes,
          route: "git",
          completeness: "full",
          type: mediaTypeOf(file.bytes),
          ref: tree.commit,
        })
      tellSkills({ ...side, route: { ...side.route, ref: tree.commit } }, files, {
        how: side.direction === "outbound" ? "uploaded" : "fetched",
        problems: tree.problems,
      })
    }
  }

  const wholeBytes = (side: SideOf, url: string): Uint8Array => {
    const { message, exchange } = side
    const contentRange = header(message.headers, "content-range")
    if (exchange.status !== 206 || contentRange === undefined || side.direction === side.requestDirection) return message.body.bytes
    return (
      ranges.add(url, {
        contentRange,
        validator: header(message.headers, "etag") ?? header(message.headers, "last-modified") ?? "",
        bytes: message.body.bytes,
      }) ?? message.body.bytes
    )
  }

  return {
    exchange(exchange, requestDirection, sink, json) {
      const opposite: Direction = requestDirection === "outbound" ? "inbound" : "outbound"
      const route = routeOf(exchange.authority.replace(/:\d+$/, ""), exchange.path)
      const { request, response } = exchange
      const common = { exchange, route, requestDirection, sink, json }
      if (request !== undefined)
        readSide({
          ...common,
          message: request,
          direction: requestDirection,
          name: nameFor(request, exchange),
          position: "q",
          at: request.endedAt,
        })
      if (response !== undefined && exchange.status >= 200 && exchange.status < 300) {
        readSide({
          ...common,
          message: response,
          direction: opposite,
          name: nameFor(response, exchange),
          position: "r",
          at: response.endedAt,
        })
      }
    },
  }
}

/** One message of an exchange together with what is needed to tell of it. */
interface SideOf {
  readonly exchange: HttpExchange
  readonly message: HttpMessage
  readonly direction: Direction
  readonly requestDirection: Direction
  readonly route: Route
  readonly name: string
  readonly position: string
  readonly json: ReadJson | undefined
  readonly at: Micros
  readonly sink: FileSink
}

interface Told {
  readonly name: string
  readonly bytes: Uint8Array
  readonly route: string
  readonly completeness: Completeness
  readonly type: string
  readonly claimed?: string
  readonly inside?: readonly string[]
  readonly ref?: string
  readonly archive?: FileData["archive"]
  readonly digest?: Digest
}

function tell(side: SideOf, told: Told): void {
  // What the message claims to be, a file inside it need not be.
  const whole = told.route === "response" || told.route === "request"
  const claimed = told.claimed ?? (whole ? header(side.message.headers, "content-type")?.split(";", 1)[0]?.trim() : undefined)
  const ref = told.ref ?? side.route.ref
  const sha256 = sha256Hex(told.bytes)
  const data: FileData = {
    name: told.name,
    bytes: told.bytes.length,
    sha256,
    mediaType: told.type,
    ...(claimed !== undefined && told.inside === undefined && { claimedMediaType: claimed }),
    direction: side.direction,
    source: {
      route: told.route,
      url: urlOf(side.exchange),
      inside: [...(told.inside ?? [])],
      ...(ref !== undefined && ref !== "" && { ref }),
    },
    ...(told.archive !== undefined && { archive: told.archive }),
    ...(told.digest !== undefined && { digest: told.digest }),
    completeness: told.completeness,
  }
  side.sink.file(data, told.bytes, `${side.position}/${told.inside?.join("/") ?? ""}/${told.name}/${sha256}`)
}

interface OriginParts {
  readonly how?: BundleOrigin["how"]
  readonly digest?: Digest | undefined
  readonly problems?: readonly string[]
}

function tellSkills(side: SideOf, files: readonly BundleFile[], parts: OriginParts): void {
  if (!files.some((file) => isSkillFile(file.path))) return
  for (const skill of bundlesIn(files, originOf(side, parts))) side.sink.skill(skill, `${side.position}/${skill.name}/${skill.hash}`)
}

function originOf({ route, exchange, direction, requestDirection }: SideOf, { how, digest, problems }: OriginParts): BundleOrigin {
  return {
    route: route.route,
    source: route.source,
    host: exchange.authority.replace(/:\d+$/, ""),
    ref: route.ref,
    version: route.version,
    how: how ?? (direction === requestDirection ? "uploaded" : "fetched"),
    ...(digest !== undefined && { digest }),
    ...(problems !== undefined && { problems }),
  }
}

/** A page or an API answer is no file; something with a name, a container's bytes, or sent as an attachment is. */
function isFile({ message, name, exchange, direction, requestDirection }: SideOf, type: string): boolean {
  const claimed = (header(message.headers, "content-type") ?? "").toLowerCase()
  if (/event-stream|x-www-form-urlencoded|grpc|connect\+|ndjson|vnd\.amazon\.eventstream/.test(claimed)) return false
  if (/^\s*attachment/i.test(header(message.headers, "content-disposition") ?? "")) return true
  const isRequest = direction === requestDirection
  if (isRequest && exchange.method !== "PUT" && exchange.method !== "POST" && exchange.method !== "PATCH") return false
  if (!isTextType(type)) return type !== "application/octet-stream" || extensionOf(name) !== "" || claimed.includes("octet-stream")
  if (type === "text/html") return extensionOf(name) !== "" && !isRequest
  return extensionOf(name) !== "" || /text\/markdown/.test(claimed) || type === "text/markdown" || type === "text/x-shellscript"
}

/** A Markdown text with a skill's front matter is a SKILL.md whatever its address says ("read https://x/skill and follow it"). */
function looseAddress({ exchange, route, name }: SideOf, bytes: Uint8Array): string {
  const host = exchange.authority.replace(/:\d+$/, "")
  const file = route.file ?? exchange.path.split("?", 1)[0] ?? "/"
  const address = route.file === undefined ? `${host}${file}` : `${route.source}/${route.file}`
  if (isSkillFile(address)) return address
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(4_096, bytes.byteLength)).toString("utf8")
  const matter = /^\ufeff?\s*---[ \t]*\r?\n([\s\S]*?)\r?\n---/.exec(start)?.[1]
  const isSkill = matter !== undefined && /^name\s*:/m.test(matter) && /^description\s*:/m.test(matter)
  return isSkill ? `${address.replace(/\/[^/]*$/, "")}/${name.replace(/\.\w+$/, "")}/SKILL.md` : address
}

/** A skill inside a model request comes from whoever speaks, not from an address below the API's. */
function inlineSide(side: SideOf): SideOf {
  return { ...side, route: { route: "inline-skill", source: hostOf(side) } }
}

function hostOf({ exchange }: SideOf): string {
  return exchange.authority.replace(/:\d+$/, "")
}

function nameFor(message: HttpMessage, exchange: HttpExchange): string {
  return fileNameOf(header(message.headers, "content-disposition"), exchange.path)
}

function urlOf({ scheme, authority, path }: HttpExchange): string {
  return path.startsWith("http") ? path : `${scheme}://${authority}${path}`
}

function isMultipart(message: HttpMessage): boolean {
  return /^\s*multipart\//i.test(header(message.headers, "content-type") ?? "")
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAX_JSON)).toString("utf8")
}

function parseJson(bytes: Uint8Array): unknown[] {
  if (bytes.length > MAX_JSON) return []
  try {
    return [JSON.parse(textOf(bytes)) as unknown]
  } catch {
    return []
  }
}

/** Events and lines of JSON, when something in them may be a file: most streams are words. */
function streamsFiles({ headers, body }: HttpMessage): boolean {
  const claimed = header(headers, "content-type") ?? ""
  if (!/event-stream|ndjson|jsonl|stream\+json/i.test(claimed)) return false
  const bytes = Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength)
  return STREAMED.some((mark) => bytes.includes(mark))
}

// Repositories whose objects are kept for later packs; each is bounded by the pack limits.
const MAX_REPOSITORIES = 8
// Files of one archive or clone that are told one by one; the rest is counted in the archive's row and lies in the container that is kept.
const MAX_TOLD = 5_000
const STREAMED = ['"blob"', '"data":"', '"data": "', '"uri"', "base64", '"b64_json"', '"result":"']
const MAX_JSON = 48 * 1024 * 1024
