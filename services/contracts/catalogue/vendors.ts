// Model vendors that serve their own models.
import { type CatalogueEntry, entriesOf } from "./entry.ts"

const CHAT = "openai.chat"
const RESPONSES = "openai.responses"
const MESSAGES = "anthropic.messages"
const vendor = entriesOf("vendor", [CHAT])

export const vendors: readonly CatalogueEntry[] = [
  vendor("openai", "OpenAI", "us", ["api.openai.com", ".api.openai.com"], { families: [CHAT, RESPONSES, "openai.realtime"] }),
  vendor("openai", "ChatGPT", "us", ["chatgpt.com", "chat.openai.com", "auth.openai.com", ".chatgpt.com"], { families: [RESPONSES] }),
  vendor("anthropic", "Anthropic", "us", ["api.anthropic.com", "api-staging.anthropic.com"], { families: [MESSAGES] }),
  vendor(
    "anthropic",
    "Claude apps",
    "us",
    ["claude.ai", "platform.claude.com", "downloads.claude.ai", "console.anthropic.com", "statsig.anthropic.com"],
    {
      families: [],
    },
  ),
  vendor("gcp.gemini", "Google Gemini API", "us", ["generativelanguage.googleapis.com", ".generativelanguage.googleapis.com"], {
    families: ["gemini.generate", "gemini.interactions", "gemini.live", CHAT],
  }),
  vendor("gcp.code_assist", "Gemini Code Assist", "us", ["cloudcode-pa.googleapis.com", "daily-cloudcode-pa.sandbox.googleapis.com"], {
    families: ["gemini.generate"],
  }),
  vendor("mistral_ai", "Mistral AI", "eu", ["api.mistral.ai", "codestral.mistral.ai"]),
  vendor("cohere", "Cohere", "ca", ["api.cohere.com", "api.cohere.ai"], { families: ["cohere.chat", CHAT] }),
  vendor("deepseek", "DeepSeek", "cn", ["api.deepseek.com"], { families: [CHAT, MESSAGES] }),
  vendor("x_ai", "xAI", "us", ["api.x.ai", ".api.x.ai"], { families: [CHAT, RESPONSES, MESSAGES] }),
  vendor("x_ai", "Grok", "us", ["grok.com"], { families: [] }),
  vendor("perplexity", "Perplexity", "us", ["api.perplexity.ai"], { families: [CHAT, RESPONSES] }),
  vendor(
    "dashscope",
    "Alibaba Cloud Model Studio",
    "cn",
    ["dashscope.aliyuncs.com", "coding.dashscope.aliyuncs.com", "cn-hongkong.dashscope.aliyuncs.com"],
    {
      families: [CHAT, MESSAGES, "dashscope"],
    },
  ),
  vendor(
    "dashscope",
    "Alibaba Cloud Model Studio (international)",
    "sg",
    ["dashscope-intl.aliyuncs.com", "coding-intl.dashscope.aliyuncs.com"],
    {
      families: [CHAT, MESSAGES, "dashscope"],
    },
  ),
  vendor("dashscope", "Alibaba Cloud Model Studio (US)", "us", ["dashscope-us.aliyuncs.com"], { families: [CHAT, MESSAGES, "dashscope"] }),
  vendor("dashscope", "Alibaba Model Studio workspaces", "cn", [], {
    families: [CHAT, MESSAGES, "dashscope"],
    multiTenant: true,
    patterns: [{ under: "maas.aliyuncs.com", pattern: /^(?<tenant>[a-z0-9-]+)\.(?<region>[a-z0-9-]+)\.maas\.aliyuncs\.com$/ }],
  }),
  vendor("modelscope", "ModelScope", "cn", ["api-inference.modelscope.cn", "mcp.api-inference.modelscope.net"], {
    families: [CHAT, MESSAGES],
  }),
  vendor("zhipu", "Zhipu BigModel", "cn", ["open.bigmodel.cn"], { families: [CHAT, MESSAGES] }),
  vendor("zhipu", "Z.ai", "sg", ["api.z.ai"], { families: [CHAT, MESSAGES] }),
  vendor("moonshot", "Moonshot Kimi", "cn", ["api.moonshot.cn", "api.kimi.com"], { families: [CHAT, MESSAGES] }),
  vendor("moonshot", "Moonshot Kimi (international)", "sg", ["api.moonshot.ai"], { families: [CHAT, MESSAGES] }),
  vendor("minimax", "MiniMax", "cn", ["api.minimaxi.com", "api.minimax.chat"], { families: [CHAT, MESSAGES] }),
  vendor("minimax", "MiniMax (international)", "sg", ["api.minimax.io"], { families: [CHAT, MESSAGES] }),
  vendor("baidu.qianfan", "Baidu Qianfan", "cn", ["qianfan.baidubce.com"]),
  vendor("baidu.qianfan", "Baidu Wenxin", "cn", ["aip.baidubce.com"], {
    families: ["baidu.wenxin"],
    paths: ["/rpc/2.0/ai_custom/", "/oauth/2.0/"],
  }),
  vendor("tencent.hunyuan", "Tencent Hunyuan", "cn", ["hunyuan.tencentcloudapi.com", ".hunyuan.tencentcloudapi.com"], {
    families: ["tencent.hunyuan"],
  }),
  vendor("tencent.hunyuan", "Tencent Hunyuan (compatible)", "cn", [
    "api.hunyuan.cloud.tencent.com",
    "api.lkeap.cloud.tencent.com",
    "tokenhub.tencentmaas.com",
  ]),
  vendor("iflytek.spark", "iFlytek Spark", "cn", ["spark-api-open.xf-yun.com", "spark-api.xf-yun.com", "maas-api.cn-huabei-1.xf-yun.com"], {
    families: [CHAT, "iflytek.spark"],
  }),
  vendor("stepfun", "StepFun", "cn", ["api.stepfun.com", "api.stepfun.ai"]),
  vendor("baichuan", "Baichuan", "cn", ["api.baichuan-ai.com"]),
  vendor("01ai", "01.AI", "cn", ["api.lingyiwanwu.com"]),
  vendor("360", "360 Zhinao", "cn", ["ai.360.cn", "api.360.cn"]),
  vendor("sensetime", "SenseTime", "cn", ["api.sensenova.cn", "api.sensenova.com"]),
  vendor("xiaomi", "Xiaomi MiMo", "cn", ["api.xiaomimimo.com", "token-plan-cn.xiaomimimo.com"]),
  vendor("xiaomi", "Xiaomi MiMo (Singapore)", "sg", ["token-plan-sgp.xiaomimimo.com"]),
  vendor("xiaomi", "Xiaomi MiMo (Europe)", "eu", ["token-plan-ams.xiaomimimo.com"]),
  vendor("iflow", "iFlow", "cn", ["apis.iflow.cn"]),
  vendor("bailing", "Ant Bailing", "cn", ["api.tbox.cn"]),
  vendor("coze", "Coze", "cn", ["api.coze.cn"], { families: ["coze"] }),
  vendor("coze", "Coze (international)", "sg", ["api.coze.com"], { families: ["coze"] }),
  vendor("ai21", "AI21", "il", ["api.ai21.com"]),
  vendor("reka", "Reka", "us", ["api.reka.ai"]),
  vendor("upstage", "Upstage", "kr", ["api.upstage.ai"]),
  vendor("voyage", "Voyage AI", "us", ["api.voyageai.com"], { families: ["embeddings"] }),
  vendor("jina", "Jina AI", "eu", ["api.jina.ai", "deepsearch.jina.ai"], { families: ["embeddings", CHAT] }),
  vendor("nomic", "Nomic", "us", ["api-atlas.nomic.ai"], { families: ["embeddings"] }),
  vendor("inception", "Inception Labs", "us", ["api.inceptionlabs.ai"]),
  vendor("morph", "Morph", "us", ["api.morphllm.com"]),
  vendor("poolside", "Poolside", "us", ["inference.poolside.ai"]),
  vendor("meta.llama", "Meta Llama API", "us", ["api.llama.com"]),
  vendor("sarvam", "Sarvam", "in", ["api.sarvam.ai"]),
  vendor("sakana", "Sakana AI", "jp", ["api.sakana.ai"]),
  vendor("aleph_alpha", "Aleph Alpha", "eu", ["api.aleph-alpha.com"]),
  vendor("writer", "Writer", "us", ["api.writer.com"]),
  vendor("liquid", "Liquid AI", "us", ["api.liquid.ai"]),
  vendor("yandex", "YandexGPT", "ru", ["llm.api.cloud.yandex.net"]),
  vendor("sber.gigachat", "GigaChat", "ru", ["gigachat.devices.sberbank.ru"]),
  vendor("naver", "Naver HyperCLOVA X", "kr", ["clovastudio.stream.ntruss.com"]),
]
