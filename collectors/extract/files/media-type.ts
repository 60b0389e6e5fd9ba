// Media type by content: the first 4 KB decide, never the name or what the server claimed.

/** "application/octet-stream" when the bytes say nothing; "text/plain" when they are text. */
export function mediaTypeOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEAD_BYTES, bytes.byteLength))
  // Most of all bodies are JSON, and no magic number begins like it.
  if ((head[0] === BRACE || head[0] === BRACKET) && (head[1] === QUOTE || head[1] === BRACE) && isText(head)) return "application/json"
  const start = head.toString("latin1")
  for (const [magic, type, offset = 0] of MAGICS) if (start.startsWith(magic, offset)) return refine(type, start)
  if (start.startsWith("RIFF"))
    return start.startsWith("WEBP", 8) ? "image/webp" : start.startsWith("WAVE", 8) ? "audio/wav" : "application/x-riff"
  if (start.length >= 300 && start.startsWith("ustar", 257)) return "application/x-tar"
  // safetensors: a little-endian length below 100 MB, then a JSON object.
  if (head.length > 9 && head.readUIntLE(4, 4) === 0 && start[8] === "{" && start.includes('"dtype"')) return "application/vnd.safetensors"
  if (isText(head)) return textType(start)
  return "application/octet-stream"
}

export function isTextType(type: string): boolean {
  return type.startsWith("text/") || TEXT_TYPES.has(type)
}

function refine(type: string, start: string): string {
  if (type === "application/zip") {
    const name = start.slice(30, 120)
    if (name.startsWith("mimetypeapplication/epub")) return "application/epub+zip"
    if (name.startsWith("[Content_Types].xml") || start.includes("word/")) {
      if (start.includes("word/")) return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
      if (start.includes("xl/")) return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
      if (start.includes("ppt/")) return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    }
    if (start.includes("META-INF/MANIFEST.MF")) return "application/java-archive"
  }
  return type
}

/** Text: no NUL and hardly any control characters, and UTF-8 or Latin letters. UTF-16 with a byte order mark is text too. */
function isText(head: Buffer): boolean {
  if (head.length === 0) return false
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true
  let control = 0
  // By index: iterating a Buffer costs ten times as much, and every body passes here.
  for (let at = 0; at < head.length; at++) {
    const byte = head[at] ?? 0
    if (byte === 0) return false
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) control += 1
  }
  return control * 50 < head.length
}

function textType(start: string): string {
  const text = start.replace(/^\xef\xbb\xbf/, "").trimStart()
  if (text.startsWith("#!"))
    return /^#!\S*[/ ](?:env +)?(?:python|node|deno|bun|perl|ruby)/.test(text) ? "text/x-script" : "text/x-shellscript"
  if (text.startsWith("-----BEGIN ")) return "application/x-pem-file"
  if (/^(?:<!doctype html|<html)/i.test(text)) return "text/html"
  if (text.startsWith("<?xml")) return "application/xml"
  if (text.startsWith("<svg")) return "image/svg+xml"
  if (/^---\r?\n[\s\S]{0,2000}?\n(?:name|description)\s*:/.test(`${text.slice(0, 4000)}`) || /^#{1,6} \S/.test(text)) return "text/markdown"
  if (/^[[{]/.test(text) && /^[[{]\s*(?:["\]}[{0-9tfn-])/.test(text)) return "application/json"
  return "text/plain"
}

const BRACE = 0x7b
const BRACKET = 0x5b
const QUOTE = 0x22

type Magic = readonly [magic: string, type: string, offset?: number]

const MAGICS: readonly Magic[] = [
  ["PK\x03\x04", "application/zip"],
  ["PK\x05\x06", "application/zip"],
  ["\x1f\x8b", "application/gzip"],
  ["BZh", "application/x-bzip2"],
  ["\xfd7zXZ\0", "application/x-xz"],
  ["\x28\xb5\x2f\xfd", "application/zstd"],
  ["7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"],
  ["Rar!\x1a\x07", "application/vnd.rar"],
  ["MSCF", "application/vnd.ms-cab-compressed"],
  ["%PDF-", "application/pdf"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"],
  ["{\\rtf", "application/rtf"],
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["BM", "image/bmp"],
  ["II*\0", "image/tiff"],
  ["MM\0*", "image/tiff"],
  ["\0\0\x01\0", "image/x-icon"],
  ["ftypavif", "image/avif", 4],
  ["ftypheic", "image/heic", 4],
  ["ftypM4A", "audio/mp4", 4],
  ["ftypqt", "video/quicktime", 4],
  ["ftyp", "video/mp4", 4],
  ["\x1aE\xdf\xa3", "video/webm"],
  ["OggS", "audio/ogg"],
  ["fLaC", "audio/flac"],
  ["ID3", "audio/mpeg"],
  ["\xff\xfb", "audio/mpeg"],
  ["\x7fELF", "application/x-elf"],
  ["MZ", "application/vnd.microsoft.portable-executable"],
  ["\xcf\xfa\xed\xfe", "application/x-mach-binary"],
  ["\xce\xfa\xed\xfe", "application/x-mach-binary"],
  ["\xca\xfe\xba\xbe", "application/x-mach-binary"],
  ["\0asm", "application/wasm"],
  ["dex\n", "application/vnd.android.dex"],
  ["xar!", "application/x-xar"],
  ["!<arch>\ndebian", "application/vnd.debian.binary-package"],
  ["!<arch>\n", "application/x-archive"],
  ["\xed\xab\xee\xdb", "application/x-rpm"],
  ["PACK\0\0\0", "application/x-git-pack"],
  ["SQLite format 3\0", "application/vnd.sqlite3"],
  ["PAR1", "application/vnd.apache.parquet"],
  ["ARROW1", "application/vnd.apache.arrow.file"],
  ["Obj\x01", "application/avro"],
  ["GGUF", "application/x-gguf"],
  ["\x93NUMPY", "application/x-numpy"],
  ["\x89HDF\r\n\x1a\n", "application/x-hdf5"],
  ["\x80\x02", "application/x-pickle"],
  ["\x80\x03", "application/x-pickle"],
  ["\x80\x04\x95", "application/x-pickle"],
  ["\x80\x05\x95", "application/x-pickle"],
  ["wOFF", "font/woff"],
  ["wOF2", "font/woff2"],
  ["\0\x01\0\0\0", "font/ttf"],
  ["OTTO", "font/otf"],
  ["\xfe\xed\xfe\xed", "application/x-java-keystore"],
  ["PuTTY-User-Key-File", "application/x-putty-private-key"],
  ["bplist00", "application/x-plist"],
  ["\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"],
  ["\x0a\x0d\x0d\x0a", "application/x-pcapng"],
]
const TEXT_TYPES = new Set(["application/json", "application/xml", "image/svg+xml", "application/x-pem-file", "application/rtf"])
const HEAD_BYTES = 4096
