// Lines of a stream, whatever ends them, each bounded: a file of one endless line must not fill the memory.

/** `cut`: the line was longer than `longest` characters and this is its beginning. */
export interface Line {
  readonly text: string
  readonly cut: boolean
}

export async function* linesOf(input: AsyncIterable<Uint8Array | string>, longest = LONGEST_LINE): AsyncGenerator<Line> {
  const decoder = new TextDecoder()
  let rest = ""
  let cut = false
  const add = (piece: string): void => {
    if (rest.length + piece.length > longest) cut = true
    if (rest.length < longest) rest += piece.slice(0, longest - rest.length)
  }
  const take = (): Line => {
    const line = { text: rest.endsWith("\r") ? rest.slice(0, -1) : rest, cut }
    rest = ""
    cut = false
    return line
  }
  for await (const chunk of input) {
    // The decoder drops a byte order mark and keeps letters that lie in two chunks.
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      add(text.slice(start, end))
      yield take()
      start = end + 1
    }
    add(text.slice(start))
  }
  add(decoder.decode())
  if (rest !== "") yield take()
}

// The largest record worth judging is a file of 16 MB inside JSON, where every character may be six.
const LONGEST_LINE = 100_000_000
