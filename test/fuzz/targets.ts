// Every fuzz target: one line for each file of targets.
import { targets as applicationLayers } from "./application-layers.ts"
import type { FuzzTarget } from "./fuzz.ts"

export const targets: readonly FuzzTarget[] = [...applicationLayers]
