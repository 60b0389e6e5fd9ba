// Clouds that serve the models of many vendors to their tenants.
import { type CatalogueEntry, entriesOf } from "./entry.ts"

const CHAT = "openai.chat"
const RESPONSES = "openai.responses"
const MESSAGES = "anthropic.messages"
const cloud = entriesOf("cloud", [CHAT])

export const clouds: readonly CatalogueEntry[] = [
  cloud("gcp.vertex_ai", "Google Vertex AI", "global", ["aiplatform.googleapis.com"], {
    families: ["gemini.generate", MESSAGES, CHAT],
    multiTenant: true,
    patterns: [
      { under: "googleapis.com", pattern: /^(?<region>[a-z0-9-]+)-aiplatform\.googleapis\.com$/ },
      { under: "rep.googleapis.com", pattern: /^aiplatform\.(?<region>[a-z0-9-]+)\.rep\.googleapis\.com$/ },
    ],
  }),
  cloud("aws.bedrock", "Amazon Bedrock", "global", [], {
    families: ["bedrock.converse", "bedrock.invoke", CHAT, RESPONSES, MESSAGES],
    multiTenant: true,
    patterns: [
      {
        under: "amazonaws.com",
        pattern:
          /^(?:vpce-[a-z0-9-]+\.)?bedrock(?:-runtime|-agent-runtime|-agentcore)?(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com$/,
      },
      {
        under: "amazonaws.com.cn",
        pattern: /^bedrock(?:-runtime|-agent-runtime|-agentcore)?(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com\.cn$/,
      },
      { under: "amazonaws.com", pattern: /^(?<tenant>[a-z0-9-]+)\.gateway\.bedrock-agentcore\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/ },
      { under: "api.aws", pattern: /^bedrock-(?:mantle|runtime)\.(?<region>[a-z0-9-]+)\.api\.aws$/ },
    ],
  }),
  cloud("aws.sagemaker", "Amazon SageMaker", "global", [], {
    families: ["aws.sagemaker"],
    multiTenant: true,
    patterns: [{ under: "amazonaws.com", pattern: /^runtime\.sagemaker(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/ }],
  }),
  cloud("aws.nova", "Amazon Nova", "us", ["api.nova.amazon.com"]),
  cloud("azure.ai.openai", "Azure OpenAI", "global", [], {
    families: [CHAT, RESPONSES],
    multiTenant: true,
    patterns: [
      { under: "openai.azure.com", pattern: /^(?<tenant>[a-z0-9-]+)\.openai\.azure\.com$/ },
      { under: "openai.azure.us", pattern: /^(?<tenant>[a-z0-9-]+)\.openai\.azure\.us$/ },
      { under: "openai.azure.cn", pattern: /^(?<tenant>[a-z0-9-]+)\.openai\.azure\.cn$/ },
    ],
  }),
  cloud("azure.ai.openai", "Azure AI services", "global", [], {
    families: [CHAT, RESPONSES],
    multiTenant: true,
    paths: ["/openai/"],
    patterns: [
      { under: "cognitiveservices.azure.com", pattern: /^(?<tenant>[a-z0-9-]+)\.cognitiveservices\.azure\.com$/ },
      { under: "api.cognitive.microsoft.com", pattern: /^(?<region>[a-z0-9-]+)\.api\.cognitive\.microsoft\.com$/ },
    ],
  }),
  cloud("azure.ai.inference", "Azure AI Foundry", "global", [], {
    families: [CHAT, RESPONSES, MESSAGES],
    multiTenant: true,
    patterns: [
      { under: "services.ai.azure.com", pattern: /^(?<tenant>[a-z0-9-]+)\.services\.ai\.azure\.com$/ },
      { under: "models.ai.azure.com", pattern: /^(?<tenant>[a-z0-9-]+)\.(?<region>[a-z0-9]+)\.models\.ai\.azure\.com$/ },
      { under: "inference.ml.azure.com", pattern: /^(?<tenant>[a-z0-9-]+)\.(?<region>[a-z0-9]+)\.inference\.ml\.azure\.com$/ },
    ],
  }),
  cloud("github.models", "GitHub Models", "us", ["models.github.ai", "models.inference.ai.azure.com"]),
  cloud("github.copilot", "GitHub Copilot", "us", ["api.githubcopilot.com", ".githubcopilot.com", "copilot-proxy.githubusercontent.com"], {
    families: [CHAT, RESPONSES, MESSAGES],
  }),
  cloud("alibaba.pai", "Alibaba PAI-EAS", "cn", [".pai-eas.aliyuncs.com"], {
    multiTenant: true,
    patterns: [{ under: "data.aliyun.com", pattern: /^(?<tenant>[a-z0-9-]+)\.(?<region>[a-z0-9-]+)-vpc\.data\.aliyun\.com$/ }],
  }),
  cloud("volcengine.ark", "Volcengine Ark", "cn", ["maas-api.ml-platform-cn-beijing.volces.com"], {
    families: [CHAT, RESPONSES, MESSAGES],
    patterns: [{ under: "volces.com", pattern: /^ark\.(?<region>[a-z0-9-]+)\.volces\.com$/ }],
  }),
  cloud("volcengine.ark", "BytePlus ModelArk", "sg", [], {
    families: [CHAT, RESPONSES],
    patterns: [{ under: "bytepluses.com", pattern: /^ark\.(?<region>[a-z0-9-]+)\.bytepluses\.com$/ }],
  }),
  cloud("huawei.modelarts", "Huawei ModelArts", "cn", ["api.modelarts-maas.com", "infer-modelarts.myhuaweicloud.com"], {
    patterns: [{ under: "myhuaweicloud.com", pattern: /^infer-modelarts[a-z0-9-]*\.(?<region>cn-[a-z0-9-]+)\.myhuaweicloud\.com$/ }],
  }),
  cloud("siliconflow", "SiliconFlow", "cn", ["api.siliconflow.cn"], { families: [CHAT, MESSAGES] }),
  cloud("siliconflow", "SiliconFlow (international)", "sg", ["api.siliconflow.com"], { families: [CHAT, MESSAGES] }),
  cloud("qiniu", "Qiniu", "cn", ["api.qnaigc.com"]),
  cloud("moark", "Moark", "cn", ["moark.com"]),
  cloud("groq", "Groq", "us", ["api.groq.com"], { families: [CHAT, RESPONSES] }),
  cloud("together_ai", "Together AI", "us", ["api.together.xyz", "api.together.ai"]),
  cloud("fireworks_ai", "Fireworks AI", "us", ["api.fireworks.ai"], { families: [CHAT, RESPONSES, MESSAGES] }),
  cloud("huggingface", "Hugging Face inference", "us", ["router.huggingface.co", "api-inference.huggingface.co"], {
    families: [CHAT, "huggingface"],
  }),
  cloud("huggingface", "Hugging Face endpoints", "us", [".endpoints.huggingface.cloud"], {
    families: [CHAT, "huggingface"],
    multiTenant: true,
  }),
  cloud("replicate", "Replicate", "us", ["api.replicate.com", ".replicate.delivery"], { families: ["replicate"] }),
  cloud("nvidia", "NVIDIA NIM", "us", ["integrate.api.nvidia.com", "ai.api.nvidia.com", ".nvcf.nvidia.com"]),
  cloud("cloudflare.workers_ai", "Cloudflare Workers AI", "us", ["api.cloudflare.com"], {
    multiTenant: true,
    paths: ["/client/v4/accounts/"],
    families: [CHAT, "cloudflare"],
  }),
  cloud("cerebras", "Cerebras", "us", ["api.cerebras.ai"]),
  cloud("sambanova", "SambaNova", "us", ["api.sambanova.ai"]),
  cloud("deepinfra", "DeepInfra", "us", ["api.deepinfra.com"]),
  cloud("novita", "Novita", "us", ["api.novita.ai"]),
  cloud("nebius", "Nebius", "eu", [
    "api.studio.nebius.ai",
    "api.studio.nebius.com",
    "api.tokenfactory.nebius.com",
    "api.tokenfactory.nebius.ai",
  ]),
  cloud("baseten", "Baseten", "us", ["inference.baseten.co", ".api.baseten.co"], { multiTenant: true }),
  cloud("modal", "Modal", "us", [".modal.run", ".modal.direct"], { multiTenant: true }),
  cloud("lepton", "Lepton", "us", [".lepton.run"], { multiTenant: true }),
  cloud("friendli", "FriendliAI", "us", ["api.friendli.ai"]),
  cloud("hyperbolic", "Hyperbolic", "us", ["api.hyperbolic.xyz"]),
  cloud("lambda", "Lambda", "us", ["api.lambdalabs.com", "api.lambda.ai"]),
  cloud("chutes", "Chutes", "us", ["llm.chutes.ai", ".chutes.ai"]),
  cloud("inference_net", "Inference.net", "us", ["api.inference.net", "inference.net"]),
  cloud("io_net", "io.net", "us", ["api.intelligence.io.solutions"]),
  cloud("scaleway", "Scaleway", "eu", ["api.scaleway.ai"]),
  cloud("ovh", "OVHcloud", "eu", ["oai.endpoints.kepler.ai.cloud.ovh.net", ".endpoints.kepler.ai.cloud.ovh.net"]),
  cloud("stackit", "STACKIT", "eu", ["api.openai-compat.model-serving.eu01.onstackit.cloud"]),
  cloud("evroc", "evroc", "eu", ["models.think.evroc.com"]),
  cloud("berget", "Berget", "eu", ["api.berget.ai"]),
  cloud("regolo", "Regolo", "eu", ["api.regolo.ai"]),
  cloud("ionos", "IONOS", "eu", ["openai.inference.de-txl.ionos.com"]),
  cloud("ibm.watsonx.ai", "IBM watsonx", "global", [], {
    families: ["ibm.watsonx"],
    patterns: [{ under: "ml.cloud.ibm.com", pattern: /^(?<region>[a-z0-9-]+)\.ml\.cloud\.ibm\.com$/ }],
  }),
  cloud("oracle.oci", "Oracle OCI Generative AI", "global", [], {
    families: ["oracle.oci"],
    patterns: [{ under: "oci.oraclecloud.com", pattern: /^inference\.generativeai\.(?<region>[a-z0-9-]+)\.oci\.oraclecloud\.com$/ }],
  }),
  cloud("sap", "SAP AI Core", "global", [], {
    multiTenant: true,
    patterns: [
      { under: "hana.ondemand.com", pattern: /^api\.ai\.[a-z0-9-]+\.(?<region>[a-z0-9-]+)\.(?:[a-z0-9-]+\.)?ml\.hana\.ondemand\.com$/ },
    ],
  }),
  cloud("databricks", "Databricks", "global", [".cloud.databricks.com", ".azuredatabricks.net", ".gcp.databricks.com"], {
    multiTenant: true,
    paths: ["/serving-endpoints", "/ai-gateway/"],
  }),
  cloud("snowflake", "Snowflake Cortex", "global", [".snowflakecomputing.com"], { multiTenant: true, paths: ["/api/v2/cortex/"] }),
  cloud("digitalocean", "DigitalOcean", "us", ["inference.do-ai.run"]),
  cloud("digitalocean", "DigitalOcean agents", "us", [".agents.do-ai.run"], { multiTenant: true }),
  cloud("vultr", "Vultr", "us", ["api.vultrinference.com"]),
  cloud("wandb", "Weights & Biases", "us", ["api.inference.wandb.ai"]),
  cloud("clarifai", "Clarifai", "us", ["api.clarifai.com"]),
  cloud("gmi", "GMI Cloud", "us", ["api.gmi-serving.com"]),
  cloud("synthetic", "Synthetic", "us", ["api.synthetic.new"]),
  cloud("runpod", "RunPod", "us", ["api.runpod.ai", ".api.runpod.ai"], { multiTenant: true }),
  cloud("venice", "Venice", "us", ["api.venice.ai"]),
]
