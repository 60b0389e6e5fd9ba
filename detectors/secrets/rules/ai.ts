import { pattern, type SecretRule, token } from "../rule.ts"
import { an, b64u, digits, hex, letters, oneOf, uuid } from "../shape.ts"

export const aiRules: readonly SecretRule[] = [
  token(
    "openai-key",
    "OpenAI API key",
    "critical",
    [oneOf("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"), b64u(20, 96), "T3BlbkFJ", b64u(20, 96)],
    {
      owners: ["openai.com"],
      anchor: "sk-proj-",
    },
  ),
  token("openai-key-reshaped", "OpenAI API key", "critical", [oneOf("sk-proj-", "sk-svcacct-", "sk-admin-"), b64u(40, 200)], {
    owners: ["openai.com"],
  }),
  token("openai-legacy-key", "OpenAI API key (legacy)", "critical", ["sk-", an(20), "T3BlbkFJ", an(20)], { owners: ["openai.com"] }),
  token("openai-session", "OpenAI session token", "high", ["sess-", an(40)], { owners: ["openai.com"] }),
  token("anthropic-key", "Anthropic API key", "critical", [oneOf("sk-ant-api03-", "sk-ant-admin01-"), b64u(80, 120)], {
    owners: ["anthropic.com"],
  }),
  token(
    "anthropic-session",
    "Anthropic OAuth or session token",
    "critical",
    [oneOf("sk-ant-oat01-", "sk-ant-ort01-", "sk-ant-sid01-", "sk-ant-sid02-"), b64u(60, 130)],
    {
      owners: ["anthropic.com", "claude.ai"],
    },
  ),
  token("anthropic-key-other", "Anthropic credential", "critical", ["sk-ant-", b64u(32, 140)], {
    owners: ["anthropic.com", "claude.ai"],
    ambiguous: true,
  }),
  token("huggingface-token", "Hugging Face token", "high", ["hf_", letters(30, 40)], { owners: ["huggingface.co", "hf.co"] }),
  token("huggingface-token-mixed", "Hugging Face token", "high", ["hf_", an(34)], { owners: ["huggingface.co", "hf.co"] }),
  token("huggingface-org-token", "Hugging Face organisation token", "high", ["api_org_", letters(34)], { owners: ["huggingface.co"] }),
  token("groq-key", "Groq API key", "high", ["gsk_", an(52)], { owners: ["groq.com"] }),
  token("xai-key", "xAI API key", "high", ["xai-", { set: "0-9A-Za-z_", least: 70, most: 90 }], { owners: ["x.ai"] }),
  token("replicate-token", "Replicate API token", "high", ["r8_", an(37)], { owners: ["replicate.com"] }),
  token("perplexity-key", "Perplexity API key", "high", ["pplx-", an(48, 64)], { owners: ["perplexity.ai"] }),
  token("openrouter-key", "OpenRouter API key", "high", ["sk-or-v1-", hex(64)], { owners: ["openrouter.ai"] }),
  token("deepseek-or-dashscope-key", "DeepSeek or DashScope API key", "high", ["sk-", hex(32)], {
    owners: ["deepseek.com", "aliyuncs.com", "dashscope.com"],
    misses: (s) => [[`task-${s.hex(32)}`, "the end of another word"]],
  }),
  token("dashscope-plan-key", "DashScope plan key", "high", ["sk-sp-", { set: "A-Za-z0-9.", least: 24, most: 80 }], {
    owners: ["aliyuncs.com"],
  }),
  token("moonshot-or-siliconflow-key", "Moonshot, SiliconFlow, Stability or StepFun API key", "high", ["sk-", an(48)], {
    owners: ["moonshot.cn", "moonshot.ai", "siliconflow.cn", "siliconflow.com", "stability.ai", "stepfun.com", "tencent.com", "openai.com"],
  }),
  token("compatible-model-key", "Key for an OpenAI-compatible API", "medium", ["sk-", an(20, 64)], {
    ambiguous: true,
    check: (secret) => (/[0-9]/.test(secret.slice(3)) && /[A-Za-z]/.test(secret.slice(3)) ? "likely" : "no"),
    misses: (s) => [
      [`risk-${s.an(24)}`, "the end of another word"],
      ["sk-estimatorhtmlrepresentation", "a class of a style sheet"],
    ],
  }),
  token("kimi-coding-key", "Kimi coding key", "high", ["sk-kimi-", an(48, 72)], { owners: ["kimi.com", "moonshot.cn"] }),
  token("minimax-key", "MiniMax API key", "high", [oneOf("sk-api-", "sk-cp-"), b64u(80, 140)], {
    owners: ["minimax.io", "minimaxi.com", "minimax.chat"],
  }),
  token("together-key", "Together API key", "high", ["tgp_v1_", b64u(43)], { owners: ["together.xyz", "together.ai"] }),
  token("fireworks-key", "Fireworks API key", "high", [oneOf("fw_", "fpk_"), an(22, 24)], { owners: ["fireworks.ai"], check: mixed }),
  token("cerebras-key", "Cerebras API key", "high", ["csk-", an(48)], { owners: ["cerebras.ai"] }),
  token("nvidia-key", "NVIDIA API key", "high", ["nvapi-", b64u(60, 70)], { owners: ["nvidia.com"] }),
  token("elevenlabs-key", "ElevenLabs API key", "high", ["sk_", hex(48)], { owners: ["elevenlabs.io"] }),
  token("voyage-key", "Voyage AI key", "high", ["pa-", b64u(43)], { owners: ["voyageai.com"], check: mixed }),
  token("jina-key", "Jina AI key", "high", ["jina_", hex(32), b64u(28)], { owners: ["jina.ai"] }),
  token("tavily-key", "Tavily API key", "high", [oneOf("tvly-dev-", "tvly-prod-", "tvly-"), b64u(32, 48)], { owners: ["tavily.com"] }),
  token("firecrawl-key", "Firecrawl API key", "high", ["fc-", hex(32)], { owners: ["firecrawl.dev"] }),
  token("e2b-key", "E2B API key", "high", ["e2b_", hex(40)], { owners: ["e2b.dev", "e2b.app"] }),
  token("langsmith-key", "LangSmith API key", "high", [oneOf("lsv2_pt_", "lsv2_sk_"), hex(32), "_", hex(10)], {
    owners: ["langchain.com"],
  }),
  token("langfuse-key", "Langfuse secret key", "high", ["sk-lf-", ...uuid], { owners: ["langfuse.com"] }),
  token("pinecone-key", "Pinecone API key", "high", ["pcsk_", an(5, 6), "_", an(63)], { owners: ["pinecone.io"] }),
  token("helicone-key", "Helicone API key", "high", [oneOf("sk-helicone-", "pk-helicone-"), { set: "a-z0-9-", least: 24, most: 60 }], {
    owners: ["helicone.ai"],
  }),
  token("friendli-token", "Friendli token", "high", ["flp_", an(40, 50)], { owners: ["friendli.ai"] }),
  token("browserbase-key", "Browserbase API key", "high", ["bb_live_", b64u(24, 60)], { owners: ["browserbase.com"] }),
  token("cursor-key", "Cursor API key", "high", [oneOf("crsr_", "key_"), hex(64)], { owners: ["cursor.com", "cursor.sh"] }),
  token("clawhub-token", "ClawHub token", "high", ["clh_", b64u(24, 64)], { owners: ["clawhub.ai"] }),
  token("composio-key", "Composio API key", "medium", ["ak_", b64u(18, 40)], { owners: ["composio.dev"], ambiguous: true, check: mixed }),
  token("context7-key", "Context7 API key", "high", ["ctx7sk-", ...uuid], { owners: ["context7.com"] }),
  token("langfuse-public-key", "Langfuse public key", "info", ["pk-lf-", ...uuid], { ceiling: "info" }),
  pattern(
    "copilot-token",
    "GitHub Copilot session token",
    "high",
    {
      keywords: ["tid="],
      pattern: /(?<![A-Za-z0-9])tid=[0-9a-f]{20,40};exp=\d{10};[^\s"']{10,900}/,
      hits: (s) => [`tid=${s.hex(32)};exp=1790000000;sku=copilot_for_business;st=dotcom;8kp=1:${s.hex(64)}`],
    },
    { owners: ["githubcopilot.com", "github.com"], structured: true },
  ),
  token("telegram-bot-token", "Telegram bot token", "high", [digits(8, 10), ":AA", b64u(33)], {
    owners: ["telegram.org"],
    structured: true,
  }),
]

/** A short body after a short prefix must mix cases and have digits, or identifiers match. */
function mixed(secret: string): "likely" | "no" {
  const body = secret.slice(3)
  return /[0-9]/.test(body) && /[a-z]/.test(body) && /[A-Z]/.test(body) ? "likely" : "no"
}
