// Hosts this product knows by heart: model vendors, and places an agent reaches on an ordinary day. Matching is by suffix on a label boundary, never by substring.

/** The vendor id of a model or agent service, or undefined. */
export function vendorOf(host: string): string | undefined {
  const name = host.toLowerCase()
  const bySuffix = lookup(vendors, name)
  if (bySuffix !== undefined) return bySuffix
  return vendorPatterns.find(([pattern]) => pattern.test(name))?.[1]
}

/** Catalogued otherwise: code hosts, package registries, documentation, operating system and cloud services, large public sites. */
export function isKnownHost(host: string): boolean {
  return lookup(known, host.toLowerCase()) !== undefined
}

function lookup(table: ReadonlyMap<string, string>, host: string): string | undefined {
  for (let at = 0; at !== -1; ) {
    const value = table.get(at === 0 ? host : host.slice(at))
    if (value !== undefined) return value
    const dot = host.indexOf(".", at)
    at = dot === -1 ? -1 : dot + 1
  }
  return undefined
}

function table(rows: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(rows).flatMap(([id, hosts]) => hosts.split(" ").map((host): [string, string] => [host, id])))
}

const vendors = table({
  openai: "api.openai.com chatgpt.com chat.openai.com auth.openai.com",
  anthropic:
    "api.anthropic.com api-staging.anthropic.com claude.ai platform.claude.com mcp-proxy.anthropic.com downloads.claude.ai statsig.anthropic.com",
  google:
    "generativelanguage.googleapis.com aiplatform.googleapis.com cloudcode-pa.googleapis.com daily-cloudcode-pa.sandbox.googleapis.com",
  "amazon-nova": "api.nova.amazon.com",
  azure:
    "openai.azure.com cognitiveservices.azure.com api.cognitive.microsoft.com services.ai.azure.com models.ai.azure.com inference.ml.azure.com",
  "github-models": "models.github.ai models.inference.ai.azure.com",
  "github-copilot": "githubcopilot.com copilot-proxy.githubusercontent.com",
  mistral: "api.mistral.ai codestral.mistral.ai",
  cohere: "api.cohere.com api.cohere.ai",
  groq: "api.groq.com",
  together: "api.together.xyz api.together.ai",
  fireworks: "api.fireworks.ai",
  deepseek: "api.deepseek.com",
  xai: "api.x.ai",
  perplexity: "api.perplexity.ai",
  openrouter: "openrouter.ai",
  alibaba:
    "dashscope.aliyuncs.com dashscope-intl.aliyuncs.com dashscope-us.aliyuncs.com coding-intl.dashscope.aliyuncs.com maas.aliyuncs.com pai-eas.aliyuncs.com api-inference.modelscope.cn",
  zhipu: "open.bigmodel.cn api.z.ai",
  moonshot: "api.moonshot.cn api.moonshot.ai api.kimi.com",
  minimax: "api.minimax.io api.minimaxi.com api.minimax.chat",
  baidu: "qianfan.baidubce.com aip.baidubce.com",
  volcengine: "volces.com bytepluses.com",
  tencent: "hunyuan.tencentcloudapi.com api.hunyuan.cloud.tencent.com api.lkeap.cloud.tencent.com tokenhub.tencentmaas.com",
  iflytek: "xf-yun.com",
  stepfun: "api.stepfun.com api.stepfun.ai",
  baichuan: "api.baichuan-ai.com",
  lingyiwanwu: "api.lingyiwanwu.com",
  sensenova: "api.sensenova.cn",
  siliconflow: "api.siliconflow.cn api.siliconflow.com",
  xiaomi: "xiaomimimo.com",
  huggingface: "router.huggingface.co api-inference.huggingface.co endpoints.huggingface.cloud",
  replicate: "api.replicate.com replicate.delivery",
  nvidia: "integrate.api.nvidia.com ai.api.nvidia.com nvcf.nvidia.com",
  cloudflare: "gateway.ai.cloudflare.com",
  vercel: "ai-gateway.vercel.sh api.v0.dev",
  opencode: "opencode.ai",
  cerebras: "api.cerebras.ai",
  sambanova: "api.sambanova.ai",
  deepinfra: "api.deepinfra.com",
  novita: "api.novita.ai",
  nebius: "api.studio.nebius.ai api.studio.nebius.com api.tokenfactory.nebius.com",
  baseten: "inference.baseten.co api.baseten.co",
  friendli: "api.friendli.ai",
  hyperbolic: "api.hyperbolic.xyz",
  lambda: "api.lambdalabs.com",
  chutes: "chutes.ai",
  venice: "api.venice.ai",
  poe: "api.poe.com",
  ai21: "api.ai21.com",
  reka: "api.reka.ai",
  upstage: "api.upstage.ai",
  voyage: "api.voyageai.com",
  jina: "jina.ai",
  nomic: "api-atlas.nomic.ai",
  morph: "api.morphllm.com",
  poolside: "inference.poolside.ai",
  meta: "api.llama.com",
  scaleway: "api.scaleway.ai",
  ovh: "ai.cloud.ovh.net",
  ibm: "ml.cloud.ibm.com",
  databricks: "cloud.databricks.com azuredatabricks.net gcp.databricks.com",
  snowflake: "snowflakecomputing.com",
  digitalocean: "inference.do-ai.run agents.do-ai.run",
  requesty: "router.requesty.ai",
  helicone: "ai-gateway.helicone.ai",
  portkey: "api.portkey.ai",
  cursor: "cursor.sh cursor.com",
  windsurf: "codeium.com windsurf.com",
  cline: "api.cline.bot app.cline.bot",
  continue: "api.continue.dev",
  amp: "ampcode.com",
  kiro: "kiro.dev",
  elevenlabs: "api.elevenlabs.io",
  deepgram: "api.deepgram.com",
  assemblyai: "api.assemblyai.com",
  stability: "api.stability.ai",
  fal: "fal.run",
  tavily: "api.tavily.com",
  exa: "api.exa.ai",
  firecrawl: "api.firecrawl.dev",
  e2b: "e2b.app e2b.dev",
  langsmith: "api.smith.langchain.com",
  langfuse: "langfuse.com",
})

