import { LimitedMap } from "./limited-map.ts"

/** Forgets what was not looked at for longest: for tables that hostile traffic may fill and honest traffic comes back to. */
export class Lru<V> extends LimitedMap<string, V> {
  override get(key: string): V | undefined {
    const value = super.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }
}
