// Files that travel inside JSON: registry snapshots {files:[{path,contents}]}, the contents API of forges, inline base64 archives in model requests,
// blobs of MCP resources. Only what is clearly a file counts: a path or name beside the content, or base64 that decodes to a known container.
import { cleanPath } from "../archive/paths.ts"
import { mediaTypeOf } from "../files/media-type.ts"
import { readFrontMatter } from "./front-matter.ts"

export interface EmbeddedFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly route: "json-snapshot" | "json-contents" | "json-base64" | "json-text" | "mcp-resource" | "inline-skill"
  readonly claimedMediaType?: string
}

export function filesInJson(root: unknown): EmbeddedFile[] {
  const found: EmbeddedFile[] = []
  let budget = MAX_NODES
  const visit = (value: unknown, key: string, depth: number): void => {
    if (budget-- <= 0 || depth > MAX_DEPTH || found.length >= MAX_FOUND) return
    if (typeof value === "string") {
      const file = skillText(value) ?? dataUrl(value, key) ?? longBase64(value, key)
      if (file !== undefined) found.push(file)
      return
    }
    if (Array.isArray(value)) {
      for (const item of value) visit(item, key, depth + 1)
      return
    }
    if (typeof value !== "object" || value === null) return
    const file = fileObject(value as Record<string, unknown>)
    if (file !== undefined) {
      found.push(file)
      return
    }
    for (const [name, item] of Object.entries(value)) visit(item, name, depth + 1)
  }
  visit(root, "", 0)
  return found
}

/** An object that describes one file by itself. */
function fileObject(object: Readonly<Record<string, unknown>>): EmbeddedFile | undefined {
  const { path, name, filename, content, contents, encoding, blob, uri, data, type, media_type: mediaType, mimeType } = object
  const named = text(path) ?? text(object["file_path"]) ?? text(filename) ?? text(object["file_name"]) ?? text(name)
  if (encoding === "base64" && typeof content === "string" && named !== undefined) return fromBase64(named, content, "json-contents")
  if (typeof contents === "string" && typeof path === "string") return { name: path, bytes: Buffer.from(contents), route: "json-snapshot" }
  if (typeof content === "string" && typeof path === "string" && /\.[A-Za-z0-9]{1,8}$/.test(path))
    return { name: path, bytes: Buffer.from(content), route: "json-snapshot" }
  if (typeof uri === "string" && uri.length <= MAX_URI) {
    if (typeof blob === "string") return fromBase64(nameOfUri(uri), blob, "mcp-resource", text(mimeType))
    const said = object["text"]
    // Contents of a resource: with a media type, or named like a file. What only mentions an address is none.
    if (typeof said === "string" && said !== "" && (text(mimeType) !== undefined || /\.\w{1,8}$/.test(uri)))
      return {
        name: nameOfUri(uri),
        bytes: Buffer.from(said),
        route: "mcp-resource",
        ...(text(mimeType) !== undefined && { claimedMediaType: String(mimeType) }),
      }
  }
  // {type:"base64", media_type, data}: images and documents of Anthropic, inline skills of OpenAI. {inlineData:{mimeType,data}}: Gemini.
  const claimed = text(mediaType) ?? text(mimeType)
  if (typeof data === "string" && claimed !== undefined && (type === "base64" || mimeType !== undefined)) {
    const zip = /zip|x-tar|gzip/.test(claimed)
    return fromBase64(named ?? `inline.${extensionFor(claimed)}`, data, zip ? "inline-skill" : "json-base64", claimed)
  }
  return undefined
}

/** file:///a/b.md, skill://pdf/SKILL.md: the path without its scheme. */
function nameOfUri(uri: string): string {
  const path = cleanPath(uri.replace(/^[a-z][a-z0-9+.-]{0,30}:\/{0,3}/i, "").split(/[?#]/, 1)[0] ?? "").path
  return path === "" ? "resource" : path
}

/** A whole SKILL.md as one string: what tools of MCP servers and APIs of registries answer. */
function skillText(value: string): EmbeddedFile | undefined {
  if (!/^\ufeff?\s{0,8}---[ \t]*\r?\n/.test(value.slice(0, 16))) return undefined
  const { fields } = readFrontMatter(value.slice(0, MAX_MATTER))
  const { name, description } = fields
  if (typeof name !== "string" || name === "" || typeof description !== "string") return undefined
  return { name: `${cleanPath(name.replaceAll("/", "-")).path}/SKILL.md`, bytes: Buffer.from(value), route: "json-text" }
}

function dataUrl(value: string, key: string): EmbeddedFile | undefined {
  if (!value.startsWith("data:")) return undefined
  const match = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,/.exec(value.slice(0, 300))
  if (match === null) return undefined
  const claimed = match[1] ?? ""
  return fromBase64(`${key || "data"}.${extensionFor(claimed)}`, value.slice(match[0].length), "json-base64", claimed)
}

/** Bare base64 counts only when it decodes to a container or a program: a hash or a token is no file. */
function longBase64(value: string, key: string): EmbeddedFile | undefined {
  if (value.length < MIN_BASE64 || !/^[A-Za-z0-9+/_\r\n-]{64}/.test(value)) return undefined
  const type = mediaTypeOf(Buffer.from(value.slice(0, 2_048), "base64"))
  if (!CONTAINERS.test(type)) return undefined
  return fromBase64(`${key || "data"}.${extensionFor(type)}`, value, "json-base64")
}

function fromBase64(name: string, value: string, route: EmbeddedFile["route"], claimed?: string): EmbeddedFile | undefined {
  if (value.length > MAX_BASE64 || !/^[A-Za-z0-9+/=_\s-]{4}/.test(value)) return undefined
  const bytes = Buffer.from(value, "base64")
  // Fewer bytes than three quarters of the letters: it was not base64.
  if (bytes.length < value.length * 0.6) return undefined
  return { name, bytes, route, ...(claimed !== undefined && claimed !== "" && { claimedMediaType: claimed }) }
}

function extensionFor(type: string): string {
  return EXTENSIONS[type] ?? /[\w-]{1,40}$/.exec(type.slice(0, MAX_TYPE).replace(/^.*\/(?:x-|vnd\.)?/, ""))?.[0] ?? "bin"
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "application/gzip": "gz",
  "text/plain": "txt",
  "text/markdown": "md",
  "image/svg+xml": "svg",
}
const CONTAINERS =
  /zip|gzip|tar|zstd|elf|executable|mach-binary|pdf|image\/|audio\/|video\/|sqlite|ole-storage|openxml|java|rpm|debian|wasm/
// Shorter strings are ids, hashes and tokens.
const MIN_BASE64 = 256
const MAX_BASE64 = 48 * 1024 * 1024
// A front matter beyond this is none.
const MAX_MATTER = 16 * 1024
const MAX_TYPE = 200
const MAX_URI = 2_000
const MAX_NODES = 200_000
const MAX_DEPTH = 64
const MAX_FOUND = 1_000
