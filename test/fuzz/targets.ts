// Every fuzz target: one line for each file of targets.
import { targets as applicationLayers } from "./application-layers.ts"
import { targets as captureAndWire } from "./capture-and-wire.ts"
import { targets as encryptedLayers } from "./encrypted-layers.ts"
import type { FuzzTarget } from "./fuzz.ts"

export const targets: readonly FuzzTarget[] = [...captureAndWire, ...applicationLayers, ...encryptedLayers]
