// Which of a skill's files are run, and how: its scripts, the commands of its instructions, the hooks of its package. Pure.
import type { SampleFile } from "../engine.ts"
import type { RunStep } from "./report.ts"

export interface PlannedSteps {
  readonly steps: readonly RunStep[]
  /** Commands written out as files, beside the skill's own. */
  readonly extra: readonly SampleFile[]
  /** What would be run elsewhere and cannot be here. */
  readonly left: readonly string[]
}

export function planSteps(files: readonly SampleFile[]): PlannedSteps {
  const steps: RunStep[] = []
  const extra: SampleFile[] = []
  const left: string[] = []
  const command = (name: string, text: string, program = "bash"): void => {
    const path = `.egret/${extra.length}.sh`
    extra.push({ path, bytes: Buffer.from(text), executable: false })
    steps.push({ name, argv: [program, path] })
  }
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const base = file.path.split("/").at(-1) ?? ""
    if (/\.md$/i.test(base))
      for (const [index, block] of blocksOf(textOf(file)).entries()) command(`${file.path}, block ${index + 1}`, block.text, block.program)
    else if (base === "package.json") for (const [hook, line] of hooksOf(textOf(file))) command(`${file.path}, ${hook}`, line)
    else {
      const argv = argvOf(file)
      if (argv !== undefined) steps.push({ name: file.path, argv })
      else if (FOREIGN.test(base) || isProgram(file)) left.push(file.path)
    }
  }
  return { steps: steps.slice(0, MAX_STEPS), extra, left: [...left, ...steps.slice(MAX_STEPS).map(({ name }) => name)] }
}

function argvOf({ path, bytes }: SampleFile): string[] | undefined {
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1")
  const shebang = /^#!\s*(?:\/\S*\/)?(?:env\s+(?:-S\s+)?)?(?:\/\S*\/)?([\w.+-]+)/.exec(head)?.[1]
  const program = (shebang === undefined ? undefined : known(shebang)) ?? byName.find(([pattern]) => pattern.test(path))?.[1]
  return program === undefined ? undefined : [program, path]
}

function known(program: string): string | undefined {
  const name = program.replace(/[\d.]+$/, "")
  return {
    sh: "sh",
    bash: "bash",
    dash: "sh",
    zsh: "bash",
    ash: "sh",
    python: "python3",
    node: "node",
    nodejs: "node",
    perl: "perl",
    ruby: "ruby",
    php: "php",
    awk: "awk",
  }[name]
}

/** Fenced blocks of shell and Python: what the instructions ask an agent to run. */
function blocksOf(text: string): { program: string; text: string }[] {
  const blocks: { program: string; text: string }[] = []
  let open: { fence: string; program: string | undefined; lines: string[] } | undefined
  for (const line of text.slice(0, MAX_TEXT).split("\n")) {
    const fence = /^\s{0,8}(`{3,}|~{3,})\s{0,4}([\w+-]{0,20})/.exec(line)
    if (open === undefined) {
      if (fence?.[1] !== undefined) open = { fence: fence[1].slice(0, 3), program: languages[(fence[2] ?? "").toLowerCase()], lines: [] }
    } else if (fence?.[1]?.startsWith(open.fence) === true && fence[2] === "") {
      const body = open.lines.map((each) => each.replace(/^\s{0,8}[$>]\s/, "")).join("\n")
      if (open.program !== undefined && body.trim() !== "" && blocks.length < MAX_BLOCKS)
        blocks.push({ program: open.program, text: `${body}\n` })
      open = undefined
    } else open.lines.push(line)
  }
  return blocks
}

function hooksOf(text: string): [string, string][] {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: Record<string, unknown> }
    return ["preinstall", "install", "postinstall", "prepare"].flatMap((hook): [string, string][] =>
      typeof scripts?.[hook] === "string" ? [[hook, `${scripts[hook]}\n`]] : [],
    )
  } catch {
    return []
  }
}

function isProgram({ bytes }: SampleFile): boolean {
  const head = Buffer.from(bytes.subarray(0, 4)).toString("latin1")
  return head === "\x7fELF" || head.startsWith("MZ") || /^[\xca\xcf\xce]\xfa\xed\xfe/.test(head)
}

function textOf({ bytes }: SampleFile): string {
  return Buffer.from(bytes.subarray(0, MAX_TEXT)).toString("utf8")
}

const languages: Readonly<Record<string, string>> = {
  sh: "sh",
  bash: "bash",
  shell: "bash",
  zsh: "bash",
  console: "bash",
  terminal: "bash",
  python: "python3",
  py: "python3",
}
const byName: readonly (readonly [RegExp, string])[] = [
  [/\.(?:sh|command)$/i, "bash"],
  [/\.(?:bash|zsh)$/i, "bash"],
  [/\.py$/i, "python3"],
  [/\.(?:js|mjs|cjs)$/i, "node"],
  [/\.pl$/i, "perl"],
  [/\.rb$/i, "ruby"],
  [/\.php$/i, "php"],
]
const FOREIGN = /\.(?:ps1|psm1|bat|cmd|vbs|vbe|wsf|hta|applescript|scpt|exe|dll|msi|jar|apk|ts|tsx|go|rs|swift)$/i
const MAX_STEPS = 24
const MAX_BLOCKS = 12
const MAX_TEXT = 512 * 1024
