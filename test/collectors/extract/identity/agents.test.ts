import { describe, expect, it } from "vitest"
import { createExtractor } from "../../../../collectors/extract/extractor.ts"
import type { HeaderList, TlsFact, WireFact } from "../../../../collectors/wire/facts.ts"
import type { Envelope, FlowRef } from "../../../../services/contracts/envelope.ts"
import { exchange, flow, json } from "../facts.ts"

const claudePrompt = "You are Claude Code, Anthropic's official CLI for Claude."
const claudeTools = ["Bash", "Read", "Edit", "Write", "Glob", "Grep", "Task", "WebFetch"]
const claudeHeaders: HeaderList = [
  ["user-agent", "claude-cli/2.1.90 (external, cli)"],
  ["x-app", "cli"],
  ["anthropic-beta", "claude-code-20250219,oauth-2025-04-20"],
]
const node = "t13d5911h1_a33745022dd6_1f22a2ca17c4"
const python = "t13d1812h1_85036bcba153_b26ce05bbdd6"

function call({
  headers = [],
  system = "S",
  tools = [],
  user = "U",
  at = 1_000,
  userId,
}: {
  headers?: HeaderList
  system?: string
  tools?: string[]
  user?: string
  at?: number
  userId?: string
}) {
  return exchange({
    host: "api.anthropic.com",
    path: "/v1/messages",
    stream: at,
    at,
    request: {
      headers: [...json, ...headers],
      body: {
        model: "c",
        max_tokens: 1,
        system,
        messages: [{ role: "user", content: user }],
        tools: tools.map((name) => ({ name, input_schema: {} })),
        ...(userId && { metadata: { user_id: userId } }),
      },
    },
    response: { headers: json, body: { type: "message", role: "assistant", content: [{ type: "text", text: "A" }], usage: {} } },
  })
}
const web = (at = 2_000) => exchange({ method: "GET", host: "example.org", path: "/", at, stream: at })
const hello = (ja4: string): TlsFact => ({
  type: "tls",
  at: 500,
  sni: "x",
  alpn: [],
  alpnChosen: undefined,
  version: undefined,
  cipher: undefined,
  ja3: undefined,
  ja3s: undefined,
  ja4,
  ech: false,
  resumed: false,
  certificate: undefined,
  decryption: "full",
  reason: undefined,
})

/** The agent of every row of these facts, each on the flow given beside it. */
function agents(...facts: (WireFact | readonly [WireFact, Partial<FlowRef>])[]) {
  const extractor = createExtractor({ sensor: "test" })
  const out: Envelope[] = []
  for (const given of facts) {
    const [fact, change] = Array.isArray(given) ? (given as [WireFact, Partial<FlowRef>]) : [given as WireFact, {}]
    extractor.handle(fact, { ...flow, ...change }, (row) => out.push(row))
  }
  return out.filter((row) => row.kind === "http" || row.kind === "llm").map((row) => row.agent)
}

// Tools and first words as the products of November 2026 sent them to a provider of ours (test/traffic/agents).
const products: readonly (readonly [string, { system: string; tools?: string[]; headers?: HeaderList; user?: string }])[] = [
  [
    "Cline",
    {
      system: "You are Cline, an AI coding agent. You help.",
      tools: ["web_search", "read_files", "search_codebase", "run_commands", "fetch_web_content", "editor", "ask_question", "spawn_agent"],
      headers: [["user-agent", "ai-sdk/anthropic/4.0.42 ai-sdk/provider-utils/5.0.30 runtime/bun/1.3.13"]],
    },
  ],
  [
    "Continue",
    {
      system: "You are an agent in the Continue CLI. Given the user's prompt, act.",
      tools: [
        "Read",
        "Write",
        "List",
        "Bash",
        "Fetch",
        "Checklist",
        "CheckBackgroundJob",
        "AskQuestion",
        "MultiEdit",
        "Exit",
        "Skills",
        "add",
      ],
      headers: [["user-agent", "ls/JS 5.23.2"]],
    },
  ],
  [
    "Codex",
    {
      system: "You are a coding agent running in the Codex CLI, a terminal-based coding assistant.",
      tools: ["exec_command", "write_stdin", "request_user_input", "view_image", "multi_agent_v1.spawn_agent", "get_goal"],
    },
  ],
  [
    "GitHub Copilot CLI",
    {
      system: "You are the GitHub Copilot CLI, a terminal assistant built by GitHub.",
      tools: ["bash", "read_bash", "stop_bash", "list_bash", "view", "create", "edit", "sql", "task", "calculator-add"],
    },
  ],
  [
    "OpenCode",
    {
      system: "You are a title generator. You output ONLY a thread title. Nothing else.",
      headers: [["user-agent", "opencode/1.18.33 ai-sdk"]],
    },
  ],
]

