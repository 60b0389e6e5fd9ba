// What a file is to the engines: by content first, by name where content is only text.
import type { FileKind } from "../contracts/config/sandbox.ts"

export function kindOf(name: string, mediaType: string): FileKind {
  if (EXECUTABLE.test(mediaType)) return "executable"
  if (ARCHIVE.test(mediaType)) return "archive"
  if (DOCUMENT.test(mediaType)) return "document"
  if (/x-(?:shell)?script/.test(mediaType) || SCRIPT_NAME.test(name)) return "script"
  if (EXECUTABLE_NAME.test(name)) return "executable"
  if (mediaType.startsWith("text/") || TEXT.test(mediaType)) return "text"
  return "other"
}

const EXECUTABLE =
  /x-elf|portable-executable|x-mach-binary|application\/wasm|android\.dex|debian\.binary|x-rpm|java-archive|x-pickle|x-xar|x-dosexec|x-executable|x-sharedlib/
const ARCHIVE = /application\/(?:zip|gzip|x-(?:bzip2|xz|7z-compressed|tar|archive)|zstd|vnd\.rar|vnd\.ms-cab-compressed)$/
const DOCUMENT = /application\/(?:pdf|rtf|x-ole-storage|epub\+zip|vnd\.openxmlformats)/
const TEXT = /^application\/(?:json|xml|x-pem-file)$|^image\/svg/
const SCRIPT_NAME =
  /\.(?:sh|bash|zsh|fish|command|py|pyw|js|mjs|cjs|ts|mts|jsx|tsx|pl|rb|php|lua|ps1|psm1|bat|cmd|vbs|vbe|wsf|hta|applescript|scpt|awk|tcl|r|jl|go|rs|c|cc|cpp|java|cs|swift|kt)$/i
const EXECUTABLE_NAME = /\.(?:exe|dll|scr|msi|so|dylib|bin|com|jar|apk|deb|rpm|whl|pyc|node)$/i
