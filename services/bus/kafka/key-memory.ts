// Memory by key in a compacted topic. Who is assigned a partition claims it, reads what its earlier owners left, and from then on adds to it. The state of
// partition N of the activity topic lies in partition N of the memory topic, so taking over reads only what was taken over.
import { randomBytes } from "node:crypto"
import type { Kafka, Message, Producer } from "kafkajs"
import type { KeptMemory, KeyMemory, KeyPlace } from "../../contracts/bus.ts"
import type { KafkaConfig } from "../../contracts/config/bus.ts"
import { topics } from "../../contracts/topics.ts"
import type { Logger } from "../../runtime/logger.ts"
import { BusError } from "../errors.ts"
import { PartitionMemory, recordKey, SNAPSHOT_PARTS } from "./memory-log.ts"

export interface KeyMemoryOptions {
  readonly kafka: Kafka
  readonly config: KafkaConfig
  readonly logger: Logger
}

interface Owned {
  readonly owner: string
  readonly partition: number
  readonly memory: PartitionMemory
  notes: number
  snapshots: number
}

export class KafkaKeyMemory implements KeyMemory {
  readonly #options: KeyMemoryOptions
  readonly #topic: string
  readonly #owned = new Map<string, Promise<Owned>>()
  #producer: Promise<Producer> | undefined
  #queue: Queued[] = []
  #sending: Promise<void> | undefined
  #partitions: number | undefined

  constructor(options: KeyMemoryOptions) {
    this.#options = options
    this.#topic = options.config.topicPrefix + topics.memory
  }

  async load({ key, assignment }: KeyPlace): Promise<KeptMemory | undefined> {
    return (await this.#own(assignment)).memory.kept(key)
  }

  async note({ key, assignment }: KeyPlace, entry: string): Promise<void> {
    const owned = await this.#own(assignment)
    const record = { partition: owned.partition, owner: owned.owner, kind: "note", workload: key, number: owned.notes++ } as const
    await this.#send(owned.partition, [{ key: recordKey(record), value: entry }])
    owned.memory.add(record, entry)
  }

  async snapshot({ key, assignment }: KeyPlace, state: string): Promise<void> {
    const owned = await this.#own(assignment)
    const { partition, owner, memory } = owned
    const parts = cut(state, Math.floor(this.#options.config.recordBytes / MOST_BYTES_A_CHARACTER))
    const first = owned.snapshots++ * SNAPSHOT_PARTS
    const records = parts.map((_, part) => ({ partition, owner, kind: "snapshot", workload: key, number: first + part }) as const)
    const cleared = memory.keysOf(key)
    // The snapshot first: a crash in between leaves entries that it already holds, and says so.
    for (const [at, record] of records.entries()) await this.#send(partition, [{ key: recordKey(record), value: parts[at] ?? "" }])
    memory.forgetKeys(key)
    for (const [at, record] of records.entries()) memory.add(record, parts[at] ?? "")
    if (cleared.length > 0)
      await this.#send(
        partition,
        cleared.map((old) => ({ key: old, value: null })),
      )
  }

  async close(): Promise<void> {
    await this.#sending
    await (await this.#producer)?.disconnect()
  }

  #own(assignment = "0/0"): Promise<Owned> {
    const known = this.#owned.get(assignment)
    if (known !== undefined) return known
    // Another membership: what was owned in the one before is somebody's, perhaps ours again, and read anew.
    const [partition = "0", membership = "0"] = assignment.split("/")
    for (const other of this.#owned.keys()) if (!other.endsWith(`/${membership}`)) this.#owned.delete(other)
    const opened = this.#open(Number(partition))
    this.#owned.set(assignment, opened)
    opened.catch(() => this.#owned.delete(assignment))
    return opened
  }

  async #open(partition: number): Promise<Owned> {
    const owner = randomBytes(8).toString("hex")
    const memory = new PartitionMemory(partition)
    const claim = recordKey({ partition, owner, kind: "claim", workload: "", number: 0 })
    await this.#send(partition, [{ key: claim, value: new Date().toISOString() }])
    await this.#read(await this.#placeOf(partition), memory, claim)
    return { owner, partition, memory, notes: 0, snapshots: 0 }
  }

  /** From the beginning to our own claim: what comes after is ours alone. */
  async #read(partition: number, memory: PartitionMemory, claim: string): Promise<void> {
    const { kafka, config, logger } = this.#options
    const groupId = `${config.groupPrefix}-memory-${randomBytes(8).toString("hex")}`
    const consumer = kafka.consumer({
      groupId,
      maxWaitTimeInMs: 100,
      maxBytes: 16_777_216,
      maxBytesPerPartition: 8_388_608,
      allowAutoTopicCreation: false,
    })
    try {
      await new Promise<void>((done, failed) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => failed(payload.error))
        const run = async (): Promise<void> => {
          await consumer.connect()
          await consumer.subscribe({ topic: this.#topic, fromBeginning: true })
          await consumer.run({
            autoCommit: false,
            eachBatch: async ({ batch, pause }) => {
              if (batch.partition !== partition) return void pause()
              for (const { key, value } of batch.messages) {
                const name = key?.toString("utf8") ?? ""
                memory.read(name, value?.toString("utf8"))
                if (name === claim) return done()
              }
            },
          })
        }
        run().catch(failed)
      })
    } finally {
      await consumer.disconnect().catch(() => {})
      this.#deleteGroup(groupId).catch((error: unknown) =>
        logger.debug({ err: error }, "a group of a finished reading could not be deleted"),
      )
    }
  }

  async #deleteGroup(groupId: string): Promise<void> {
    const admin = this.#options.kafka.admin()
    await admin.connect()
    try {
      await admin.deleteGroups([groupId])
    } finally {
      await admin.disconnect()
    }
  }

