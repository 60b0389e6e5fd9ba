import type { HeaderList } from "../../wire/facts.ts"

export function header(headers: HeaderList | undefined, name: string): string | undefined {
  return headers?.find(([key]) => key === name)?.[1]
}

/** The name that the sender gave (RFC 6266, the starred form first), else the last segment of the path; never with a folder. */
export function fileNameOf(disposition: string | undefined, path: string): string {
  const starred = /\bfilename\*\s*=\s*([\w-]+)'[^']*'([^;]+)/i.exec(disposition ?? "")
  const plain = /\bfilename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition ?? "")
  const named = starred?.[2] !== undefined ? decodeUri(starred[2].trim()) : (plain?.[1]?.replaceAll(/\\(.)/g, "$1") ?? plain?.[2])
  const name = named ?? decodeUri(path.split(/[?#]/, 1)[0] ?? "")
  const last =
    name
      .split(/[/\\]/)
      .filter((part) => part !== "")
      .at(-1) ?? ""
  return (last === "" || last === "." || last === ".." ? "unnamed" : last).slice(0, MAX_NAME)
}

export function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? ""
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const MAX_NAME = 255
