// Reads strace's lines. Bounded, whatever the traced programs do: each list holds so many different things and then says that it was cut.
//
//   1234  openat(AT_FDCWD</home/agent>, ".ssh/id_rsa", O_RDONLY) = 3</home/agent/.ssh/id_rsa>
//   1234  connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("203.0.113.5")}, 16 <unfinished ...>
//   1234  <... connect resumed>) = 0
import type { NetworkAttempt } from "./report.ts"

export class Trace {
  readonly started = new Bag<string>()
  readonly opened = new Bag<string>()
  readonly forbidden = new Bag<string>()
  readonly connects = new Map<string, NetworkAttempt>()
  #begun = false
  #cut = false
  readonly #unfinished = new Map<string, string>()
  readonly #marker: string

  /** Nothing before the call that names the marker is the sample's. */
  constructor(marker: string) {
    this.#marker = marker
  }

  get cut(): boolean {
    return this.#cut || [this.started, this.opened, this.forbidden].some((bag) => bag.cut)
  }

  line(text: string): void {
    const [, pid, call] = /^(\d{1,10})\s{1,8}(.*)$/s.exec(text.slice(0, MAX_LINE)) ?? []
    if (pid === undefined || call === undefined) return
    if (!this.#begun) {
      this.#begun = call.startsWith("open") && call.includes(this.#marker)
      return
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(call)
    if (resumed !== null) {
      const begin = this.#unfinished.get(pid)
      this.#unfinished.delete(pid)
      if (begin !== undefined) this.#call(begin + (resumed[1] ?? ""))
    } else if (call.endsWith("<unfinished ...>")) {
      if (this.#unfinished.size < MAX_UNFINISHED) this.#unfinished.set(pid, call.slice(0, -"<unfinished ...>".length))
      // What is denied or killed for it never resumes.
      this.#refusal(call)
    } else this.#call(call)
  }

  #call(call: string): void {
    const name = call.slice(0, call.indexOf("("))
    if (name === "execve" || name === "execveat") {
      const argv = /\[(.{0,600})/s.exec(call)?.[1]
      if (argv !== undefined && !/= -1 E/.test(call)) this.started.add(wordsOf(argv))
    } else if (name === "openat" || name === "open" || name === "openat2" || name === "creat") {
      const path = pathOf(call)
      if (path !== undefined) this.opened.add(path)
    } else if (name === "connect") this.#connect(call)
    else this.#refusal(call)
  }

  #refusal(call: string): void {
    const name = call.slice(0, call.indexOf("("))
    if (FORBIDDEN.has(name) || (name === "clone" && call.includes("CLONE_NEW"))) this.forbidden.add(name)
  }

  #connect(call: string): void {
    const v4 = /sin_port=htons\((\d{1,5})\), sin_addr=inet_addr\("([\d.]{7,15})"\)/.exec(call)
    const v6 = /sin6_port=htons\((\d{1,5})\).{0,80}inet_pton\(AF_INET6, "([0-9a-fA-F:.]{2,45})"/.exec(call)
    const [, port, host] = v4 ?? v6 ?? []
    if (host === undefined) return
    if (this.connects.size >= MAX_LISTED) {
      this.#cut = true
      return
    }
    this.connects.set(`${host} ${port}`, { kind: "connect", host, port: Number(port), detail: "", canary: false })
  }
}

/** Different things, so many at most. */
class Bag<T> {
  readonly #items = new Set<T>()
  cut = false

  add(item: T): void {
    if (this.#items.size < MAX_LISTED || this.#items.has(item)) this.#items.add(item)
    else this.cut = true
  }
  get list(): T[] {
    return [...this.#items]
  }
}

/** The path the kernel resolved, or the asked one below the folder it was asked in. */
function pathOf(call: string): string | undefined {
  const resolved = /= \d{1,6}<([^>]{1,1000})>/.exec(call)?.[1]
  if (resolved !== undefined) return resolved
  const [, folder = "", asked = ""] = /^\w+\((?:AT_FDCWD(?:<([^>]{0,1000})>)?, |\d+<[^>]{0,1000}>, )?"([^"]{1,1000})"/.exec(call) ?? []
  if (asked === "") return undefined
  return asked.startsWith("/") ? asked : `${folder}/${asked}`
}

function wordsOf(argv: string): string {
  return [...argv.matchAll(/"((?:[^"\\]|\\.){0,200})"/gs)]
    .map((match) => match[1] ?? "")
    .join(" ")
    .slice(0, 300)
}

const FORBIDDEN: ReadonlySet<string> = new Set([
  "mount",
  "umount2",
  "pivot_root",
  "ptrace",
  "setns",
  "unshare",
  "bpf",
  "kexec_load",
  "init_module",
  "finit_module",
  "process_vm_readv",
  "process_vm_writev",
  "open_by_handle_at",
  "keyctl",
  "add_key",
  "perf_event_open",
  "userfaultfd",
  "swapon",
  "reboot",
  "chroot",
  "io_uring_setup",
])
const MAX_LISTED = 400
const MAX_UNFINISHED = 1_000
const MAX_LINE = 4_000
