// Manuals of software drop, override, list, open and delete things all day long. What gives them away is the code in their sentences; people who address a
// model write hardly any.

/** `most`: pieces of code from which on a text of that length is a manual. */
export function readsLikeManual(text: string, most: number): boolean {
  CODE.lastIndex = 0
  for (let found = 0; found < most; found++) if (CODE.exec(text) === null) return false
  return true
}

const CODE =
  /`|::|\$\w|--\w|\w\(\)|\w_\w|\|\w|\w\||<\w|[{}\\]|\/\w{1,40}\/|\w\.(?:c|h|py|js|ts|go|rs|md|txt|vim|json|ya?ml|conf|sh|bat|exe|dll|so)\b/g
