// More of the outside world on loopback: MCP of 2026-07-28, agents among themselves, Cohere, a git host and a package registry.
import { execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createMcpHandler, inputRequired, inputResponse, McpServer } from "@modelcontextprotocol/server"

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** Handlers by host; each reads its request itself. */
export function moreHosts(work) {
  const git = gitHost(join(work, "git"))
  const registry = packageRegistry(join(work, "package"))
  return {
    "modern.tools.example": modernMcp(),
    "agent.example": agent,
    "ui.example": runs,
    "api.cohere.com": cohere,
    "git.example": git,
    "registry.example": registry,
  }
}

async function body(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

function modernMcp() {
  const schema = (properties) => ({
    "~standard": {
      version: 1,
      vendor: "traffic",
      validate: (value) => ({ value }),
      jsonSchema: { input: () => ({ type: "object", properties }), output: () => ({ type: "object", properties }) },
    },
  })
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: "modern-calculator", version: "2.0.0" }, { instructions: "Adds numbers, asks before it books." })
      server.registerTool(
        "add",
        { description: "Adds two numbers", inputSchema: schema({ a: { type: "number" }, b: { type: "number" } }) },
        async ({ a, b }) => ({
          content: [{ type: "text", text: String(a + b) }],
        }),
      )
      server.registerTool("book", { description: "Books a sum", inputSchema: schema({ sum: { type: "number" } }) }, async (_args, ctx) => {
        const answer = inputResponse(ctx.mcpReq.inputResponses, "confirm")
        if (answer.kind === "elicit" && answer.action === "accept") return { content: [{ type: "text", text: "booked" }] }
        return inputRequired({
          requestState: "sum 4 of nobody",
          inputRequests: {
            confirm: inputRequired.elicit({
              message: "Book it?",
              requestedSchema: { type: "object", properties: { ok: { type: "boolean" } } },
            }),
          },
        })
      })
      server.registerResource("readme", "file:///readme.md", { mimeType: "text/markdown" }, async () => ({
        contents: [{ uri: "file:///readme.md", mimeType: "text/markdown", text: "# Adding" }],
      }))
      return server
    },
    { legacy: "reject" },
  )
  return async (incoming, response, url) => {
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !name.startsWith(":")))
    const sent = incoming.method === "GET" ? undefined : await body(incoming)
    const answer = await handler.fetch(new Request(url, { method: incoming.method, headers, body: sent }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    if (answer.body !== null) for await (const part of answer.body) response.write(part)
    response.end()
  }
}

/** A2A 1.0 over JSON-RPC: a card, a message, a stream. */
async function agent(request, response, url) {
  const json = (value) => {
    response.writeHead(200, { "content-type": "application/json" })
    response.end(JSON.stringify(value))
  }
  if (url.pathname.startsWith("/.well-known/"))
    return json({
      name: "Summer",
      description: "Adds numbers for other agents",
      version: "1.0.0",
      supportedInterfaces: [{ url: "https://agent.example/a2a", protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
      capabilities: { streaming: true },
      defaultInputModes: ["text/plain"],
      defaultOutputModes: ["text/plain"],
      skills: [{ id: "add", name: "Add", description: "Adds two numbers", tags: ["math"] }],
    })
  const asked = JSON.parse((await body(request)).toString())
  const message = { messageId: "m2", contextId: "c1", taskId: "t1", role: "ROLE_AGENT", parts: [{ text: "The sum is 4." }] }
  const task = (state) => ({ id: "t1", contextId: "c1", status: { state, message }, artifacts: [] })
  if (asked.method === "SendMessage") return json({ jsonrpc: "2.0", id: asked.id, result: { task: task("TASK_STATE_COMPLETED") } })
  if (asked.method === "GetTask") return json({ jsonrpc: "2.0", id: asked.id, result: task("TASK_STATE_COMPLETED") })
  response.writeHead(200, { "content-type": "text/event-stream" })
  for (const result of [
    { task: task("TASK_STATE_WORKING") },
    { artifactUpdate: { taskId: "t1", contextId: "c1", artifact: { artifactId: "a1", parts: [{ text: "2 + 2 = 4" }] }, lastChunk: true } },
    { statusUpdate: { taskId: "t1", contextId: "c1", status: { state: "TASK_STATE_COMPLETED", message } } },
  ]) {
    response.write(`data: ${JSON.stringify({ jsonrpc: "2.0", id: asked.id, result })}\n\n`)
    await pause(4)
  }
  response.end()
}

/** AG-UI: one run as events. */
async function runs(request, response) {
  const { threadId, runId } = JSON.parse((await body(request)).toString())
  response.writeHead(200, { "content-type": "text/event-stream" })
  for (const event of [
    { type: "RUN_STARTED", threadId, runId },
    { type: "TEXT_MESSAGE_START", messageId: "m1", role: "assistant" },
    { type: "TEXT_MESSAGE_CONTENT", messageId: "m1", delta: "The sum " },
    { type: "TEXT_MESSAGE_CONTENT", messageId: "m1", delta: "is 4." },
    { type: "TEXT_MESSAGE_END", messageId: "m1" },
    { type: "TOOL_CALL_START", toolCallId: "call_1", toolCallName: "add", parentMessageId: "m1" },
    { type: "TOOL_CALL_ARGS", toolCallId: "call_1", delta: '{"a":2,' },
    { type: "TOOL_CALL_ARGS", toolCallId: "call_1", delta: '"b":2}' },
    { type: "TOOL_CALL_END", toolCallId: "call_1" },
    { type: "RUN_FINISHED", threadId, runId },
  ]) {
    response.write(`data: ${JSON.stringify(event)}\n\n`)
    await pause(3)
  }
  response.end()
}

async function cohere(request, response) {
  const asked = JSON.parse((await body(request)).toString())
  if (asked.model === "overloaded") {
    response.writeHead(429, { "content-type": "application/json" })
    return response.end(JSON.stringify({ message: "trial token rate limit exceeded" }))
  }
  const usage = { billed_units: { input_tokens: 12, output_tokens: 7 }, tokens: { input_tokens: 80, output_tokens: 7 } }
  const call = { id: "add_1", type: "function", function: { name: "add", arguments: '{"a":2,"b":2}' } }
  if (!asked.stream) {
    response.writeHead(200, { "content-type": "application/json" })
    const message = { role: "assistant", content: [{ type: "text", text: "The sum is 4." }] }
    return response.end(JSON.stringify({ id: "c-2", message, finish_reason: "COMPLETE", usage }))
  }
  response.writeHead(200, { "content-type": "text/event-stream" })
  for (const event of [
    {
      type: "message-start",
      id: "c-1",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
    },
    { type: "tool-plan-delta", delta: { message: { tool_plan: "I will add " } } },
    { type: "tool-plan-delta", delta: { message: { tool_plan: "them." } } },
    { type: "tool-call-start", index: 0, delta: { message: { tool_calls: { ...call, function: { name: "add", arguments: "" } } } } },
    { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: '{"a":2,' } } } } },
    { type: "tool-call-delta", index: 0, delta: { message: { tool_calls: { function: { arguments: '"b":2}' } } } } },
    { type: "tool-call-end", index: 0 },
    { type: "message-end", id: "c-1", delta: { finish_reason: "TOOL_CALL", usage } },
  ]) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    await pause(3)
  }
  response.end()
}

