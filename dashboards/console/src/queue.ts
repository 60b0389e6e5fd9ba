// The list of events that somebody came from: the next and the one before are a key away.
let ids: readonly string[] = []

export function rememberQueue(next: readonly string[]): void {
  ids = next
}

export function neighbours(id: string): {
  readonly before: string | undefined
  readonly after: string | undefined
  readonly place: string
} {
  const at = ids.indexOf(id)
  return at < 0
    ? { before: undefined, after: undefined, place: "" }
    : { before: ids[at - 1], after: ids[at + 1], place: `${at + 1} / ${ids.length}` }
}
