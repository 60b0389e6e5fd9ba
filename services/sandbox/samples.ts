// A case's bytes for the engines. A skill is kept as one document of its texts; its binary files lie in the vault by their own hashes.
import { Buffer } from "node:buffer"
import type { Case } from "./case.ts"
import type { Sample, SampleFile } from "./engine.ts"
import type { Vault } from "./vault.ts"
import { zipOf } from "./zip.ts"

export interface SkillTexts {
  readonly texts: readonly { readonly path: string; readonly text: string }[]
  readonly executable: readonly string[]
}

export async function keepTexts(vault: Vault, hash: string, texts: SkillTexts): Promise<void> {
  await vault.putAs(hash, Buffer.from(JSON.stringify(texts)))
}

/** A skill's texts as files of their own, where they are whole: somebody may ask about one of them. */
export async function keepMembers(vault: Vault, members: Case["members"], { texts }: SkillTexts): Promise<void> {
  for (const { path, text } of texts) {
    const member = members.find((each) => each.path === path)
    if (member !== undefined) await vault.put(member.sha256, Buffer.from(text, "utf8"))
  }
}

export function sampleOf(one: Case, vault: Vault): Sample {
  const files = (): Promise<SampleFile[]> => (one.info.subject === "skill" ? skillFiles(one, vault) : fileItself(one, vault))
  return {
    ...one.info,
    files,
    upload: async () => {
      const [first, ...rest] = await files()
      if (first === undefined) return undefined
      if (one.info.subject === "file") return { name: first.path, bytes: first.bytes }
      return { name: `${safeName(one.info.name)}.zip`, bytes: zipOf([first, ...rest]) }
    },
  }
}

/** Whether an upload can be made now. */
export function hasBytes(one: Case, vault: Vault): boolean {
  return vault.has(one.info.sha256)
}

async function fileItself(one: Case, vault: Vault): Promise<SampleFile[]> {
  const bytes = await vault.get(one.info.sha256)
  return bytes === undefined ? [] : [{ path: safeName(one.info.name), bytes, executable: false }]
}

async function skillFiles(one: Case, vault: Vault): Promise<SampleFile[]> {
  const kept = await vault.get(one.info.sha256)
  if (kept === undefined) return []
  const { texts, executable } = JSON.parse(Buffer.from(kept).toString("utf8")) as SkillTexts
  const found = new Map<string, SampleFile>()
  for (const member of one.members) {
    const bytes = await vault.get(member.sha256)
    if (bytes !== undefined) found.set(member.path, { path: member.path, bytes, executable: executable.includes(member.path) })
  }
  for (const { path, text } of texts)
    if (!found.has(path)) found.set(path, { path, bytes: Buffer.from(text, "utf8"), executable: executable.includes(path) })
  return [...found.values()].filter(({ path }) => isInside(path))
}

/** A name that says something and can do nothing: engines write it into folders and reports. */
function safeName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? ""
  const clean = base
    .replace(/[^\w.+ -]/g, "_")
    .replace(/^\.+/, "_")
    .slice(-100)
  return clean === "" ? "file" : clean
}

function isInside(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.includes("\\") && !path.includes("\0") && !path.split("/").includes("..")
}
