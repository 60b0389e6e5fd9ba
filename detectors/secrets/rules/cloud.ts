import { pattern, type SecretRule, token } from "../rule.ts"
import { an, b32, b64, b64u, digits, dotted, hex, lower, oneOf, upper } from "../shape.ts"

const aws = ["amazonaws.com", "amazonaws.com.cn", "aws.dev"]
const google = ["googleapis.com", "google.com"]
const azure = ["azure.com", "windows.net", "azure.net", "microsoftonline.com", "azure-api.net"]

export const cloudRules: readonly SecretRule[] = [
  token("aws-access-key-id", "AWS access key id", "high", [oneOf("AKIA", "ASIA", "ABIA", "ACCA"), b32(16)], {
    owners: aws,
    misses: (s) => [
      [`AKIA${s.of("a-z", 16)}`, "lower case"],
      [`XAKIA${s.of("A-Z2-7", 16)}`, "inside a longer word"],
    ],
  }),
  token("aws-session-token", "AWS session token", "critical", [oneOf("IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz"), b64(80, 2000)], {
    owners: aws,
  }),
  token("aws-bedrock-key", "Amazon Bedrock API key", "critical", ["ABSKQmVkcm9ja0FQSUtleS", b64(80, 270)], {
    owners: aws,
    structured: true,
  }),
  token(
    "aws-bedrock-session-key",
    "Amazon Bedrock short-lived API key",
    "critical",
    ["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", b64(20, 2000)],
    {
      owners: aws,
      structured: true,
    },
  ),
  token("aws-mws-token", "Amazon MWS auth token", "high", ["amzn.mws.", hex(8), "-", hex(4), "-", hex(4), "-", hex(4), "-", hex(12)], {
    owners: aws,
  }),
  token("google-api-key", "Google API key", "high", ["AIza", b64u(35)], { owners: google }),
  token("google-auth-key", "Google Gemini or Vertex key", "high", ["AQ.Ab8", b64u(47)], { owners: google }),
  token("google-oauth-token", "Google OAuth access token", "high", ["ya29.", b64u(30, 1200)], { owners: google }),
  token("google-refresh-token", "Google OAuth refresh token", "critical", ["1//0", b64u(40, 160)], { owners: google }),
  token("google-client-secret", "Google OAuth client secret", "high", ["GOCSPX-", b64u(28)], { owners: google }),
  token("gcs-hmac", "Google Cloud Storage HMAC id", "high", ["GOOG1E", upper(55, 57)], { owners: google }),
  pattern(
    "gcp-service-account",
    "Google Cloud service account key",
    "critical",
    {
      keywords: ['"service_account"'],
      pattern: /"service_account"/,
      hits: (s) => [
        JSON.stringify({
          type: "service_account",
          project_id: "p",
          private_key_id: s.hex(40),
          private_key: `-----BEGIN PRIVATE KEY-----\n${s.b64(200)}`,
        }),
      ],
    },
    {
      structured: true,
      owners: google,
      grow: (text, start, end) => {
        const near = text.slice(start, end + 4_000)
        const key = /"private_key(?:_id)?"\s{0,4}:\s{0,4}"[^"]{20,3600}"/.exec(near)
        return key === null ? undefined : start + key.index + key[0].length
      },
      misses: () => [['{"type":"service_account","client_email":"a@b.iam"}', "no key in it"]],
    },
  ),
  token(
    "azure-storage-key",
    "Azure storage, Cosmos DB or Batch key",
    "critical",
    [b64(76), oneOf("+ASt", "ACDb", "+ABa", "APIM", "+AMC"), b64(5), oneOf("A==", "Q==", "g==", "w==")],
    { owners: azure },
  ),
  token(
    "azure-messaging-key",
    "Azure Service Bus, Event Hubs, Relay, IoT or Redis key",
    "critical",
    [b64(33), oneOf("+ASb", "+AEh", "+ARm", "AIoT", "AZEG", "AzCa"), b64(6), "="],
    {
      owners: azure,
      anchor: "+ASb",
    },
  ),
  token("azure-functions-key", "Azure Functions key", "high", [b64u(44), "AzFu", b64u(5), oneOf("A==", "Q==", "g==", "w==")], {
    owners: azure,
    anchor: "AzFu",
  }),
  token("azure-search-key", "Azure AI Search key", "high", [an(42), "AzSe", an(6)], { owners: azure }),
  token("azure-registry-key", "Azure Container Registry key", "high", [b64(42), "+ACR", b64(6)], { owners: azure, anchor: "+ACR" }),
  token("azure-annotated-key", "Azure service key", "critical", [an(52), "JQQJ99", an(26)], {
    owners: azure,
    structured: true,
  }),
  token(
    "azure-entra-secret",
    "Microsoft Entra client secret",
    "critical",
    [dotted(3), oneOf("7Q~", "8Q~"), { set: "\\w~.-", least: 31, most: 34 }],
    {
      owners: azure,
      anchor: "7Q~",
    },
  ),
  pattern(
    "azure-sas",
    "Azure shared access signature",
    "high",
    {
      keywords: ["&sig=", "?sig="],
      pattern: /[?&]sig=(?<secret>[A-Za-z0-9%+/=]{43,70})/,
      hits: (s) => [`https://x.blob.core.windows.net/c/f?sv=2024-11-04&se=2027-01-01&sp=r&sig=${s.b64(43)}%3D`],
    },
    {
      owners: azure,
      check: (_, match, text) => {
        const near = text.slice(Math.max(0, match.index - 400), match.index + 400)
        return /[?&]s[vre]=/.test(near) && /[?&]s[ep]=/.test(near) ? "sure" : "no"
      },
      misses: (s) => [[`https://cdn.test/a?sig=${s.b64(43)}`, "a signature of something else"]],
    },
  ),
  pattern(
    "azure-connection-string",
    "Azure connection string",
    "critical",
    {
      keywords: ["accountkey=", "sharedaccesskey="],
      pattern: /(?:AccountKey|SharedAccessKey)=(?<secret>[A-Za-z0-9+/]{40,90}={0,2})/i,
      hits: (s) => [`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${s.b64(86)}==;EndpointSuffix=core.windows.net`],
    },
    { owners: azure },
  ),
  token("alibaba-access-key-id", "Alibaba Cloud AccessKey id", "high", ["LTAI", an(12, 20)], { owners: ["aliyuncs.com", "aliyun.com"] }),
  token("alibaba-sts-id", "Alibaba Cloud STS id", "high", ["STS.", an(20, 32)], {
    check: (secret) => (/\d.*\d/.test(secret) ? "likely" : "no"),
    owners: ["aliyuncs.com", "aliyun.com"],
  }),
  token("alibaba-sts-token", "Alibaba Cloud STS security token", "high", ["CAIS", b64(200, 2000)], {
    owners: ["aliyuncs.com", "aliyun.com"],
  }),
  token("tencent-secret-id", "Tencent Cloud SecretId", "high", ["AKID", b64u(32, 80)], { owners: ["tencentcloudapi.com", "myqcloud.com"] }),
  token("volcengine-access-key", "Volcengine access key id", "high", [oneOf("AKLT", "AKTP"), b64u(30, 60)], {
    owners: ["volces.com", "volcengineapi.com"],
  }),
  token("kingsoft-access-key", "Kingsoft Cloud access key id", "high", ["AKLT", b64u(16, 28)], { owners: ["ksyun.com"] }),
  token("baidu-qianfan-key", "Baidu Qianfan key", "critical", ["bce-v3/ALTAK-", an(21), "/", hex(40)], { owners: ["baidubce.com"] }),
  token("baidu-access-token", "Baidu access token", "high", ["24.", hex(32), ".2592000.", digits(10, 30)], {
    anchor: ".2592000.",
    owners: ["baidubce.com", "baidu.com"],
  }),
  token("jdcloud-access-key", "JD Cloud access key", "high", ["JDC_", upper(28, 32)], { owners: ["jdcloud-api.com", "jdcloud.com"] }),
  token("yandex-api-key", "Yandex Cloud API key", "high", ["AQVN", b64u(35, 38)], { owners: ["yandex.net", "yandexcloud.net"] }),
  token("yandex-iam-token", "Yandex Cloud IAM token", "high", ["t1.", b64u(7, 400), ".", b64u(86)], {
    owners: ["yandex.net", "yandexcloud.net"],
  }),
  token("digitalocean-token", "DigitalOcean token", "critical", [oneOf("dop_v1_", "doo_v1_", "dor_v1_"), hex(64)], {
    owners: ["digitalocean.com"],
  }),
  token("scaleway-access-key", "Scaleway access key", "medium", ["SCW", upper(17)], { owners: ["scaleway.com", "scw.cloud"] }),
  token("heroku-token", "Heroku API key", "critical", ["HRKU-AA", b64u(58)], { owners: ["heroku.com"] }),
  token("fly-token", "Fly.io access token", "critical", [oneOf("fm1a_", "fm1r_", "fm2_"), b64(100, 1600)], { owners: ["fly.io"] }),
  token("fly-personal-token", "Fly.io personal token", "critical", ["fo1_", b64u(43)], { owners: ["fly.io"] }),
  token("vercel-token", "Vercel token", "critical", [oneOf("vcp_", "vci_", "vca_", "vcr_", "vck_"), an(24, 64)], {
    owners: ["vercel.com", "vercel.sh"],
  }),
  token("netlify-token", "Netlify token", "critical", ["nfp_", an(36, 40)], { owners: ["netlify.com"] }),
  token("cloudflare-token", "Cloudflare API token", "critical", [oneOf("cfut_", "cfat_", "cfk_"), an(40), hex(8)], {
    owners: ["cloudflare.com"],
  }),
  token("cloudflare-origin-ca", "Cloudflare Origin CA key", "critical", ["v1.0-", hex(24), "-", hex(146)], { owners: ["cloudflare.com"] }),
  pattern(
    "cloudflare-tunnel",
    "Cloudflare tunnel token",
    "critical",
    {
      keywords: ["eyJhIjoi"],
      pattern: /(?<![A-Za-z0-9+/])eyJhIjoi[A-Za-z0-9+/_-]{100,400}={0,2}/,
      hits: (s) => [Buffer.from(JSON.stringify({ a: s.hex(32), t: s.uuid(), s: s.b64(44) })).toString("base64")],
    },
    {
      check: (secret) => (/"a":"[^"]{8,}","t":"[^"]{8,}","s":"/.test(Buffer.from(secret, "base64").toString("latin1")) ? "sure" : "no"),
      structured: true,
    },
  ),
  token("supabase-token", "Supabase access token", "critical", ["sbp_", hex(40)], { owners: ["supabase.com", "supabase.co"] }),
  token("supabase-secret-key", "Supabase secret key", "critical", ["sb_secret_", b64u(22, 60)], {
    owners: ["supabase.com", "supabase.co"],
  }),
  token("neon-api-key", "Neon API key", "critical", ["napi_", an(60, 64)], { owners: ["neon.tech"] }),
  token("render-api-key", "Render API key", "critical", ["rnd_", an(28)], { owners: ["render.com"] }),
  token("planetscale-token", "PlanetScale token", "critical", [oneOf("pscale_tkn_", "pscale_oauth_", "pscale_pw_"), dotted(32, 64)], {
    owners: ["planetscale.com", "psdb.cloud"],
  }),
  token("databricks-token", "Databricks token", "critical", [oneOf("dapi", "dose"), hex(32)], {
    owners: ["databricks.com", "azuredatabricks.net"],
  }),
  token("mongodb-atlas-secret", "MongoDB Atlas service account secret", "critical", ["mdb_sa_sk_", b64u(40)], { owners: ["mongodb.com"] }),
  token("clickhouse-cloud-key", "ClickHouse Cloud secret key", "critical", ["4b1d", an(38)], {
    owners: ["clickhouse.cloud"],
    ambiguous: true,
    check: (secret) => (/[A-Z]/.test(secret) && /[g-z]/.test(secret) ? "likely" : "no"),
  }),
  token("firebase-messaging-key", "Firebase Cloud Messaging server key", "high", ["AAAA", b64u(7), ":", b64u(140)], {
    owners: google,
  }),
  token("oci-user", "Oracle Cloud user id", "info", ["ocid1.user.oc1..", lower(60)], { ceiling: "info" }),
  pattern(
    "cloudflare-global-key",
    "Cloudflare global API key",
    "critical",
    {
      keywords: ["x-auth-key"],
      pattern: /x-auth-key["']?\s{0,3}[:=]\s{0,3}["']?(?<secret>[0-9a-f]{37})(?![0-9a-f])/i,
      hits: (s) => [`X-Auth-Key: ${s.hex(37)}`],
    },
    { owners: ["cloudflare.com"] },
  ),
  token("akamai-client-token", "Akamai EdgeGrid token", "high", ["akab-", b64u(16), "-", b64u(16)], { owners: ["akamaiapis.net"] }),
]