  /** The memory topic may have fewer partitions than the activity topic; keys say whose they are. */
  async #placeOf(partition: number): Promise<number> {
    if (this.#partitions === undefined) {
      const admin = this.#options.kafka.admin()
      await admin.connect()
      try {
        const { topics: found } = await admin.fetchTopicMetadata({ topics: [this.#topic] })
        this.#partitions = Math.max(1, found[0]?.partitions.length ?? 1)
      } finally {
        await admin.disconnect()
      }
    }
    return partition % this.#partitions
  }

  /** One send at a time keeps the order; what arrives meanwhile goes together in the next. */
  async #send(partition: number, messages: readonly Message[]): Promise<void> {
    const place = await this.#placeOf(partition)
    return new Promise((resolve, reject) => {
      this.#queue.push({ messages: messages.map((message) => ({ ...message, partition: place })), resolve, reject })
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = undefined
      })
    })
  }

  async #sendAll(): Promise<void> {
    // Others of this turn come along.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const load = this.#takeLoad()
      try {
        const producer = await this.#connected()
        await producer.send({ topic: this.#topic, acks: -1, messages: load.flatMap(({ messages }) => messages) })
        for (const { resolve } of load) resolve()
      } catch (error) {
        // The batch is not acknowledged and comes again; an idempotent producer that failed must not be used again (0010).
        await (await this.#producer?.catch(() => undefined))?.disconnect().catch(() => {})
        this.#producer = undefined
        const told = new BusError(`${this.#topic}: ${error instanceof Error ? error.message : String(error)}`, {
          code: "no-broker",
          retry: true,
          cause: error,
        })
        for (const { reject } of load) reject(told)
      }
    }
  }

  #takeLoad(): Queued[] {
    let bytes = 0
    let count = 0
    while (count < this.#queue.length) {
      const size =
        this.#queue[count]?.messages.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0) * 2 + 64, 0) ?? 0
      if (count > 0 && bytes + size > this.#options.config.recordBytes) break
      bytes += size
      count++
    }
    return this.#queue.splice(0, count)
  }

  #connected(): Promise<Producer> {
    this.#producer ??= (async () => {
      const producer = this.#options.kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false })
      await producer.connect()
      return producer
    })()
    return this.#producer
  }
}

interface Queued {
  readonly messages: readonly Message[]
  resolve(): void
  reject(error: Error): void
}

function cut(text: string, size: number): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length || at === 0; at += size) parts.push(text.slice(at, at + size))
  return parts.map((part, at) => (at === 0 ? `${parts.length}\n${part}` : part))
}

const MOST_BYTES_A_CHARACTER = 4
