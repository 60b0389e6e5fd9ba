import { render } from "preact"
import { readSession, session } from "./api.ts"
import { App } from "./app.tsx"
import { startRouter } from "./router.ts"

startRouter()
const root = document.getElementById("app")
if (root !== null) render(<App />, root)
if (session.value === undefined) void readSession()