describe("products as they are", () => {
  it.each(products)("names %s by two marks that do not depend on each other", (name, sketch) => {
    const agent = agents(call(sketch)).at(-1)
    expect(agent?.name).toBe(name)
    expect(agent?.confidence).toBeGreaterThanOrEqual(0.8)
    expect(agent?.conflicts).toEqual([])
  })

  it("gives the library of a call that nobody can be named for, and takes LiteLLM's for no product's", () => {
    const agent = agents(call({ headers: [["user-agent", "litellm/1.106.2"]] })).at(-1)
    expect(agent).toMatchObject({ confidence: 0, signals: [{ source: "client", value: "litellm/1.106.2", says: "litellm" }] })
  })

  it("takes an MCP client's word for a name with little confidence, under the id that it keeps once its model call agrees", () => {
    const initialize = exchange({
      path: "/mcp",
      at: 100,
      request: {
        headers: json,
        body: {
          jsonrpc: "2.0",
          id: 0,
          method: "initialize",
          params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "gemini-cli-mcp-client", version: "0.61.0" } },
        },
      },
    })
    const [claimed, ...rest] = agents(
      initialize,
      call({ at: 5_000, system: "You are Gemini CLI, an agent.", headers: [["user-agent", "GeminiCLI/0.61.0/m"]] }),
    )
    expect(claimed).toMatchObject({ name: "Gemini CLI", version: "0.61.0", confidence: 0.25 })
    expect(rest.at(-1)).toMatchObject({ name: "Gemini CLI", id: claimed?.id })
  })
})

