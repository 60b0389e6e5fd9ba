// Answers of servers that have an API of their own, told by fields that only these bring together.
import { isObject, type JsonObject, num, obj, objects, str } from "../json/read.ts"

export const NATIVE: readonly { readonly family: string; readonly name: string; is(body: JsonObject): boolean }[] = [
  { family: "llama.cpp", name: "llama.cpp completion", is: isLlamaCpp },
  { family: "sglang", name: "SGLang answer", is: isSgLang },
  { family: "bedrock.invoke", name: "Llama on Bedrock", is: isBedrockLlama },
  { family: "cloudflare", name: "Workers AI", is: isWorkersAi },
  { family: "oracle.oci", name: "Oracle chat response", is: isOracle },
  { family: "cohere.chat", name: "Cohere generation", is: isCohereGeneration },
  { family: "dify", name: "answer of Dify", is: isDify },
  { family: "replicate", name: "prediction of Replicate", is: isPrediction },
]

export function isLlamaCpp(body: JsonObject): boolean {
  return typeof body["content"] === "string" && num(body, "tokens_predicted") !== undefined && body["stop"] !== undefined
}

export function isSgLang(body: JsonObject): boolean {
  return typeof body["text"] === "string" && num(obj(body, "meta_info"), "completion_tokens") !== undefined
}

function isBedrockLlama(body: JsonObject): boolean {
  return typeof body["generation"] === "string" && num(body, "generation_token_count") !== undefined
}

function isWorkersAi(body: JsonObject): boolean {
  const result = obj(body, "result")
  return body["success"] === true && typeof result?.["response"] === "string" && num(obj(result, "usage"), "prompt_tokens") !== undefined
}

function isOracle(body: JsonObject): boolean {
  const reply = obj(body, "chatResponse")
  return (
    typeof body["modelId"] === "string" && isObject(reply) && (objects(reply, "choices").length > 0 || str(reply, "text") !== undefined)
  )
}

function isCohereGeneration(body: JsonObject): boolean {
  const meta = obj(body, "meta")
  return (
    typeof body["text"] === "string" &&
    typeof body["generation_id"] === "string" &&
    (obj(meta, "tokens") !== undefined || obj(meta, "billed_units") !== undefined)
  )
}

function isDify(body: JsonObject): boolean {
  return (
    typeof body["answer"] === "string" &&
    typeof body["message_id"] === "string" &&
    num(obj(obj(body, "metadata"), "usage"), "prompt_tokens") !== undefined
  )
}

/** Replicate and the containers it runs (Cog): an answer that is made while its addresses are asked. */
function isPrediction(body: JsonObject): boolean {
  if (!PREDICTION_STATES.has(str(body, "status") ?? "") || (body["output"] === undefined && obj(body, "input") === undefined)) return false
  const metrics = obj(body, "metrics")
  const urls = obj(body, "urls")
  return (
    typeof body["data_removed"] === "boolean" ||
    (str(urls, "get") !== undefined && str(urls, "cancel") !== undefined) ||
    num(metrics, "predict_time") !== undefined ||
    num(metrics, "input_token_count") !== undefined
  )
}

const PREDICTION_STATES = new Set(["starting", "processing", "succeeded", "failed", "canceled", "aborted"])
