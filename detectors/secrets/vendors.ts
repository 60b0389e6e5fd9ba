// Vendors whose keys have no prefix: the name a key is given and the shape of its value together say what it is.
import type { Sample } from "./rule.ts"

export interface Vendor {
  readonly id: string
  readonly title: string
  /** Part of the name, lower case, without separators. */
  readonly names: readonly string[]
  readonly value: RegExp
  readonly owners?: readonly string[]
  readonly sample: (s: Sample) => string
}

const HEX32 = /^[0-9a-f]{32}$/i
const HEX40 = /^[0-9a-f]{40}$/i
const HEX64 = /^[0-9a-f]{64}$/i
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const hex32 = (s: Sample) => s.hex(32)
const hex40 = (s: Sample) => s.hex(40)

/** Names are looked for anywhere in the identifier, so AWS_SECRET_ACCESS_KEY, awsSecretAccessKey and aws-secret-access-key are one. */
export const vendors: readonly Vendor[] = [
  vendor(
    "aws-secret-key",
    "AWS secret access key",
    ["secretaccesskey", "awssecretkey", "awssecret"],
    /^[A-Za-z0-9/+]{40}$/,
    (s) => s.b64(40),
    ["amazonaws.com"],
  ),
  vendor(
    "azure-cognitive-key",
    "Azure AI service key",
    ["ocpapimsubscriptionkey", "azureopenaikey", "azureopenaiapikey", "cognitiveserviceskey"],
    /^[0-9a-f]{32}$|^[A-Za-z0-9]{84}$/i,
    hex32,
    ["azure.com", "microsoft.com"],
  ),
  vendor(
    "azure-devops-token",
    "Azure DevOps token",
    ["azuredevops", "vststoken", "systemaccesstoken"],
    /^[a-z2-7]{52}$/i,
    (s) => s.of("a-z2-7", 52),
    ["azure.com"],
  ),
  vendor(
    "alibaba-secret",
    "Alibaba Cloud AccessKey secret",
    ["accesskeysecret", "alibabacloudsecret", "aliyunsecret", "aksecret"],
    /^[A-Za-z0-9]{30}$/,
    (s) => s.an(30),
    ["aliyuncs.com"],
  ),
  vendor(
    "tencent-secret",
    "Tencent Cloud SecretKey",
    ["tencentcloudsecretkey", "tencentsecretkey", "qcloudsecretkey", "secretkey"],
    /^[A-Za-z0-9]{32}$/,
    (s) => s.an(32),
    ["tencentcloudapi.com"],
  ),
  vendor(
    "huawei-key",
    "Huawei Cloud key",
    ["huaweicloudsdkak", "huaweicloudsdksk", "hwsecretkey", "hwaccesskey"],
    /^(?:[A-Z0-9]{20}|[A-Za-z0-9]{40})$/,
    (s) => s.an(40),
    ["myhuaweicloud.com"],
  ),
  vendor(
    "volcengine-secret",
    "Volcengine secret key",
    ["volcsecretkey", "volcsecretaccesskey", "volcenginesecret", "volcsk"],
    /^[A-Za-z0-9+/]{40,62}={0,2}$/,
    (s) => `${s.b64(58)}==`,
    ["volces.com"],
  ),
  vendor(
    "volcengine-ark-key",
    "Volcengine Ark API key",
    ["arkapikey", "doubaoapikey"],
    /^(?:ark-)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i,
    (s) => s.uuid(),
    ["volces.com"],
  ),
  vendor(
    "baidu-secret",
    "Baidu key",
    ["baiduapikey", "baidusecretkey", "qianfanak", "qianfansk", "erniesecret"],
    /^[A-Za-z0-9]{24,32}$/,
    hex32,
    ["baidubce.com"],
  ),
  vendor(
    "ibm-cloud-key",
    "IBM Cloud API key",
    ["ibmcloudapikey", "watsonxapikey", "ibmapikey", "bluemixapikey"],
    /^[A-Za-z0-9_-]{44}$/,
    (s) => s.of("A-Za-z0-9_-", 44),
    ["ibm.com"],
  ),
  vendor(
    "linode-token",
    "Linode, Vultr or Hetzner token",
    ["linodetoken", "linodeapi", "hcloudtoken", "hetznertoken", "vultrapikey"],
    /^(?:[0-9a-f]{64}|[A-Za-z0-9]{64}|[A-Z0-9]{36})$/,
    (s) => s.hex(64),
    ["linode.com", "hetzner.cloud", "vultr.com"],
  ),
  vendor("scaleway-secret", "Scaleway secret key", ["scwsecretkey", "scalewaysecret"], UUID, (s) => s.uuid(), ["scaleway.com"]),
  vendor("heroku-old-key", "Heroku API key", ["herokuapikey", "herokutoken", "herokukey"], UUID, (s) => s.uuid(), ["heroku.com"]),
  vendor("railway-token", "Railway token", ["railwaytoken", "railwayapitoken"], UUID, (s) => s.uuid(), ["railway.app"]),
  vendor("vercel-old-token", "Vercel token", ["verceltoken", "vercelapitoken"], /^[A-Za-z0-9]{24}$/, (s) => s.an(24), ["vercel.com"]),
  vendor("netlify-old-token", "Netlify token", ["netlifyauthtoken", "netlifytoken"], /^[A-Za-z0-9_-]{40,46}$/, (s) => s.an(43), [
    "netlify.com",
  ]),
  vendor(
    "cloudflare-old-token",
    "Cloudflare API token",
    ["cloudflareapitoken", "cloudflaretoken", "cfapitoken", "cloudflareapikey", "cfapikey"],
    /^(?:[A-Za-z0-9_-]{40}|[0-9a-f]{37})$/,
    (s) => s.an(40),
    ["cloudflare.com"],
  ),
  vendor("mistral-key", "Mistral API key", ["mistralapikey", "mistralkey"], /^[A-Za-z0-9]{32}$/, (s) => s.an(32), ["mistral.ai"]),
  vendor("cohere-key", "Cohere API key", ["cohereapikey", "coheretoken", "coapikey"], /^[A-Za-z0-9]{40}$/, (s) => s.an(40), [
    "cohere.com",
    "cohere.ai",
  ]),
  vendor("deepgram-key", "Deepgram API key", ["deepgramapikey", "deepgramkey"], HEX40, hex40, ["deepgram.com"]),
  vendor("assemblyai-key", "AssemblyAI API key", ["assemblyaiapikey", "assemblyaikey", "assemblyapikey"], HEX32, hex32, ["assemblyai.com"]),
  vendor("wandb-key", "Weights & Biases API key", ["wandbapikey", "wandbkey"], HEX40, hex40, ["wandb.ai"]),
  vendor(
    "exa-key",
    "Exa, Snyk, Smithery or Postmark key",
    [
      "exaapikey",
      "snyktoken",
      "smitheryapikey",
      "postmarkservertoken",
      "postmarktoken",
      "splunkhectoken",
      "opsgenieapikey",
      "codecovtoken",
      "squarespacetoken",
    ],
    UUID,
    (s) => s.uuid(),
  ),
  vendor("together-old-key", "Together API key", ["togetherapikey", "togetherkey"], HEX64, (s) => s.hex(64), ["together.xyz"]),
  vendor(
    "zhipu-key-named",
    "Zhipu or GLM API key",
    ["zhipuapikey", "zhipuaiapikey", "glmapikey", "zaiapikey"],
    /^[0-9a-f]{32}\.[A-Za-z0-9]{16}$/,
    (s) => `${s.hex(32)}.${s.an(16)}`,
    ["bigmodel.cn", "z.ai"],
  ),
  vendor(
    "datadog-old-key",
    "Datadog key",
    ["ddapikey", "ddappkey", "datadogapikey", "datadogappkey", "ddapplicationkey"],
    /^(?:[0-9a-f]{32}|[0-9a-f]{40})$/i,
    hex32,
    ["datadoghq.com", "datadoghq.eu"],
  ),
  vendor(
    "okta-token",
    "Okta API token",
    ["oktaapitoken", "oktatoken", "oktaclienttoken"],
    /^00[A-Za-z0-9_-]{40}$/,
    (s) => `00${s.an(40)}`,
    ["okta.com"],
  ),
  vendor("auth0-secret", "Auth0 client secret", ["auth0clientsecret", "auth0secret"], /^[A-Za-z0-9_-]{64}$/, (s) => s.an(64), [
    "auth0.com",
  ]),
  vendor(
    "twilio-token",
    "Twilio auth token",
    ["twilioauthtoken", "twiliotoken", "twilioapisecret", "twilioapikey"],
    /^(?:SK)?[0-9a-f]{32}$|^[A-Za-z0-9]{32}$/i,
    hex32,
    ["twilio.com"],
  ),
  vendor("algolia-key", "Algolia admin key", ["algoliaadminkey", "algoliaapikey", "algoliaadminapikey"], HEX32, hex32, ["algolia.net"]),
  vendor("amap-key", "Amap key", ["amapkey", "amapapikey", "gaodekey"], HEX32, hex32, ["amap.com"]),
  vendor(
    "wechat-secret",
    "WeChat, Feishu or DingTalk app secret",
    ["wechatsecret", "wxsecret", "wxappsecret", "feishuappsecret", "larkappsecret", "dingtalkappsecret", "wechatappsecret", "appsecret"],
    /^(?:[0-9a-f]{32}|[A-Za-z0-9]{32}|[A-Za-z0-9_-]{64})$/,
    hex32,
    ["weixin.qq.com", "feishu.cn", "dingtalk.com"],
  ),
  vendor(
    "wechat-pay-key",
    "WeChat Pay or Alipay key",
    ["apiv3key", "wechatpaykey", "mchkey", "appprivatekey", "alipayprivatekey"],
    /^(?:[A-Za-z0-9]{32}|MII[A-Za-z0-9+/]{300,3000}={0,2})$/,
    (s) => s.an(32),
  ),
  vendor(
    "binance-key",
    "Exchange API key",
    [
      "binanceapikey",
      "binancesecret",
      "binanceapisecret",
      "binancesecretkey",
      "bybitapisecret",
      "okxsecretkey",
      "krakenprivatekey",
      "coinbaseapisecret",
    ],
    /^(?:[A-Za-z0-9]{36,64}|[A-Za-z0-9+/]{86}==|[A-F0-9]{32})$/,
    (s) => s.an(64),
  ),
  vendor(
    "portkey-key",
    "Portkey or LiteLLM key",
    ["portkeyapikey", "litellmmasterkey", "litellmkey"],
    /^(?:[A-Za-z0-9+/]{27}=?|sk-[A-Za-z0-9_-]{4,40})$/,
    (s) => `sk-${s.an(20)}`,
  ),
  vendor(
    "ngrok-token",
    "ngrok token",
    ["ngrokauthtoken", "ngroktoken"],
    /^2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}$/,
    (s) => `2${s.an(26)}_${s.an(21)}`,
    ["ngrok.com"],
  ),
  vendor(
    "intercom-token",
    "Intercom, Zendesk, LinkedIn, Twitch or Sumo secret",
    [
      "intercomtoken",
      "intercomaccesstoken",
      "zendesktoken",
      "zendeskapitoken",
      "linkedinclientsecret",
      "twitchclientsecret",
      "sumoaccesskey",
      "dronetoken",
      "pagerdutytoken",
      "pagerdutyapikey",
    ],
    /^[A-Za-z0-9+/=_-]{16,80}$/,
    (s) => s.an(40),
  ),
  vendor(
    "ethereum-key",
    "EVM private key",
    ["ethprivatekey", "evmprivatekey", "walletprivatekey", "deployerprivatekey", "privatekeyhex", "privatekey"],
    /^(?:0x)?[0-9a-f]{64}$/i,
    (s) => `0x${s.hex(64)}`,
  ),
]

function vendor(
  id: string,
  title: string,
  names: readonly string[],
  value: RegExp,
  sample: Vendor["sample"],
  owners?: readonly string[],
): Vendor {
  return { id, title, names, value, sample, ...(owners === undefined ? {} : { owners }) }
}
