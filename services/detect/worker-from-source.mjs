// The pool's worker when Egret runs from sources: registers the TypeScript loader inside the worker thread, where the main thread's does not reach,
// then hands over to the real worker. Not part of dist/.
import { workerData } from "piscina"
import { register } from "tsx/esm/api"

register()
const { default: work } = await import(workerData.source)

export default work
