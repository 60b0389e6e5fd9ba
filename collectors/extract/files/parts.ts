// File parts of multipart bodies.
import type { Completeness } from "../../../services/contracts/primitives.ts"
import type { HttpMessage } from "../../wire/facts.ts"
import { parseMultipart } from "../../wire/multipart.ts"
import { cleanPath } from "../archive/paths.ts"
import { header } from "./name.ts"

export interface UploadedPart {
  /** File name as sent, folders kept: skills are uploaded folder by folder. */
  readonly name: string
  readonly field: string
  readonly bytes: Uint8Array
  readonly completeness: Completeness
}

export function uploadedParts({ headers, body }: HttpMessage): UploadedPart[] {
  return parseMultipart(body.bytes, header(headers, "content-type") ?? "").flatMap((part) => {
    const disposition = header(part.headers, "content-disposition") ?? ""
    const named = /\bfilename\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"|([^;\s]{1,1000}))/i.exec(disposition)
    const name = named?.[1]?.replaceAll(/\\(.)/g, "$1") ?? named?.[2]
    if (name === undefined || name === "") return []
    const { path } = cleanPath(name)
    const completeness = part.complete ? body.completeness : "truncated"
    return [
      {
        name: path === "" ? "unnamed" : path,
        field: /\bname\s*=\s*"?([^";]{1,200})/i.exec(disposition)?.[1] ?? "",
        bytes: part.bytes,
        completeness,
      },
    ]
  })
}