const vendorPatterns: readonly (readonly [RegExp, string])[] = [
  [/^bedrock(-[a-z]+)*(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws)$/, "aws-bedrock"],
  [/^runtime\.sagemaker\.[a-z0-9-]+\.amazonaws\.com$/, "aws-sagemaker"],
  [/^[a-z0-9-]+-aiplatform\.googleapis\.com$/, "google"],
  [/^(us|eu)-[a-z]+-\d\.api\.x\.ai$/, "xai"],
]

const known = table({
  code: "github.com githubusercontent.com githubassets.com gitlab.com bitbucket.org codeberg.org sr.ht gitee.com googlesource.com dev.azure.com sourcegraph.com",
  packages:
    "go.dev ubuntu.com alpinelinux.org archlinux.org fedoraproject.org docker.io docker.com ghcr.io quay.io gcr.io conda.io anaconda.org anaconda.com jsdelivr.net unpkg.com cdnjs.cloudflare.com esm.sh deno.land jsr.io nodejs.org python.org rust-lang.org homebrew.sh brew.sh",
  docs: "shields.io badgen.net badge.fury.io codecov.io coveralls.io opencollective.com travis-ci.org travis-ci.com circleci.com gitter.im snyk.io wikipedia.org wikimedia.org mozilla.org w3.org ietf.org rfc-editor.org stackoverflow.com stackexchange.com readthedocs.io readthedocs.org docs.rs arxiv.org learn.microsoft.com kubernetes.io apache.org postgresql.org mysql.com redis.io nginx.org sqlite.org modelcontextprotocol.io agentskills.io",
  cloud:
    "amazonaws.com aws.amazon.com api.aws cloudfront.net googleapis.com google.com gstatic.com googleusercontent.com azure.com windows.net microsoft.com microsoftonline.com live.com office.com office365.com cloudflare.com fastly.net akamai.net akamaized.net aliyun.com aliyuncs.com digitalocean.com heroku.com netlify.com vercel.com apple.com icloud.com letsencrypt.org digicert.com",
  saas: "slack.com atlassian.com atlassian.net notion.so notion.com linear.app figma.com stripe.com sentry.io datadoghq.com newrelic.com salesforce.com zoom.us dropbox.com box.com asana.com trello.com zendesk.com hubspot.com twilio.com sendgrid.com openai.com anthropic.com huggingface.co modelscope.cn smithery.ai context7.com deepwiki.com",
  web: "bing.com duckduckgo.com brave.com yahoo.com reddit.com youtube.com facebook.com twitter.com x.com linkedin.com amazon.com nytimes.com bbc.co.uk bbc.com cnn.com medium.com example.com example.org example.net",
})