describe("Agents", () => {
  it("names an agent when independent groups agree, with version, evidence and rising confidence", () => {
    const [agent] = agents(hello(node), call({ headers: claudeHeaders, system: claudePrompt, tools: claudeTools }))
    expect(agent).toMatchObject({ name: "Claude Code", version: "2.1.90", conflicts: [] })
    expect(agent?.confidence).toBeGreaterThan(0.9)
    expect(agent?.signals.map((signal) => signal.source.split(":")[0])).toEqual(
      expect.arrayContaining(["user-agent", "header", "prompt", "tools", "ja4"]),
    )
    const [weaker] = agents(call({ system: claudePrompt, tools: claudeTools }))
    expect(weaker).toMatchObject({ name: "Claude Code" })
    expect(weaker?.confidence).toBeLessThan(agent?.confidence ?? 0)
  })

  it("does not name an agent by one mark, and says what was claimed", () => {
    const [agent] = agents(call({ headers: [["user-agent", "claude-cli/2.1.90"]] }))
    expect(agent).toMatchObject({ name: "unknown", signals: [{ source: "user-agent", says: "claude-code" }] })
    expect(agent?.confidence).toBeLessThan(0.5)
  })

  it("believes prompt and tools over borrowed headers, and reports the imitation", () => {
    const borrowed: HeaderList = [
      ["user-agent", "GitHubCopilotChat/0.30"],
      ["copilot-integration-id", "vscode-chat"],
      ["editor-plugin-version", "copilot-chat/0.30"],
    ]
    const [agent] = agents(
      call({
        headers: borrowed,
        system: "You are a personal assistant running inside OpenClaw.\n## Tooling",
        tools: ["read", "write", "exec", "process", "browser", "sessions_send", "memory_search", "cron"],
      }),
    )
    expect(agent?.name).toBe("OpenClaw")
    expect(agent?.conflicts.map((one) => one.says)).toEqual(expect.arrayContaining(["copilot-chat"]))
  })

  it("takes the TLS fingerprint of another runtime for a conflict", () => {
    const [agent] = agents(hello(python), call({ headers: claudeHeaders, system: claudePrompt, tools: claudeTools }))
    expect(agent).toMatchObject({ name: "Claude Code", conflicts: [{ source: "ja4", value: "python" }] })
  })

  it("keeps one id over connections and for traffic that has no mark of its own", () => {
    const seen = agents(
      [call({ headers: claudeHeaders, system: claudePrompt }), { id: "a" }],
      [call({ headers: claudeHeaders, system: claudePrompt, at: 5_000 }), { id: "b" }],
      [web(6_000), { id: "c" }],
    )
    expect(new Set(seen.map((agent) => agent.id)).size).toBe(1)
    expect(seen.at(-1)).toMatchObject({ name: "Claude Code", confidence: 0.5 })
  })

  it("takes one mark for enough where the same agent was identified a moment ago", () => {
    const telemetry = exchange({
      host: "stats.example",
      path: "/t",
      at: 4_000,
      stream: 4_000,
      request: { headers: [["user-agent", "claude-code/2.1.90"]] },
    })
    const codex: HeaderList = [
      ["user-agent", "codex_cli_rs/0.60.0 (Linux; x86_64) xterm"],
      ["originator", "codex_cli_rs"],
    ]
    const seen = agents(
      [call({ headers: claudeHeaders, system: claudePrompt }), { id: "a" }],
      [call({ headers: codex, at: 3_000 }), { id: "b" }],
      [telemetry, { id: "c" }],
    )
    expect(seen.at(-1)).toMatchObject({ name: "Claude Code", confidence: 0.7 })
    expect(seen.at(-1)?.id).toBe(seen[0]?.id)
  })

  it("lends no name to a machine's other traffic when two agents run on it, or long after", () => {
    const codex: HeaderList = [
      ["user-agent", "codex_cli_rs/0.60.0 (Linux; x86_64) xterm"],
      ["originator", "codex_cli_rs"],
    ]
    const two = agents(
      [call({ headers: claudeHeaders, system: claudePrompt }), { id: "a" }],
      [call({ headers: codex, at: 3_000 }), { id: "b" }],
      [web(4_000), { id: "c" }],
    )
    expect(new Set(two.map((agent) => agent.name))).toEqual(new Set(["Claude Code", "Codex", "unknown"]))
    const late = agents([call({ headers: claudeHeaders, system: claudePrompt }), { id: "a" }], [web(3_600_000_000), { id: "b" }])
    expect(late.at(-1)?.name).toBe("unknown")
  })

  it("keeps people behind one address apart by their device, and machines by their address", () => {
    const of = (device: string, change: Partial<FlowRef> = {}) =>
      [
        call({ headers: claudeHeaders, system: claudePrompt, userId: JSON.stringify({ device_id: device, session_id: "s" }) }),
        change,
      ] as const
    const seen = agents(
      of("device-one", { id: "a" }),
      of("device-two", { id: "b" }),
      of("device-one", { id: "c", client: { ip: "10.0.0.9", port: 1 } }),
    )
    expect(new Set(seen.map((agent) => agent.id)).size).toBe(3)
  })

  it("gives an agent that nobody knows an identity by its tools, stable over dates in its prompt", () => {
    const seen = agents(call({ system: "You book trips. Today is 2026-11-01.", tools: ["book", "search"] }), [
      call({ system: "You book trips. Today is 2026-11-02.", tools: ["search", "book"], at: 9_000 }),
      { id: "z" },
    ])
    expect(new Set(seen.map((agent) => agent.id)).size).toBe(1)
    expect(seen[0]?.name).toMatch(/^unknown agent [0-9a-f]{8}$/)
  })

  it("recognises MCP clients by what they call themselves", () => {
    const initialize = exchange({
      host: "tools.example",
      path: "/mcp",
      request: {
        headers: [...json, ["user-agent", "claude-code/2.1.90 (cli)"]],
        body: {
          jsonrpc: "2.0",
          id: 0,
          method: "initialize",
          params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "claude-code", version: "2.1.90" } },
        },
      },
      response: { body: { jsonrpc: "2.0", id: 0, result: {} } },
    })
    expect(agents(initialize)[0]).toMatchObject({
      name: "Claude Code",
      version: "2.1.90",
      signals: expect.arrayContaining([expect.objectContaining({ source: "mcp" })]),
    })
  })

  it.each([
    [
      "Crush",
      [["user-agent", "Charm-Crush/0.48.0 (https://charm.land/crush)"]],
      "You are Crush, a powerful AI Assistant that runs in the CLI.",
    ],
    ["Factory Droid", [["user-agent", "factory-cli/0.213.0"]], "You are Droid, an AI software engineering agent built by Factory."],
    [
      "Junie",
      [["grazie-agent", '{"name":"junie:cli","version":"2144.7"}']],
      "## ENVIRONMENT\n  You are Junie, an autonomous programmer developed by JetBrains.",
    ],
    [
      "Kiro",
      [
        ["user-agent", "aws-sdk-js/1.0.27 ua/2.1 m/E KiroIDE-0.7.45-abc"],
        ["x-amzn-kiro-agent-mode", "vibe"],
      ],
      "S",
    ],
    [
      "Semantic Kernel",
      [
        ["user-agent", "Semantic-Kernel"],
        ["semantic-kernel-version", "1.60.0"],
      ],
      "S",
    ],
    [
      "AutoGen",
      [["user-agent", "autogen-python/0.7.5"]],
      "You are a helpful AI assistant. Solve tasks using your tools. Reply with TERMINATE when done.",
    ],
  ] as const)("names %s by two marks and not by its prompt alone", (name, headers, system) => {
    expect(agents(call({ headers, system }))[0]).toMatchObject({ name, conflicts: [] })
    expect(agents(call({ system }))[0]?.name).not.toBe(name)
  })

  it.each([
    ["smolagents", "You are an expert assistant who can solve any task using code blobs. You will be given", "New task:\nCount birds"],
    [
      "Browser Use",
      "You are an AI agent designed to operate in an iterative loop to automate browser tasks.",
      "<agent_history>\n</agent_history>",
    ],
    [
      "mini-SWE-agent",
      "You are a helpful assistant that can interact multiple times with a computer shell to solve programming tasks.",
      "Please solve this issue: it fails",
    ],
    ["Open WebUI", "S", "### Task:\nGenerate a concise, 3-5 word title"],
  ])("names %s by its prompt and how it frames the task", (name, system, user) => {
    const headers: HeaderList = name === "Open WebUI" ? [["x-openwebui-user-id", "u-1"]] : []
    expect(agents(call({ system, user, headers }))[0]).toMatchObject({ name, conflicts: [] })
    expect(agents(call({ system, user: "Hello" }))[0]?.name).not.toBe(name)
  })
})
