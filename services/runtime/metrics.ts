// Counters, gauges and histograms by one rule: `egret_<service>_<noun>_<unit>`, counters end in `_total`, label values come from bounded sets.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"

type Labels<L extends string> = Readonly<Record<L, string>>

interface Describe<L extends string> {
  readonly name: string
  readonly help: string
  readonly labels?: readonly L[]
}

export interface CounterMetric<L extends string> {
  add(count: number, labels: Labels<L>): void
}
export interface GaugeMetric<L extends string> {
  set(value: number, labels: Labels<L>): void
}
export interface HistogramMetric<L extends string> {
  observe(value: number, labels: Labels<L>): void
}

/** Asking twice for one name gives the same metric, so that parts need not know of each other. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #made = new Map<string, unknown>()

  /** Adds what Node and the process say of themselves: memory, event loop delay, garbage collection. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry, prefix: "egret_" })
  }

  counter<L extends string = never>({ name, help, labels = [] }: Describe<L>): CounterMetric<L> {
    if (!name.endsWith("_total")) throw new Error(`counter ${name} must end in _total`)
    return this.#once(name, () => {
      const metric = new Counter({ name, help, labelNames: labels, registers: [this.#registry] })
      const bound = new BoundedLabels(labels)
      return { add: (count: number, values: Labels<L>) => (count > 0 ? metric.inc(bound.of(values), count) : undefined) }
    })
  }

  gauge<L extends string = never>({ name, help, labels = [] }: Describe<L>): GaugeMetric<L> {
    return this.#once(name, () => {
      const metric = new Gauge({ name, help, labelNames: labels, registers: [this.#registry] })
      const bound = new BoundedLabels(labels)
      return { set: (value: number, values: Labels<L>) => metric.set(bound.of(values), value) }
    })
  }

  /** A gauge whose value is asked for when the metrics are read: queue lengths, memory held. */
  sampled({ name, help }: Describe<never>, sample: () => number): void {
    this.#once(name, () => {
      const metric: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => metric.set(sample()) })
      return metric
    })
  }

  /** One value for each of a few names that the configuration gives. */
  sampledEach(
    { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
    sample: () => ReadonlyMap<string, number>,
  ): void {
    this.#once(name, () => {
      const metric: Gauge<string> = new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [this.#registry],
        collect: () => {
          for (const [value, count] of sample()) metric.set({ [label]: value }, count)
        },
      })
      return metric
    })
  }

  histogram<L extends string = never>({
    name,
    help,
    labels = [],
    buckets,
  }: Describe<L> & { readonly buckets: readonly number[] }): HistogramMetric<L> {
    return this.#once(name, () => {
      const metric = new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [this.#registry] })
      const bound = new BoundedLabels(labels)
      return { observe: (value: number, values: Labels<L>) => metric.observe(bound.of(values), value) }
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** The text Prometheus scrapes. */
  render(): Promise<string> {
    return this.#registry.metrics()
  }

  #once<T>(name: string, make: () => T): T {
    if (!/^egret_[a-z0-9_]+$/.test(name)) throw new Error(`metric ${name} must be named egret_<service>_<noun>_<unit>`)
    const known = this.#made.get(name)
    if (known !== undefined) return known as T
    const made = make()
    this.#made.set(name, made)
    return made
  }
}

/** Label values sometimes come from traffic in the end. Past the limit new combinations count as "other", so a hostile client cannot grow our memory. */
class BoundedLabels<L extends string> {
  readonly #names: readonly L[]
  readonly #seen = new Set<string>()

  constructor(names: readonly L[]) {
    this.#names = names
  }

  of(values: Labels<L>): Record<L, string> {
    if (this.#names.length === 0) return {} as Record<L, string>
    const key = this.#names.map((name) => values[name]).join("\0")
    if (!this.#seen.has(key)) {
      if (this.#seen.size >= MAX_SERIES) return Object.fromEntries(this.#names.map((name) => [name, "other"])) as Record<L, string>
      this.#seen.add(key)
    }
    return values
  }
}

// Series of one metric. Prometheus advises to stay near ten; our largest honest set (anomaly codes) is some hundreds.
const MAX_SERIES = 1_000
