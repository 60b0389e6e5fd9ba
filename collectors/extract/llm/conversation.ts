// Agents resend the whole conversation on every call. Here it is found again, so that only what is new goes on and the log grows with the talk,
// not with its square.
//
//   chain hash   h(i) = H(h(i-1), digest of message i): equal hashes mean equal histories, however long
//   heads        h of every request, and of every request with its answer -> the conversation it belongs to
//   pairs        digest of two neighbours -> conversation: finds a history again whose beginning was rewritten
// A client that keeps its history at the server names the response it goes on from; those names are kept too.
import type { Message, Part, ToolDefinition } from "../../../services/contracts/activity/genai.ts"
import { sha256Hex, stableId } from "../ids.ts"
import { canonicalJson } from "../json/canonical.ts"
import { isObject, type Json } from "../json/read.ts"
import { LimitedMap } from "../limited-map.ts"
import { Lru } from "../lru.ts"
import type { LlmRequest, LlmResponse } from "./types.ts"

export interface PlacedCall {
  readonly conversationId: string
  readonly newMessages: readonly Message[]
  readonly newSystem: readonly string[]
  /** Empty when this set of definitions was already reported for the conversation. */
  readonly newTools: readonly ToolDefinition[]
  readonly history: { readonly messages: number; readonly bytes: number; readonly prefixHash: string }
  /** To be told when the answer is known. */
  answered(response: LlmResponse): void
}

interface Conversation {
  readonly id: string
  readonly system: Set<string>
  readonly tools: Set<string>
  /** What was asked last: a history that goes on holds it, one that only begins alike (few-shot examples) does not. */
  lastAsked: string
}

interface Known {
  readonly scope: string
  readonly digests: readonly string[]
  /** How many of the digests were known before. */
  readonly from: number
  readonly head: string | undefined
}

interface Head {
  readonly conversation: Conversation
  /** Of a request that was answered: to ask the same again is no retry but another run, or another answer to the last message. */
  readonly answered: boolean
}

export interface CallPlace {
  /** Who talks: conversations of two workloads never meet. */
  readonly scope: string
  /** Wire family: the same question to another API is another conversation. */
  readonly family: string
  /** Of the activity: names a conversation that begins with it. */
  readonly activity: string
}

export class Conversations {
  readonly #heads = new Lru<Head>(MAX_HEADS)
  readonly #pairs = new Lru<Conversation>(MAX_PAIRS)
  readonly #links = new LimitedMap<string, string>(MAX_LINKS)
  readonly #names = new Lru<Conversation>(MAX_NAMES)

  place(request: LlmRequest, { scope: who, family, activity }: CallPlace): PlacedCall {
    const scope = `${who}|${family}`
    const digests = request.messages.map(digestOf)
    const chain = this.#chainOf(scope, digests)
    const found = this.#find(request, { scope, digests, chain })
    const named = request.conversation
    const conversation = found?.conversation ?? {
      id: named ?? stableId("conversation", activity),
      system: new Set(),
      tools: new Set(),
      lastAsked: EMPTY,
    }
    // The last message is what is asked now: it goes on even when a retry repeats it.
    const kept = keepLast(found?.fresh ?? request.messages.map(() => true))
    const from = found === undefined ? 0 : Math.max(0, found.fresh.indexOf(true))
    this.#remember(conversation, { scope, digests, from, head: chain.at(-1) })
    conversation.lastAsked = digests.at(-1) ?? EMPTY
    if (named !== undefined) this.#names.set(nameKey(scope, named), conversation)
    if (request.previousResponseId !== undefined) this.#names.set(nameKey(scope, request.previousResponseId), conversation)
    const omitted = request.messages.filter((_, index) => kept[index] !== true)
    const firstNew = kept.indexOf(true)
    return {
      conversationId: conversation.id,
      newMessages: request.messages.filter((_, index) => kept[index] === true),
      newSystem: request.system.filter((text) => addNew(conversation.system, sha256Hex(text), MAX_SYSTEM)),
      newTools: this.#newTools(conversation, request.tools),
      history: {
        messages: omitted.length,
        bytes: omitted.reduce((sum, one) => sum + sizeOf(one), 0),
        prefixHash: firstNew <= 0 ? "" : (chain[firstNew - 1] ?? ""),
      },
      answered: (response) => this.#answered(conversation, { scope, digests, response }),
    }
  }

