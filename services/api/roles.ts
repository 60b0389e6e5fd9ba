// Who may do what. A role is a set of rights, each wider than the one before; routes ask for a right, never for a role.

export const roles = ["viewer", "analyst", "content", "admin"] as const
export type Role = (typeof roles)[number]

/** read: metadata. triage: handle events. content: prompts, bodies, evidence. manage: policy, users, settings. */
export type Right = "read" | "triage" | "content" | "manage"

const rights: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ["read"],
  analyst: ["read", "triage"],
  content: ["read", "triage", "content"],
  admin: ["read", "triage", "content", "manage"],
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
