// Names out of traffic are the sender's choice. What we write under them must be one plain file in the folder that was asked for, on Linux, macOS and
// Windows alike, and mean nothing to a shell, an editor or a version control tool that walks past it.

/** One path component. Never empty, never hidden, never an option, a device or a stream. */
export function safeName(raw: string): string {
  const plain = raw
    .normalize("NFC")
    // Bidirectional, zero-width and tag characters, private use, lone surrogates: the name shown would not be the name stored.
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "_")
    .replace(/[<>:"/\\|?*'`$&;!%~#^{}[\]]/g, "_")
    .replace(/\s/gu, " ")
    .slice(0, MAX_NAME)
    .replace(/[\ud800-\udbff]$/, "")
    // Windows takes dots and spaces off the end: two names would be one.
    .replace(/[. ]+$/, "")
  const guarded = /^[.\- ]/.test(plain) || DEVICE.test(plain) ? `_${plain}` : plain
  return guarded === "" ? "_" : guarded
}

/** Components of a path, each safe; what would climb out or stand for nothing is dropped. */
export function safePath(raw: string): string[] {
  const parts = raw.split(/[/\\]/).filter((part) => part !== "" && part !== "." && part !== "..")
  // Deep trees meet the path limits of systems: the last parts say most.
  return (parts.length === 0 ? ["_"] : parts.slice(-MAX_DEPTH)).map(safeName)
}

/** Equal for names that are one file on systems which do not tell case or normal form apart. */
export function folded(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase()
}

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:[. ]|$)/i
const MAX_NAME = 100
const MAX_DEPTH = 12