  #find(request: LlmRequest, at: { readonly scope: string; readonly digests: readonly string[]; readonly chain: readonly string[] }) {
    for (let length = at.chain.length; length > 0; length--) {
      const head = this.#heads.get(at.chain[length - 1] ?? "")
      if (head === undefined || (head.answered && length === at.chain.length)) continue
      return { conversation: head.conversation, fresh: at.digests.map((_, index) => index >= length) }
    }
    for (const name of [request.previousResponseId, request.conversation]) {
      const conversation = name === undefined ? undefined : this.#names.get(nameKey(at.scope, name))
      if (conversation !== undefined) return { conversation, fresh: at.digests.map(() => true) }
    }
    return this.#findRewritten(at)
  }

  /** The beginning changed (a clock in the first message, a summary, a dropped image) but most of what follows is known. */
  #findRewritten({ scope, digests }: { readonly scope: string; readonly digests: readonly string[] }) {
    if (digests.length < MIN_REWRITTEN) return undefined
    const pairs = pairsOf(scope, digests)
    const owners = pairs.map((pair) => this.#pairs.get(pair))
    const counts = new Map<Conversation, number>()
    for (const owner of owners) if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1)
    let best: Conversation | undefined
    for (const [owner, known] of counts) if (best === undefined || known > (counts.get(best) ?? 0)) best = owner
    if (best === undefined || (counts.get(best) ?? 0) * 2 < pairs.length || !digests.includes(best.lastAsked)) return undefined
    // A message is known when it stood behind the same neighbour, or before it: only at the edges of a change it goes on again.
    const known = digests.map((_, index) => (owners[index - 1] === best && index > 0) || (owners[index] === best && index < owners.length))
    return { conversation: best, fresh: known.map((one) => !one) }
  }

  #remember(conversation: Conversation, at: Known): void {
    if (at.head !== undefined) this.#heads.set(at.head, { conversation, answered: false })
    // The pairs of the known history are there already.
    for (const pair of pairsOf(at.scope, at.digests.slice(Math.max(0, at.from - 1))).slice(-RECENT_PAIRS))
      this.#pairs.set(pair, conversation)
  }

  #answered(
    conversation: Conversation,
    at: { readonly scope: string; readonly digests: readonly string[]; readonly response: LlmResponse },
  ): void {
    const asked = this.#chainOf(at.scope, at.digests).at(-1)
    const said = at.response.messages.some((one) => one.parts.length > 0)
    if (asked !== undefined && said && at.response.error === undefined) this.#heads.set(asked, { conversation, answered: true })
    const digests = [...at.digests, ...at.response.messages.map(digestOf)]
    this.#remember(conversation, { scope: at.scope, digests, from: at.digests.length, head: this.#chainOf(at.scope, digests).at(-1) })
    if (at.response.id !== undefined) this.#names.set(nameKey(at.scope, at.response.id), conversation)
  }

  /** Empty messages (reasoning that only the server can read) count for nothing, so that an answer and its repetition hash alike. */
  #chainOf(scope: string, digests: readonly string[]): string[] {
    const chain: string[] = []
    let hash = scope
    for (const digest of digests) {
      if (digest !== EMPTY) hash = this.#link(hash, digest)
      chain.push(hash)
    }
    return chain
  }

  /** A history comes again with every call: its links are looked up, which costs a fraction of hashing. */
  #link(before: string, digest: string): string {
    const key = before + digest
    const known = this.#links.get(key)
    if (known !== undefined) return known
    const made = stableId(before, digest)
    this.#links.set(key, made)
    return made
  }

  #newTools(conversation: Conversation, tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
    return tools.filter((tool) => addNew(conversation.tools, `${tool.server ?? ""} ${tool.hash}`, MAX_TOOLS))
  }
}

function nameKey(scope: string, name: string): string {
  return stableId(scope, name)
}

function addNew(set: Set<string>, value: string, limit: number): boolean {
  if (set.has(value)) return false
  if (set.size >= limit) set.clear()
  set.add(value)
  return true
}

function keepLast(fresh: readonly boolean[]): readonly boolean[] {
  return fresh.length === 0 || fresh.includes(true) ? fresh : fresh.map((_, index) => index === fresh.length - 1)
}

/** Two neighbours, by 64 bits of each digest. */
function pairsOf(scope: string, digests: readonly string[]): string[] {
  const said = digests.filter((digest) => digest !== EMPTY)
  return said.slice(1).map((digest, index) => `${scope} ${said[index]?.slice(0, PAIR_HEX)} ${digest.slice(0, PAIR_HEX)}`)
}

/** Characters of what is said: close to the bytes it took, without writing it out again. */
function sizeOf(message: Message): number {
  return message.parts.reduce((sum, part) => sum + essence(part).length + (part.type === "reasoning" ? part.text.length : 0), 0)
}

/** What a message says, without what clients change when they repeat it: reasoning, white space at the ends, the order of keys in arguments. */
export function digestOf(message: Message): string {
  const parts = message.parts.map(essence).filter((part) => part !== "")
  return parts.length === 0 ? EMPTY : sha256Hex(`${message.role}\u0000${parts.join("\u0000")}`)
}

function essence(part: Part): string {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text.trim()
    case "reasoning":
      return ""
    case "tool_call":
      return `call ${part.name} ${canonicalArguments(part.arguments)}`
    case "tool_call_response":
      return `result ${part.id ?? ""} ${part.content}`
    case "blob":
      return `blob ${part.sha256 ?? part.uri ?? part.name ?? ""}`
    case "unknown":
      return part.raw
  }
}

function canonicalArguments(text: string): string {
  if (text === "" || text === "{}") return ""
  if (text.length > MAX_ARGUMENTS) return text
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? canonicalJson(value as Json) : text
  } catch {
    return text
  }
}

const EMPTY = ""
const PAIR_HEX = 16
// About 100 bytes each. Two heads a call: some thousand calls of memory for one worker's workloads.
const MAX_HEADS = 20_000
const MAX_PAIRS = 60_000
const MAX_NAMES = 20_000
const MAX_LINKS = 60_000
// Pairs of one call that are kept: enough to find a rewritten history again, never so many that one call empties the table.
const RECENT_PAIRS = 2_000
const MAX_SYSTEM = 256
// Fewer messages than this are too few to call a history the same when their beginning differs.
const MIN_REWRITTEN = 4
const MAX_TOOLS = 4_096
const MAX_ARGUMENTS = 64 * 1024
