// Time of day and day of week, from packet time.
import type { PolicyFacts } from "./facts.ts"
import type { Conditions } from "./schema.ts"

export function timeTest({ days, from, to, zone }: NonNullable<Conditions["time"]>): (facts: PolicyFacts) => boolean {
  const offset = minutesOf(zone.slice(1)) * (zone.startsWith("-") ? -1 : 1)
  const start = from === undefined ? 0 : minutesOf(from)
  const end = to === undefined ? MINUTES_A_DAY : minutesOf(to)
  return ({ at }) => {
    const minutes = Math.floor(at / MICROS_A_MINUTE) + offset
    const ofDay = minutes % MINUTES_A_DAY
    const inside = start <= end ? ofDay >= start && ofDay < end : ofDay >= start || ofDay < end
    if (!inside || days === undefined) return inside
    // 1 January 1970 was a Thursday. After midnight a window that began the day before still counts as that day.
    const day = Math.floor(minutes / MINUTES_A_DAY) - (start > end && ofDay < end ? 1 : 0)
    const name = dayNames[(day + 4) % 7]
    return name !== undefined && days.includes(name)
  }
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
}

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const
const MINUTES_A_DAY = 1_440
const MICROS_A_MINUTE = 60_000_000
