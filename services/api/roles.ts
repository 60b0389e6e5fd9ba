// Who may do what. A role is a set of rights; routes ask for a right, never for a role. People's roles widen from viewer to admin; `soar` is a program's and
// may do one thing.

export const roles = ["viewer", "analyst", "content", "admin", "soar"] as const
export type Role = (typeof roles)[number]

/** read: metadata. triage: handle events. content: prompts, bodies, evidence. manage: policy, users, settings. verdict: send a SOAR's verdict on an event. */
export type Right = "read" | "triage" | "content" | "manage" | "verdict"

const rights: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ["read"],
  analyst: ["read", "triage"],
  content: ["read", "triage", "content"],
  admin: ["read", "triage", "content", "manage", "verdict"],
  soar: ["verdict"],
}

export function may(role: Role, right: Right): boolean {
  return rights[role].includes(right)
}

export function isRole(value: unknown): value is Role {
  return typeof value === "string" && (roles as readonly string[]).includes(value)
}

/** The widest of several; a person in two groups has the rights of both. */
export function widest(given: readonly Role[]): Role | undefined {
  return [...given].sort((a, b) => rights[b].length - rights[a].length)[0]
}
