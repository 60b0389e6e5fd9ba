// Instance families that AWS has listed as unable to be a mirror source. The list has shrunk before: it only ever warns; the API decides.

export const instanceSupport = {
  /** When the list was read in AWS's traffic mirroring documentation. */
  asOf: "2026-08",
  unsupportedFamilies: new Set(
    (
      "m8g m6a m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex c8g c6a c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i r8g r6a r6i r6id r6idn r6in " +
      "r7a r7g r7gd r7i r7iz x8g x2idn x2iedn x2iezn i4g i4i im4gn is4gen inf2 p5 trn1 trn1n hpc6a hpc6id hpc7a hpc7g t2"
    ).split(" "),
  ),
} as const

export function instanceWarning(type: string | undefined): string | undefined {
  if (type === undefined) return undefined
  const [family = "", size = ""] = type.split(".")
  const listed = instanceSupport.unsupportedFamilies.has(family) || size.startsWith("metal")
  return listed
    ? `instance type ${type} was listed as unable to be mirrored (list of ${instanceSupport.asOf}); AWS decides when the session is made`
    : undefined
}
