// Makes the sample of `egret up --demo`: what agents, models and tools say on such a day, by real TLS 1.3 endpoints (test/support/traffic.ts).
// Run: npx tsx test/traffic/demo/record.ts
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { pcapFile } from "../../support/packets.ts"
import { recordTraffic } from "../../support/traffic.ts"
import { story } from "./story.ts"

const target = resolve(import.meta.dirname, "../../../services/cli/demo")
const { packets, keyLog } = await recordTraffic(story)
writeFileSync(join(target, "day.pcap.gz"), gzipSync(pcapFile(packets), { level: 9 }))
writeFileSync(join(target, "day.keys"), keyLog)
process.stdout.write(`${packets.length} packets, ${story.length} steps\n`)
