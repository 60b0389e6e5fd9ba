// Records one load in a process of its own: record.ts FOLDER PROFILE REQUESTS CONNECTIONS writes FOLDER/recording.json.
// In the process that measures, the clients and servers of the load leave a heap and compiled code behind that slow down what is measured.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Profile, recordLoad } from "./load.ts"

const [folder = "", profile = "", requests = "", connections = ""] = process.argv.slice(2)
const options = { folder, profile: profile as Profile, requests: Number(requests), connections: Number(connections) }
const recording = await recordLoad(options)
writeFileSync(join(folder, "recording.json"), JSON.stringify(recording))
process.exit(0)
