// How far a partition is done. Records finish out of order, because keys run beside each other; only the finished prefix may be committed,
// so that a crash brings back everything that was not finished, and nothing else than the tail again.

export class PartitionProgress {
  /** In offset order. `open`: events of the record still to finish. */
  readonly #records: { readonly offset: bigint; open: number }[] = []
  #committable: bigint | undefined

  /** Returns the function to call when one event of the record is finished; a record without events is finished at once. */
  begin(offset: bigint, events: number): (count: number) => void {
    const record = { offset, open: events }
    this.#records.push(record)
    this.#advance()
    return (count) => {
      record.open -= count
      this.#advance()
    }
  }

  /** The offset to commit (that of the next record wanted), when it has moved since it was last taken. */
  takeCommittable(): bigint | undefined {
    const offset = this.#committable
    this.#committable = undefined
    return offset
  }

  putBack(offset: bigint): void {
    if (this.#committable === undefined || offset > this.#committable) this.#committable = offset
  }

  /** Where to read again when what is open was abandoned. */
  oldestOpen(): bigint | undefined {
    return this.#records[0]?.offset
  }

  #advance(): void {
    let done = 0
    for (const record of this.#records) {
      if (record.open > 0) break
      this.#committable = record.offset + 1n
      done += 1
    }
    if (done > 0) this.#records.splice(0, done)
  }
}
