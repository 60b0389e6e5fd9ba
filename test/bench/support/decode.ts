// Decodes one recording in a process of its own, whose memory is measured from outside: decode.ts FOLDER.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { exchanges } from "./exchanges.ts"
import type { Recording } from "./load.ts"

const [folder = ""] = process.argv.slice(2)
await exchanges(JSON.parse(readFileSync(join(folder, "recording.json"), "utf8")) as Recording)
