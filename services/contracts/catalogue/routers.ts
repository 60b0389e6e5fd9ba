// Routers and resellers: who stands behind them is for the exchange to say.
import { type CatalogueEntry, entriesOf } from "./entry.ts"

const CHAT = "openai.chat"
const MESSAGES = "anthropic.messages"
const router = entriesOf("router", [CHAT])
const reseller = entriesOf("reseller", [CHAT])

export const routers: readonly CatalogueEntry[] = [
  router("openrouter", "OpenRouter", "us", ["openrouter.ai"], { families: [CHAT, "openai.responses", MESSAGES], paths: ["/api/"] }),
  router("cloudflare.ai_gateway", "Cloudflare AI Gateway", "us", ["gateway.ai.cloudflare.com"], { multiTenant: true }),
  router("vercel", "Vercel AI Gateway", "us", ["ai-gateway.vercel.sh"]),
  router("vercel.v0", "v0", "us", ["api.v0.dev"]),
  router("opencode.zen", "OpenCode Zen", "us", ["opencode.ai"], {
    families: [CHAT, "openai.responses", MESSAGES, "gemini.generate"],
    paths: ["/zen/"],
  }),
  router("poe", "Poe", "us", ["api.poe.com"]),
  router("requesty", "Requesty", "eu", ["router.requesty.ai", "router.eu.requesty.ai"]),
  router("helicone", "Helicone gateway", "us", ["ai-gateway.helicone.ai", "oai.helicone.ai", "anthropic.helicone.ai"], {
    families: [CHAT, MESSAGES],
  }),
  router("portkey", "Portkey", "us", ["api.portkey.ai"], { families: [CHAT, MESSAGES] }),
  router("llmgateway", "LLM Gateway", "us", ["api.llmgateway.io"]),
  router("kilo", "Kilo Gateway", "us", ["api.kilo.ai", "api.kilocode.ai"]),
  router("abacus", "Abacus RouteLLM", "us", ["routellm.abacus.ai"]),
  router("fastrouter", "FastRouter", "us", ["go.fastrouter.ai"]),
  router("zenmux", "ZenMux", "sg", ["zenmux.ai"], { paths: ["/api/"] }),
  router("orcarouter", "OrcaRouter", "us", ["api.orcarouter.ai"]),
  router("routing_sh", "routing.sh", "us", ["ai.routing.sh"]),
  router("cortecs", "Cortecs", "eu", ["api.cortecs.ai"]),
  router("nano_gpt", "NanoGPT", "us", ["nano-gpt.com"], { paths: ["/api/"] }),
  router("edenai", "Eden AI", "eu", ["api.edenai.run"]),
  router("tinfoil", "Tinfoil", "us", ["inference.tinfoil.sh"]),
  router("near_ai", "NEAR AI", "us", ["cloud-api.near.ai"]),
  reseller("302ai", "302.AI", "cn", ["api.302.ai", "api.302ai.cn"], { families: [CHAT, MESSAGES] }),
  reseller("aihubmix", "AiHubMix", "cn", ["aihubmix.com", "api.aihubmix.com"], { families: [CHAT, MESSAGES] }),
  reseller("jiekou", "Jiekou", "cn", ["jiekou.ai", "api.jiekou.ai"]),
  reseller("llmtr", "LLMTR", "global", ["llmtr.com"]),
  reseller("anyapi", "AnyAPI", "global", ["api.anyapi.ai"]),
  reseller("auriko", "Auriko", "global", ["api.auriko.ai"]),
  reseller("qhaigc", "QHAIGC", "cn", ["api.qhaigc.net"]),
  reseller("claudin", "Claudin", "global", ["api.claudin.io"]),
  reseller("freemodel", "FreeModel", "global", ["cc.freemodel.dev"]),
  reseller("wafer", "Wafer Pass", "global", ["pass.wafer.ai"]),
  ...longTail().map(([id, residency, host]) => reseller(id, host, residency, [host])),
]

/** Small hosts that models.dev lists, each serving the chat completions shape at /v1. */
function longTail() {
  return [
    ["abliteration", "us", "api.abliteration.ai"],
    ["ambient", "us", "api.ambient.xyz"],
    ["cloudferro", "eu", "api-sherlock.cloudferro.com"],
    ["crofai", "us", "crof.ai"],
    ["dinference", "us", "api.dinference.com"],
    ["drun", "cn", "chat.d.run"],
    ["frogbot", "us", "app.frogbot.ai"],
    ["hpc_ai", "sg", "api.hpc-ai.com"],
    ["inceptron", "eu", "api.inceptron.io"],
    ["kuae", "cn", "coding-plan-endpoint.kuaecloud.net"],
    ["lilac", "us", "api.getlilac.com"],
    ["lucidquery", "us", "api.lucidquery.com"],
    ["meganova", "us", "api.meganova.ai"],
    ["mixlayer", "us", "models.mixlayer.ai"],
    ["neuralwatt", "us", "api.neuralwatt.com"],
    ["subconscious", "us", "api.subconscious.dev"],
    ["submodel", "us", "llm.submodel.ai"],
    ["thegrid", "us", "api.thegrid.ai"],
    ["umans", "us", "api.code.umans.ai"],
    ["vivgrid", "us", "api.vivgrid.com"],
    ["xpersona", "us", "www.xpersona.co"],
    ["zeldoc", "us", "api.zeldoc.ai"],
  ] as const
}
