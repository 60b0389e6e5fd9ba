// Backends of coding agents and assistants: they carry prompts, but in wire formats of their own.
import { type CatalogueEntry, entriesOf } from "./entry.ts"

const agent = entriesOf("agent")

export const agentBackends: readonly CatalogueEntry[] = [
  agent(
    "cursor",
    "Cursor",
    "us",
    ["api2.cursor.sh", "api3.cursor.sh", "api4.cursor.sh", ".api5.cursor.sh", "repo42.cursor.sh", ".cursor.sh"],
    {
      families: ["connect"],
    },
  ),
  agent(
    "windsurf",
    "Windsurf",
    "us",
    ["server.codeium.com", "inference.codeium.com", "server.self-serve.windsurf.com", ".windsurf.com", ".codeium.com"],
    {
      families: ["connect"],
    },
  ),
  agent("cline", "Cline", "us", ["api.cline.bot", "app.cline.bot"], { families: ["openai.chat"] }),
  agent("roo_code", "Roo Code", "us", ["app.roocode.com", "api.roocode.com"], { families: ["openai.chat"] }),
  agent("continue", "Continue", "us", ["api.continue.dev"]),
  agent("amp", "Amp", "us", ["ampcode.com"]),
  agent("factory", "Factory", "us", ["app.factory.ai", "api.factory.ai"]),
  agent("devin", "Devin", "us", ["api.devin.ai", "app.devin.ai"]),
  agent("amazon_q", "Amazon Q Developer", "global", [], {
    patterns: [{ under: "amazonaws.com", pattern: /^(?:codewhisperer|q)\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/ }],
  }),
  agent("kiro", "Kiro", "us", [".kiro.dev"]),
  agent("trae", "Trae", "cn", ["api.trae.ai", ".trae.ai", ".marscode.com", ".marscode.cn", ".trae.cn"]),
  agent("lingma", "Lingma", "cn", [], { patterns: [{ under: "aliyun.com", pattern: /^lingma[a-z0-9-]*(?:\.[a-z0-9-]+)?\.aliyun\.com$/ }] }),
  agent("augment", "Augment Code", "us", ["api.augmentcode.com", ".api.augmentcode.com"]),
  agent("jetbrains", "JetBrains AI", "eu", ["api.jetbrains.ai", "ai.jetbrains.com"]),
  agent("tabnine", "Tabnine", "il", [".tabnine.com"]),
  agent("sourcegraph", "Sourcegraph Cody", "us", ["sourcegraph.com"], { paths: ["/.api/"] }),
  agent("replit", "Replit Agent", "us", ["replit.com", ".replit.com"], { paths: ["/graphql", "/api/"] }),
  agent("lovable", "Lovable", "eu", ["api.lovable.dev", "lovable-api.com"]),
  agent("warp", "Warp", "us", ["app.warp.dev"]),
  agent("qoder", "Qoder", "cn", [".qoder.com", ".qoder.sh"]),
  agent("zed", "Zed AI", "us", ["llm.zed.dev", "cloud.zed.dev"]),
]
