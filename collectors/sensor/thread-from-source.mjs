// A thread when Egret runs from sources: registers the TypeScript loader inside it, then hands over. Not part of dist/.
import { workerData } from "node:worker_threads"
import { register } from "tsx/esm/api"

register()
await import(workerData.source)
