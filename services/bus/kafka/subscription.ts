// Reads one topic for one group. Records of a fetch become lanes by key; the finished prefix of each partition is committed, never more.
//
// Rebalances: a heartbeat that is refused ends the round: nothing new is started, what runs is waited for, its prefix is committed while this
// membership still counts, and only then the group is joined again. Rounds of an older membership are waited for before a new one begins, so
// that two handlers never work on one key in this process.
import type { Consumer, EachBatchPayload } from "kafkajs"
import type { Subscription } from "../../contracts/bus.ts"
import { backoff, pause } from "../../runtime/retry.ts"
import { PartitionState } from "./partition-state.ts"
import { Round } from "./round.ts"
import type { SubscriptionOptions } from "./subscription-options.ts"

export async function openSubscription(options: SubscriptionOptions): Promise<Subscription> {
  const subscription = new KafkaSubscription(options)
  await subscription.start()
  return subscription
}

class KafkaSubscription implements Subscription {
  readonly #options: SubscriptionOptions
  readonly #stop = new AbortController()
  readonly #rounds = new Set<Promise<void>>()
  #partitions = new Map<number, PartitionState>()
  #membership = 0
  #consumer: Consumer | undefined
  #restarting: Promise<void> | undefined

  constructor(options: SubscriptionOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { kafka, config, topic, group } = this.#options
    const consumer = kafka.consumer({
      // One Kafka group a topic: kafkajs shares out the topics of whoever leads a group to all its members, whatever they subscribed to.
      // With the topic's prefix: else two installations on one cluster would share a group and each other's partitions.
      groupId: `${config.groupPrefix}-${group}-${config.topicPrefix}${topic}`,
      sessionTimeout: config.sessionTimeout,
      rebalanceTimeout: config.sessionTimeout * 2,
      heartbeatInterval: Math.max(200, Math.floor(config.sessionTimeout / 10)),
      maxBytesPerPartition: Math.max(FETCH_PARTITION_BYTES, config.recordBytes * 2),
      maxBytes: FETCH_BYTES,
      maxWaitTimeInMs: FETCH_WAIT_MILLIS,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: FETCH_RETRIES },
    })
    this.#consumer = consumer
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.#membership += 1
      this.#partitions = new Map()
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.#restart(payload.error)
    })
    await consumer.connect()
    await consumer.subscribe({ topic: config.topicPrefix + topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#eachBatch(payload),
    })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#restarting
    await this.#consumer?.disconnect()
    await Promise.all(this.#rounds)
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const membership = this.#membership
    // kafkajs rejoins as soon as one partition's round fails; the others may still be running.
    await Promise.all([...this.#rounds].filter((round) => membershipOf.get(round) !== membership))
    if (this.#stop.signal.aborted || membership !== this.#membership) return
    const { partition } = payload.batch
    const state = this.#partitions.get(partition) ?? new PartitionState()
    this.#partitions.set(partition, state)
    const { topic, group, events } = this.#options
    events.lag(topic, group, { partition, records: Number(payload.batch.offsetLag()) })
    const running = new Round(
      { ...this.#options, signal: this.#stop.signal },
      { payload, state, assignment: `${partition}/${membership}`, current: () => membership === this.#membership },
    ).run()
    const settled = running.catch(() => {})
    membershipOf.set(settled, membership)
    this.#rounds.add(settled)
    try {
      await running
    } catch (error) {
      if (membership === this.#membership) this.#readAgain(payload, state)
      throw error
    } finally {
      this.#rounds.delete(settled)
    }
  }

  /** A round that broke off in a membership that goes on: what it left open must be fetched again, from the oldest record on. */
  #readAgain({ batch }: EachBatchPayload, state: PartitionState): void {
    this.#partitions.delete(batch.partition)
    const offset = state.progress.oldestOpen() ?? batch.firstOffset()
    if (offset !== null) this.#consumer?.seek({ topic: batch.topic, partition: batch.partition, offset: String(offset) })
  }

  /** kafkajs stops for good on errors it holds final (no broker found, for one). A reader must outlive an outage of any length. */
  #restart(error: unknown): void {
    if (this.#restarting !== undefined || this.#stop.signal.aborted) return
    const { logger, topic, group } = this.#options
    logger.warn({ topic, group, err: error }, "the Kafka consumer stopped; starting it again")
    this.#restarting = this.#startUntilItHolds().finally(() => {
      this.#restarting = undefined
    })
  }

  async #startUntilItHolds(): Promise<void> {
    for (let attempt = 1; await pause(backoff(attempt, { first: 500, max: 10_000 }), this.#stop.signal); attempt++) {
      try {
        await this.#consumer?.disconnect().catch(() => {})
        await this.start()
        return
      } catch (error) {
        this.#options.logger.warn({ topic: this.#options.topic, attempt, err: error }, "the Kafka consumer could not start; trying again")
      }
    }
  }
}

const membershipOf = new WeakMap<Promise<void>, number>()
const PARTITIONS_AT_ONCE = 4
const FETCH_PARTITION_BYTES = 2_097_152
const FETCH_BYTES = 16_777_216
// How long the broker holds a fetch that finds nothing. Short, because it also bounds how long closing takes.
const FETCH_WAIT_MILLIS = 500
const FETCH_RETRIES = 10
