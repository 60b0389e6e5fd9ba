// Line by line what changed between two texts (longest common subsequence, bounded).
import { inert } from "../format.ts"

export function Diff({ before, after }: { before: string | undefined; after: string }) {
  const lines =
    before === undefined ? after.split("\n").map((text): Line => ({ mark: " ", text })) : diff(before.split("\n"), after.split("\n"))
  return (
    <pre class="diff">
      {lines.map((line, at) => (
        <span key={at} class={line.mark === "+" ? "added" : line.mark === "−" ? "removed" : undefined}>
          {line.mark} {inert(line.text)}
          {"\n"}
        </span>
      ))}
    </pre>
  )
}

interface Line {
  readonly mark: " " | "+" | "−"
  readonly text: string
}

export function diff(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length * after.length > MAX_CELLS)
    return [...before.map((text): Line => ({ mark: "−", text })), ...after.map((text): Line => ({ mark: "+", text }))]
  const width = after.length + 1
  const common = new Uint16Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
    }
  }
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: " ", text: before[i] ?? "" })
      i += 1
      j += 1
    } else if (i < before.length && (j === after.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)))
      lines.push({ mark: "−", text: before[i++] ?? "" })
    else lines.push({ mark: "+", text: after[j++] ?? "" })
  }
  return lines
}

// 2,000 by 2,000 lines: longer definitions are shown whole, old then new.
const MAX_CELLS = 4_000_000
