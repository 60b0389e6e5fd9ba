import { describe, expect, it } from "vitest"
import { awsFrame } from "../event-stream.ts"
import { type ExchangeSketch, exchange, extract, json, ofKind } from "../facts.ts"

const eventstream = [["content-type", "application/vnd.amazon.eventstream"]] as const
const stream = (...events: readonly (readonly [string, object])[]) => Buffer.concat(events.map(([name, data]) => awsFrame(name, data)))
const tools = [{ toolSpecification: { name: "fs_read", description: "Reads", inputSchema: { json: { type: "object" } } } }]
const ask = (words: string, context: object = {}, history: readonly object[] = []) => ({
  conversationState: {
    conversationId: "c-1",
    chatTriggerType: "MANUAL",
    history,
    currentMessage: { userInputMessage: { content: words, modelId: "claude-sonnet-5", origin: "CLI", userInputMessageContext: context } },
  },
})
const call = (sketch: ExchangeSketch) => ofKind(extract([exchange(sketch)]), "llm")[0]?.data
const sent = (body: object, answer: Uint8Array, extra: Partial<ExchangeSketch> = {}): ExchangeSketch => ({
  host: "q.us-east-1.amazonaws.com",
  path: "/",
  request: { headers: [...json, ["x-amz-target", "AmazonCodeWhispererStreamingService.GenerateAssistantResponse"]], body },
  response: { headers: eventstream, body: answer },
  ...extra,
})

describe("Amazon Q Developer and Kiro", () => {
  it("reads the question with its tools, the answer with its call in pieces, reasoning and tokens", () => {
    const answer = stream(
      ["messageMetadataEvent", { conversationId: "c-1" }],
      ["reasoningContentEvent", { text: "Look first." }],
      ["assistantResponseEvent", { content: "Let me " }],
      ["assistantResponseEvent", { content: "read." }],
      ["toolUseEvent", { toolUseId: "t1", name: "fs_read", input: '{"path":' }],
      ["toolUseEvent", { toolUseId: "t1", name: "fs_read", input: '"a"}' }],
      ["toolUseEvent", { toolUseId: "t1", name: "fs_read", stop: true }],
      ["metadataEvent", { tokenUsage: { uncachedInputTokens: 10, cacheReadInputTokens: 30, outputTokens: 5, totalTokens: 45 } }],
    )
    expect(call(sent(ask("What is in a?", { tools }), answer))).toMatchObject({
      family: "amazon_q",
      requestModel: "claude-sonnet-5",
      inputMessages: [{ role: "user", parts: [{ text: "What is in a?" }] }],
      toolsProvided: ["fs_read"],
      tools: [{ name: "fs_read", description: "Reads" }],
      outputMessages: [{ parts: [{ type: "reasoning", text: "Look first." }, { text: "Let me read." }, { type: "tool_call" }] }],
      toolCalls: [{ id: "t1", name: "fs_read", arguments: '{"path":"a"}' }],
      usage: { inputTokens: 40, cachedInputTokens: 30, outputTokens: 5, totalTokens: 45 },
      finishReasons: ["tool_use"],
      finished: true,
      unknownFields: 0,
    })
  })

  it("goes on with only what is new: the tool's result, in the same conversation", () => {
    const use = { toolUseId: "t1", name: "fs_read", input: { path: "a" } }
    const rows = extract([
      exchange({
        ...sent(
          ask("What is in a?", { tools }),
          stream(["assistantResponseEvent", { content: "Let me read." }], ["toolUseEvent", { ...use, input: '{"path":"a"}', stop: true }]),
        ),
        at: 1_000,
      }),
      exchange({
        ...sent(
          ask("", { tools, toolResults: [{ toolUseId: "t1", status: "success", content: [{ text: "pelicans" }] }] }, [
            { userInputMessage: { content: "What is in a?" } },
            { assistantResponseMessage: { content: "Let me read.", toolUses: [use] } },
          ]),
          stream(["assistantResponseEvent", { content: "Pelicans." }]),
        ),
        at: 9_000,
        stream: 1,
      }),
    ])
    const [first, second] = ofKind(rows, "llm").map(({ data }) => data)
    expect(second).toMatchObject({
      inputMessages: [{ role: "tool", parts: [{ id: "t1", content: "pelicans" }] }],
      toolResults: [{ id: "t1", content: "pelicans" }],
      outputMessages: [{ parts: [{ text: "Pelicans." }] }],
      history: { messages: 2 },
      tools: [],
    })
    expect(second?.conversationId).toBe(first?.conversationId)
  })

  it("is known at any host, wrapped or refused, and a call that broke off is marked", () => {
    const wrapped = stream(["assistantResponseEvent", { assistantResponseEvent: { content: "Yes." } }])
    expect(
      call(sent(ask("U"), wrapped, { host: "kiro.proxy.example", path: "/any", request: { headers: json, body: ask("U") } })),
    ).toMatchObject({
      family: "amazon_q",
      provider: "unknown",
      outputMessages: [{ parts: [{ text: "Yes." }] }],
    })
    const refused = awsFrame("throttlingException", { message: "Too many requests" }, "exception")
    expect(call(sent(ask("U"), refused))).toMatchObject({ error: { type: "throttlingException", message: "Too many requests" } })
    const broken = stream(["toolUseEvent", { toolUseId: "t", name: "fs_read", input: '{"pa' }])
    expect(call(sent(ask("U"), broken))).toMatchObject({ finished: false, toolCalls: [{ arguments: '{"pa' }] })
  })
})
