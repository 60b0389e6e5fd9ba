import { appendFileSync, closeSync, fstatSync, fsyncSync, openSync, truncateSync } from "node:fs"

/** All of the text, on disk when it returns, or nothing: half a line of a full disk would spoil the one that comes after it. */
export function appendWhole(path: string, text: string): void {
  const file = openSync(path, "a", 0o600)
  try {
    const { size } = fstatSync(file)
    try {
      appendFileSync(file, text)
      fsyncSync(file)
    } catch (error) {
      truncateSync(path, size)
      throw error
    }
  } finally {
    closeSync(file)
  }
}
