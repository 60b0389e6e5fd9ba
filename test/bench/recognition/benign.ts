// Ordinary APIs by the shapes their documents give, made by chance: what agents and people call all day and is no model, no MCP, no agent.
import type { ExchangeSketch } from "../../collectors/extract/facts.ts"
import { exchange } from "../../collectors/extract/facts.ts"
import type { Ordinary } from "./ordinary.ts"
import { chance, Dice } from "./samples.ts"

type Make = (dice: Dice) => ExchangeSketch

const json = [["content-type", "application/json"]] as const
const sse = [["content-type", "text/event-stream"]] as const

export function* benignApis(each: number): Generator<Ordinary> {
  for (const [corpus, make] of Object.entries(classes)) {
    const dice = new Dice(chance(corpus.length * 31 + 5))
    for (let turn = 0; turn < each; turn++) yield { corpus, name: `${corpus} ${turn}`, fact: exchange(make(dice)) }
  }
}

const post = (host: string, path: string, body: object | string, answer: object | string): ExchangeSketch => ({
  host,
  path,
  request: { headers: json, body },
  response: { headers: typeof answer === "string" ? sse : json, body: answer },
})
const get = (host: string, path: string, answer: object | string): ExchangeSketch => ({ ...post(host, path, "", answer), method: "GET" })
const rpc = (method: string, params: unknown, result: unknown): [object, object] => [
  { jsonrpc: "2.0", id: 1, method, params },
  { jsonrpc: "2.0", id: 1, result },
]
const events = (list: readonly object[]) => list.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")
const pick = <T>(dice: Dice, list: readonly T[]): T => list[dice.number(list.length)] as T

