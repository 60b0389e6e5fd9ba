import { ChatOpenAI } from "@langchain/openai"

const model = new ChatOpenAI({ apiKey: "test", model: "gpt-5", maxRetries: 0, streaming: true })
for await (const _ of await model.stream([
  ["system", "You add numbers."],
  ["human", "2 and 2?"],
]));
