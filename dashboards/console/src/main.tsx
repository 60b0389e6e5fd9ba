import { render } from "preact"
import { readSession, session } from "./api.ts"
import { App } from "./app.tsx"
import { startLive } from "./live.ts"
import { startRouter } from "./router.ts"
import { applyTheme } from "./theme.ts"

applyTheme()
startRouter()
startLive()
const root = document.getElementById("app")
if (root !== null) render(<App />, root)
if (session.value === undefined) void readSession()