const classes: Readonly<Record<string, Make>> = {
  GraphQL: (dice) =>
    post(
      "api.shop.example",
      pick(dice, ["/graphql", "/api/graphql", "/v1/query"]),
      {
        query: `query Q { messages { role content } ${dice.words(3)} }`,
        variables: { model: dice.words(1), input: dice.words() },
        operationName: "Q",
      },
      { data: { messages: [{ role: "user", content: dice.words() }], choices: [{ message: dice.words() }], model: "T-1" } },
    ),
  "REST of a shop": (dice) =>
    post(
      "shop.example",
      pick(dice, ["/api/orders", "/v1/cart", "/api/chat", "/v1/messages", "/responses"]),
      { model: pick(dice, ["XL-200", "T-1"]), quantity: dice.number(9), messages: [{ text: dice.words(), from: "ada" }], temperature: 21 },
      { id: dice.id(""), status: "completed", usage: { total: 3 }, content: [{ sku: "1" }] },
    ),
  "Chat products": (dice) =>
    pick(dice, [
      () =>
        post(
          "slack.example",
          "/api/chat.postMessage",
          { channel: "C1", text: dice.words() },
          { ok: true, message: { role: "bot", text: dice.words() } },
        ),
      () => get("discord.example", "/api/v10/channels/1/messages", [{ id: "1", type: 0, content: dice.words(), author: { id: "2" } }]),
      () =>
        post(
          "chat.example",
          "/v1/messages",
          { messages: [{ role: "admin", content: dice.words() }] },
          { type: "message", id: "1", content: dice.words() },
        ),
      () =>
        post(
          "teams.example",
          "/v1.0/chats/1/messages",
          { body: { content: dice.words() } },
          { id: "1", messageType: "message", body: { content: dice.words() } },
        ),
    ])(),
  "Search engines": (dice) =>
    pick(dice, [
      () =>
        post(
          "es.example:9200",
          "/docs/_search",
          { query: { match: { content: dice.words(2) } }, size: 5 },
          { took: 3, hits: { total: { value: 1 }, hits: [{ _source: { role: "user", content: dice.words() } }] } },
        ),
      () =>
        post(
          "algolia.example",
          "/1/indexes/*/queries",
          { requests: [{ indexName: "i", params: "query=a" }] },
          { results: [{ hits: [], processingTimeMS: 1 }] },
        ),
      () =>
        get("search.example", "/res/v1/web/search?q=a", {
          type: "search",
          query: { original: dice.words() },
          web: { results: [{ title: dice.words() }] },
        }),
      () =>
        post(
          "vector.example",
          "/collections/c/points/search",
          { vector: [0.1, 0.2], limit: 3 },
          { result: [{ id: 1, score: 0.9, payload: { content: dice.words() } }], status: "ok", usage: { cpu: 1 } },
        ),
    ])(),
  "Analytics and tracing": (dice) =>
    pick(dice, [
      () =>
        post(
          "track.example",
          "/v1/batch",
          { batch: [{ type: "track", event: "message", properties: { model: "m", messages: [{ role: "user", content: dice.words() }] } }] },
          { success: true },
        ),
      () =>
        post(
          "otel.example",
          "/v1/traces",
          {
            resourceSpans: [
              { scopeSpans: [{ spans: [{ name: "chat", attributes: [{ key: "gen_ai.prompt", value: { stringValue: dice.words() } }] }] }] },
            ],
          },
          {},
        ),
      () =>
        post(
          "sentry.example",
          "/api/1/envelope/",
          { event_id: dice.id(""), message: dice.words(), contexts: { model: "x" }, usage: { input_tokens: 3 } },
          { id: dice.id("") },
        ),
      () =>
        post(
          "flags.example",
          "/sdk/evalx/contexts",
          { kind: "user", key: dice.id("") },
          { model: { value: "a", version: 2 }, stream: { value: true } },
        ),
    ])(),
  "Sign-in": (dice) =>
    pick(dice, [
      () =>
        post(
          "login.example",
          "/oauth/token",
          { grant_type: "refresh_token", refresh_token: dice.id("") },
          { access_token: dice.id(""), token_type: "Bearer", expires_in: 3600 },
        ),
      () =>
        get("login.example", "/.well-known/openid-configuration", {
          issuer: "https://login.example",
          token_endpoint: "https://login.example/t",
          response_types_supported: ["code"],
        }),
      () => get("login.example", "/.well-known/jwks.json", { keys: [{ kty: "RSA", kid: dice.id(""), n: "a", e: "AQAB" }] }),
    ])(),
  "JSON-RPC of chains": (dice) => {
    const [body, answer] = pick(dice, [
      () => rpc("eth_call", [{ to: dice.id("0x"), data: "0x" }, "latest"], "0x01"),
      () => rpc("getblockchaininfo", [], { chain: "main", blocks: 9 }),
      () => rpc("sui_getObject", [dice.id("0x")], { data: { content: dice.words() } }),
      () => rpc("tools_listUnspent", [], []),
    ])()
    return post("node.example", pick(dice, ["/", "/rpc", "/v2/key"]), body, answer)
  },
  "JSON-RPC of editors and agents on one machine": (dice) => {
    const [body, answer] = pick(dice, [
      () =>
        rpc(
          "initialize",
          { processId: 1, rootUri: null, capabilities: {}, clientInfo: { name: "editor", version: "1" } },
          { capabilities: { hoverProvider: true }, serverInfo: { name: "ls" } },
        ),
      () =>
        rpc(
          "textDocument/completion",
          { textDocument: { uri: "file:///a" }, position: { line: 1, character: 2 } },
          { items: [{ label: dice.words(1) }] },
        ),
      () => rpc("Debugger.enable", {}, { debuggerId: "1" }),
      () => rpc("system.listMethods", [], ["a.b"]),
      () => rpc("tasks/list", { project: "p" }, { tasks: [{ id: 1, title: dice.words() }] }),
      () => rpc("call", { service: "object", method: "execute", args: ["db", 1] }, [{ id: 1, name: dice.words(2) }]),
      () => rpc("resources/list", { folder: "/" }, { resources: "none" }),
    ])()
    return post("tools.example", pick(dice, ["/jsonrpc", "/", "/lsp"]), body, answer)
  },
  "Package registries": (dice) =>
    pick(dice, [
      () =>
        get("registry.example", "/left-pad", {
          name: "left-pad",
          "dist-tags": { latest: "1" },
          versions: { "1": { dist: { tarball: "https://registry.example/l.tgz" }, description: dice.words() } },
        }),
      () =>
        get("index.example", "/simple/model/?format=json", { name: "model", files: [{ filename: "model-1.whl", hashes: {} }], meta: {} }),
      () => get("crates.example", "/api/v1/crates/serde", { crate: { id: "serde", description: dice.words() }, versions: [] }),
      () => get("images.example", "/v2/library/x/manifests/latest", { schemaVersion: 2, config: { digest: "sha256:0" }, layers: [] }),
    ])(),
  "Code hosts and CI": (dice) =>
    pick(dice, [
      () =>
        get("git.example", "/api/v3/repos/a/b/issues/1/comments", [{ id: 1, user: { login: "ada" }, body: dice.words(), role: "user" }]),
      () =>
        post(
          "ci.example",
          "/api/v2/pipelines",
          { branch: "main", parameters: { model: "x", stream: true } },
          { id: dice.id(""), state: "pending", number: 3 },
        ),
      () => get("ci.example", "/api/v1/models", { models: [{ name: dice.words(1), id: 3 }], object: "page" }),
      () =>
        post(
          "issues.example",
          "/rest/api/3/search",
          { jql: dice.words(3), maxResults: 3 },
          { issues: [{ key: "A-1", fields: { summary: dice.words(), assignee: { role: "user" } } }], total: 1 },
        ),
    ])(),
  "Event streams": (dice) =>
    get(
      "live.example",
      pick(dice, ["/events", "/v1/stream", "/sse"]),
      events([
        { type: "message", data: dice.words() },
        { type: "update", delta: { price: dice.number(99) }, choices: ["buy", "sell"] },
        { type: "done", usage: { seconds: 3 } },
      ]),
    ),
  "Translation, speech and classic learning": (dice) =>
    pick(dice, [
      () =>
        post(
          "translate.example",
          "/v2/translate",
          { text: [dice.words()], target_lang: "DE" },
          { translations: [{ detected_source_language: "EN", text: dice.words() }] },
        ),
      () => post("score.example", "/v1/predict", { model: "churn-3", instances: [[1, 2, 3]] }, { predictions: [0.3], model: "churn-3" }),
      () =>
        post(
          "forms.example",
          "/api/forms/1/responses",
          { responses: [{ question: dice.words(), answer: dice.words() }] },
          { object: "response_set", id: "1", output: "saved" },
        ),
      () =>
        post(
          "home.example",
          "/api/services/conversation/process",
          { text: dice.words(), language: "en" },
          { response: { speech: { plain: { speech: dice.words() } } }, conversation_id: "1" },
        ),
    ])(),
}