const skill =
  "---\nname: adder\ndescription: Adds numbers. Use it when numbers are to be added.\nversion: 1.0.0\n---\n\n# Adder\n\nRun [the script](scripts/add.sh).\n"
const script = '#!/bin/sh\necho "$(($1 + $2))"\n'

/** git's own CGI over a repository whose second commit changes a file a little: the pack has a delta. */
function gitHost(folder) {
  const tree = join(folder, "tree")
  mkdirSync(join(tree, "skills/adder/scripts"), { recursive: true })
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", ...args], {
      cwd: tree,
      stdio: "ignore",
    })
  git("init", "-q", "-b", "main")
  const long = Array.from({ length: 200 }, (_, line) => `${line}: ${createHash("sha256").update(String(line)).digest("hex")}`).join("\n")
  writeFileSync(join(tree, "skills/adder/SKILL.md"), skill)
  writeFileSync(join(tree, "skills/adder/scripts/add.sh"), script, { mode: 0o755 })
  writeFileSync(join(tree, "table.txt"), long)
  git("add", "-A")
  git("commit", "-qm", "one")
  writeFileSync(join(tree, "table.txt"), `${long}\none line more`)
  git("commit", "-qam", "two")
  git("clone", "-q", "--bare", tree, join(folder, "acme/skills.git"))
  return async (request, response, url) => {
    const cgi = spawn("git", ["http-backend"], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        HTTP_GIT_PROTOCOL: request.headers["git-protocol"] ?? "",
        REMOTE_USER: "",
        REMOTE_ADDR: "127.0.0.1",
      },
    })
    cgi.stdin.end(await body(request))
    const parts = []
    for await (const part of cgi.stdout) parts.push(part)
    const out = Buffer.concat(parts)
    const end = out.indexOf("\r\n\r\n")
    const headers = Object.fromEntries(
      out
        .subarray(0, end)
        .toString()
        .split("\r\n")
        .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    )
    const { status = "200", ...rest } = headers
    response.writeHead(Number.parseInt(status, 10), rest)
    response.end(out.subarray(end + 4))
  }
}

/** One package that carries a skill. */
function packageRegistry(folder) {
  mkdirSync(join(folder, "package/skills/adder"), { recursive: true })
  writeFileSync(join(folder, "package/package.json"), JSON.stringify({ name: "adder-skill", version: "1.0.0" }))
  writeFileSync(join(folder, "package/skills/adder/SKILL.md"), skill)
  execFileSync("tar", ["-czf", "adder.tgz", "package"], { cwd: folder })
  const tarball = readFileSync(join(folder, "adder.tgz"))
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`
  return async (_request, response, url) => {
    if (url.pathname.endsWith(".tgz")) {
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": tarball.length })
      return response.end(tarball)
    }
    if (url.pathname !== "/adder-skill") {
      response.writeHead(404, { "content-type": "application/json" })
      return response.end("{}")
    }
    const dist = { tarball: "https://registry.example/adder-skill/-/adder-skill-1.0.0.tgz", integrity }
    const version = { name: "adder-skill", version: "1.0.0", dist }
    response.writeHead(200, { "content-type": "application/json" })
    response.end(JSON.stringify({ name: "adder-skill", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } }))
  }
}
