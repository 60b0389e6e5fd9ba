// Whole agent products: what to install, how to start each without a person, and what its home folder holds. Versions are what the registry serves.
const QUESTION = "How many pelicans are there? Add them up."
const SKILL = "---\nname: pelican-counting\ndescription: How to count pelicans near a harbour\n---\n\n# Counting\nCount twice.\n"
const tools = "https://mcp.tools.example/mcp"
const codex = ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", QUESTION]
const corp = `model = "gpt-5"\nmodel_provider = "corp"\n[model_providers.corp]\nname = "corp"\nbase_url = "https://llm.corp.example/v1"\nwire_api = "responses"\nenv_key = "CORP_KEY"\n`
const openCode = {
  ".config/opencode/opencode.json": JSON.stringify({
    mcp: { calculator: { type: "remote", url: tools } },
    permission: { bash: "allow", skill: "allow" },
  }),
  ".claude/skills/pelican-counting/SKILL.md": SKILL,
}

/** name of the agent that Egret should give · package · its command · arguments · environment · files of its home */
export const products = [
  {
    id: "claude-code",
    expect: "Claude Code",
    install: "@anthropic-ai/claude-code",
    command: "claude",
    args: [
      "-p",
      QUESTION,
      "--mcp-config",
      "../mcp.json",
      "--allowedTools",
      "Bash,Skill,mcp__calculator__add",
      "--model",
      "claude-sonnet-5",
    ],
    env: { ANTHROPIC_API_KEY: "test" },
    home: {
      "mcp.json": JSON.stringify({ mcpServers: { calculator: { type: "http", url: tools } } }),
      ".claude/skills/pelican-counting/SKILL.md": SKILL,
    },
  },
  {
    id: "codex",
    expect: "Codex",
    install: "@openai/codex",
    command: "codex",
    args: codex,
    env: { CODEX_API_KEY: "test", OPENAI_API_KEY: "test" },
    home: {
      ".codex/config.toml": `model = "gpt-5"\n[mcp_servers.calculator]\nurl = "${tools}"\n`,
      ".codex/skills/pelican-counting/SKILL.md": SKILL,
    },
  },
  {
    id: "codex at a gateway",
    expect: "Codex",
    install: "@openai/codex",
    command: "codex",
    args: codex,
    env: { CORP_KEY: "test" },
    home: { ".codex/config.toml": corp },
  },
  {
    id: "gemini-cli",
    expect: "Gemini CLI",
    install: "@google/gemini-cli",
    command: "gemini",
    args: ["-p", QUESTION, "--yolo"],
    env: { GEMINI_API_KEY: "test", GEMINI_CLI_TRUST_WORKSPACE: "true" },
    home: {
      ".gemini/settings.json": JSON.stringify({
        mcpServers: { calculator: { httpUrl: tools, trust: true } },
        security: { auth: { selectedType: "gemini-api-key" } },
      }),
      ".gemini/skills/pelican-counting/SKILL.md": SKILL,
    },
  },
  {
    id: "qwen-code",
    expect: "Qwen Code",
    install: "@qwen-code/qwen-code",
    command: "qwen",
    args: ["-p", QUESTION, "--yolo"],
    env: {
      OPENAI_API_KEY: "test",
      OPENAI_BASE_URL: "https://dashscope.aliyuncs.com/compatible-mode/v1",
      OPENAI_MODEL: "qwen3-coder-plus",
    },
    home: {
      ".qwen/settings.json": JSON.stringify({
        mcpServers: { calculator: { httpUrl: tools, trust: true } },
        security: { auth: { selectedType: "openai" } },
      }),
      ".qwen/skills/pelican-counting/SKILL.md": SKILL,
    },
  },
  {
    id: "opencode with Anthropic",
    expect: "OpenCode",
    install: "opencode-ai",
    command: "opencode",
    args: ["run", "-m", "anthropic/claude-sonnet-4-5", QUESTION],
    env: { ANTHROPIC_API_KEY: "test", OPENCODE_DISABLE_AUTOUPDATE: "1" },
    home: openCode,
  },
  {
    id: "opencode with OpenAI",
    expect: "OpenCode",
    install: "opencode-ai",
    command: "opencode",
    args: ["run", "-m", "openai/gpt-5", QUESTION],
    env: { OPENAI_API_KEY: "test", OPENCODE_DISABLE_AUTOUPDATE: "1" },
    home: openCode,
  },
  {
    id: "copilot-cli",
    expect: "GitHub Copilot CLI",
    install: "@github/copilot",
    command: "copilot",
    args: ["-p", QUESTION, "--allow-all-tools"],
    env: { COPILOT_GITHUB_TOKEN: ["gho", "abcdefghijklmnopqrstuvwxyz0123456789"].join("_") },
    home: {
      ".copilot/mcp-config.json": JSON.stringify({ mcpServers: { calculator: { type: "http", url: tools, tools: ["*"] } } }),
      ".copilot/skills/pelican-counting/SKILL.md": SKILL,
    },
  },
  {
    id: "copilot-cli at a gateway",
    expect: "GitHub Copilot CLI",
    install: "@github/copilot",
    command: "copilot",
    args: ["-p", QUESTION, "--allow-all-tools"],
    env: { COPILOT_PROVIDER_BASE_URL: "https://llm.corp.example/v1", COPILOT_PROVIDER_API_KEY: "test", COPILOT_MODEL: "gpt-5" },
    home: {},
  },
  {
    id: "cline",
    expect: "Cline",
    install: "cline",
    command: "cline",
    args: ["-P", "anthropic", "-k", "test", "-m", "claude-sonnet-4-5", "-t", "30", QUESTION],
    env: {},
    home: {},
  },
  {
    id: "continue",
    expect: "Continue",
    install: "@continuedev/cli",
    command: "cn",
    args: ["-p", QUESTION, "--auto", "--config", "../config.yaml"],
    env: {},
    home: {
      "config.yaml": `name: x\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: gpt\n    provider: openai\n    model: gpt-4o\n    apiKey: test\n    roles: [chat]\nmcpServers:\n  - name: calculator\n    type: streamable-http\n    url: ${tools}\n`,
    },
  },
  {
    id: "pi",
    expect: "Pi",
    install: "@mariozechner/pi-coding-agent",
    command: "pi",
    args: ["-p", "--provider", "anthropic", "--model", "claude-sonnet-4-5", QUESTION],
    env: { ANTHROPIC_API_KEY: "test" },
    home: {},
  },
]
