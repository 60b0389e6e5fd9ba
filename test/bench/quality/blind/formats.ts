// Credentials of 152 kinds as their vendors make them (lengths and alphabets of 2026), written from public facts and without a look at the rules.
// `names`: what such a value is called where it stands, which is all that tells the kinds without a prefix.
import { crc32 } from "node:zlib"
import type { Random } from "./random.ts"

export interface Format {
  readonly id: string
  readonly names: readonly string[]
  readonly make: (random: Random) => string
  /** The name is all that tells it: contexts without a name cannot show it. */
  readonly needsName?: boolean
}

export const formats: readonly Format[] = [
  f("aws-access-key-id", "aws_access_key_id|AWS_ACCESS_KEY_ID|accessKeyId", (r) => `AK${"IA"}${r.of(B32, 16)}`),
  f("aws-temporary-key-id", "aws_access_key_id|AccessKeyId", (r) => `AS${"IA"}${r.of(B32, 16)}`),
  n("aws-secret-key", "aws_secret_access_key|AWS_SECRET_ACCESS_KEY|secretAccessKey", (r) => r.b64(40)),
  f("aws-session-token", "aws_session_token|SessionToken", (r) => `IQoJb3JpZ2lu${"X2Vj"}${r.b64(300)}`),
  f("bedrock-long", "AWS_BEARER_TOKEN_BEDROCK", (r) => `AB${"SK"}${b64(`BedrockAPIKey-${r.an(4)}-at-${r.digits(12)}:${r.an(60)}`)}`),
  f(
    "bedrock-short",
    "AWS_BEARER_TOKEN_BEDROCK",
    (r) => `bedrock-api${"-key-"}${b64(`bedrock.amazonaws.com/?Action=CallWithBearerToken&X=${r.an(90)}`)}`,
  ),
  f("aws-mws", "mws_auth_token", (r) => `amzn.${"mws."}${r.uuid()}`),
  f("gcp-api-key", "google_api_key|GOOGLE_MAPS_KEY|firebaseApiKey", (r) => `AI${"za"}${r.url64(35)}`),
  f("gemini-auth-key", "GEMINI_API_KEY", (r) => `AQ${".Ab8RN6"}${r.url64(44)}`),
  f("google-access-token", "access_token", (r) => `ya${"29."}${r.url64(120)}`),
  f("google-refresh-token", "refresh_token", (r) => `1/${"/0"}${r.url64(60)}`),
  f("google-client-secret", "client_secret", (r) => `GOC${"SPX-"}${r.url64(28)}`),
  f("gcp-service-account", "credentials", (r) => serviceAccount(r)),
  f("gcs-hmac", "gcs_access_id", (r) => `GO${"OG1E"}${r.of(`${UP}234567`, 57)}`),
  f("azure-storage-key", "AccountKey|AZURE_STORAGE_KEY", (r) => `${r.b64(76)}+AS${"t"}${r.b64(5)}${r.of("AQgw", 1)}==`),
  f("azure-cosmos-key", "COSMOS_KEY|primaryKey", (r) => `${r.b64(76)}ACD${"b"}${r.b64(5)}${r.of("AQgw", 1)}==`),
  f("azure-service-bus", "SharedAccessKey", (r) => `${r.b64(33)}+AS${"b"}${r.of("ABCDEFGHIJKLMNOP", 1)}${r.b64(5)}=`),
  f("azure-event-hub", "SharedAccessKey", (r) => `${r.b64(33)}+AE${"h"}${r.of("ABCDEFGHIJKLMNOP", 1)}${r.b64(5)}=`),
  f("azure-functions", "x-functions-key", (r) => `${r.url64(44)}Az${"Fu"}${r.url64(5)}${r.of("AQgw", 1)}==`),
  f("azure-search", "AZURE_SEARCH_KEY", (r) => `${r.an(42)}Az${"Se"}${r.of("ABCD", 1)}${r.an(5)}`),
  f("azure-acr", "ACR_PASSWORD", (r) => `${r.b64(42)}+AC${"R"}${r.of("ABCD", 1)}${r.b64(5)}`),
  f(
    "azure-openai",
    "AZURE_OPENAI_API_KEY",
    (r) => `${r.an(52)}JQQ${"J99"}${r.of("BCD", 1)}${r.of("ABCDEFGHIJKL", 1)}${r.an(12)}AAAB${"ACOG"}${r.an(4)}`,
  ),
  f(
    "azure-devops-pat",
    "AZURE_DEVOPS_PAT",
    (r) => `${r.an(52)}JQQ${"J99"}${r.of("BCD", 1)}${r.of("ABCDEFGHIJKL", 1)}${r.an(12)}AAAA${"AZDO"}${r.an(4)}`,
  ),
  f("entra-client-secret", "AZURE_CLIENT_SECRET|clientSecret", (r) => `${r.an(3)}8${"Q~"}${r.of("abcdefghijkXYZ0123456789_.-~", 33)}a`),
  n("azure-devops-pat-old", "AZURE_DEVOPS_EXT_PAT|SYSTEM_ACCESSTOKEN", (r) => r.of("abcdefghijklmnopqrstuvwxyz234567", 52)),
  f(
    "azure-sas",
    "sas_url",
    (r) =>
      `https://acct${r.digits(3)}.blob.core.windows.net/c?sv=2023-11-03&se=2031-05-01T00%3A00%3A00Z&sr=c&sp=racwdl&si${"g="}${encodeURIComponent(`${r.b64(43)}=`)}`,
  ),
  f(
    "azure-connection",
    "AZURE_STORAGE_CONNECTION_STRING",
    (r) => `DefaultEndpointsProtocol=https;AccountName=acct${r.digits(3)};Account${"Key="}${r.b64(86)}==;EndpointSuffix=core.windows.net`,
  ),
  n("azure-cognitive", "Ocp-Apim-Subscription-Key|AZURE_OPENAI_KEY", (r) => r.hex(32)),
  f("alibaba-id", "ALIBABA_CLOUD_ACCESS_KEY_ID|accessKeyId", (r) => `LT${"AI5t"}${r.an(18)}`),
  n("alibaba-secret", "AccessKeySecret|ALIBABA_CLOUD_ACCESS_KEY_SECRET", (r) => r.an(30)),
  f("alibaba-sts", "AccessKeyId", (r) => `ST${"S."}${r.an(26)}`),
  f("dashscope", "DASHSCOPE_API_KEY", (r) => `s${"k-"}${r.hex(32)}`),
  f("dashscope-plan", "DASHSCOPE_API_KEY", (r) => `s${"k-sp-"}${r.hex(32)}`),
  f("tencent-id", "TENCENTCLOUD_SECRET_ID|secretId", (r) => `AK${"ID"}${r.an(32)}`),
  n("tencent-key", "TENCENTCLOUD_SECRET_KEY|secretKey", (r) => r.an(32)),
  n("huawei-sk", "HUAWEICLOUD_SDK_SK|HW_SECRET_KEY", (r) => r.an(40)),
  f("volcengine-ak", "VOLC_ACCESSKEY", (r) => `AK${"LT"}${b64u(r.hex(33))}`),
  n("volcengine-sk", "VOLC_SECRETKEY", (r) => `${b64(r.hex(40)).replace(/=+$/, "")}==`),
  n("ark", "ARK_API_KEY", (r) => r.uuid()),
  f("qianfan", "QIANFAN_API_KEY|BCE_KEY", (r) => `bce-v3/${"ALTAK-"}${r.an(21)}/${r.hex(40)}`),
  f("baidu-access-token", "access_token", (r) => `24.${r.hex(32)}.2592000.17${r.digits(8)}.282335-${r.digits(8)}`),
  n("baidu-sk", "BAIDU_SECRET_KEY|baidu_api_key", (r) => r.an(32)),
  f("jdcloud", "JDCLOUD_ACCESS_KEY", (r) => `JD${"C_"}${r.upper(30)}`),
  n("qiniu", "QINIU_SECRET_KEY|qiniu_access_key", (r) => r.url64(40)),
  n("yandex", "YANDEX_API_KEY|yc_api_key", (r) => `AQ${"VN"}${r.url64(36)}`),
  n("ibm-cloud", "IBM_CLOUD_API_KEY|ibmcloud_api_key", (r) => r.url64(44)),
  f("digitalocean", "DIGITALOCEAN_TOKEN|do_token", (r) => `dop_${"v1_"}${r.hex(64)}`),
  n("linode", "LINODE_TOKEN|linode_token", (r) => r.hex(64)),
  n("hetzner", "HCLOUD_TOKEN|hetzner_api_token", (r) => r.an(64)),
  n("vultr", "VULTR_API_KEY", (r) => r.upper(36)),
  n("scaleway-secret", "SCW_SECRET_KEY", (r) => r.uuid()),
  f("heroku", "HEROKU_API_KEY", (r) => `HRKU${"-AA"}${r.url64(58)}`),
  n("heroku-old", "HEROKU_API_KEY|heroku_api_token", (r) => r.uuid()),
  f("fly", "FLY_API_TOKEN", (r) => `fm${"2_"}lJPE${b64(r.an(120))}`),
  n("vercel-old", "VERCEL_TOKEN|vercel_api_token", (r) => r.an(24)),
  f("vercel-new", "VERCEL_TOKEN", (r) => `vc${"p_"}${r.an(52)}`),
  f("netlify", "NETLIFY_AUTH_TOKEN", (r) => `nf${"p_"}${r.an(36)}`),
  f("cloudflare-user", "CLOUDFLARE_API_TOKEN", (r) => tailed(`cf${"ut_"}`, r.an(40))),
  n("cloudflare-old", "CLOUDFLARE_API_TOKEN|CF_API_TOKEN", (r) => r.url64(40)),
  n("cloudflare-global", "CLOUDFLARE_API_KEY|X-Auth-Key", (r) => r.hex(37)),
  f("cloudflare-origin-ca", "origin_ca_key", (r) => `v1.${"0-"}${r.hex(24)}-${r.hex(146)}`),
  f("cloudflare-tunnel", "TUNNEL_TOKEN", (r) => b64(JSON.stringify({ a: r.hex(32), t: r.uuid(), s: b64(r.an(32)) }))),
  f("supabase", "SUPABASE_ACCESS_TOKEN", (r) => `sb${"p_"}${r.hex(40)}`),
  f("supabase-secret", "SUPABASE_SECRET_KEY", (r) => `sb_${"secret_"}${r.url64(22)}_${r.an(8)}`),
  f("supabase-service-role", "SUPABASE_SERVICE_ROLE_KEY", (r) =>
    jwt(r, { iss: "supabase", ref: r.of("abcdefghij", 20), role: "service_role", exp: 2_000_000_000 }),
  ),
  f("neon", "NEON_API_KEY", (r) => `na${"pi_"}${r.an(64)}`),
  f("render", "RENDER_API_KEY", (r) => `rn${"d_"}${r.an(28)}`),
  f("planetscale", "PLANETSCALE_SERVICE_TOKEN", (r) => `pscale_${"tkn_"}${r.url64(43)}`),
  f("databricks", "DATABRICKS_TOKEN", (r) => `da${"pi"}${r.hex(32)}`),
  f("mongodb-atlas", "MONGODB_ATLAS_CLIENT_SECRET", (r) => `mdb_${"sa_sk_"}${r.url64(40)}`),
  f("clickhouse-cloud", "CLICKHOUSE_CLOUD_SECRET", (r) => `4b${"1d"}${r.an(38)}`),
  f("fcm", "FCM_SERVER_KEY", (r) => `AA${"AA"}${r.url64(7)}:${r.url64(140)}`),
  f("openai-project", "OPENAI_API_KEY|openai_key", (r) => `s${"k-proj-"}${r.url64(74)}T3Blbk${"FJ"}${r.url64(74)}`),
  f("openai-service", "OPENAI_API_KEY", (r) => `s${"k-svcacct-"}${r.url64(58)}T3Blbk${"FJ"}${r.url64(58)}`),
  f("openai-legacy", "OPENAI_API_KEY|openai.api_key", (r) => `s${"k-"}${r.an(20)}T3Blbk${"FJ"}${r.an(20)}`),
  f("openai-session", "session", (r) => `se${"ss-"}${r.an(40)}`),
  f("anthropic", "ANTHROPIC_API_KEY|x-api-key", (r) => `sk-${"ant-api03-"}${r.url64(93)}AA`),
  f("anthropic-admin", "ANTHROPIC_ADMIN_KEY", (r) => `sk-${"ant-admin01-"}${r.url64(93)}AA`),
  f("anthropic-oauth", "CLAUDE_CODE_OAUTH_TOKEN", (r) => `sk-${"ant-oat01-"}${r.url64(93)}AA`),
  f("huggingface", "HF_TOKEN|HUGGING_FACE_HUB_TOKEN", (r) => `h${"f_"}${r.of(LOWUP, 34)}`),
  f("groq", "GROQ_API_KEY", (r) => `gs${"k_"}${r.an(52)}`),
  f("xai", "XAI_API_KEY", (r) => `xa${"i-"}${r.an(80)}`),
  f("replicate", "REPLICATE_API_TOKEN", (r) => `r8${"_"}${r.an(37)}`),
  f("perplexity", "PERPLEXITY_API_KEY", (r) => `ppl${"x-"}${r.an(48)}`),
  f("openrouter", "OPENROUTER_API_KEY", (r) => `sk-or-${"v1-"}${r.hex(64)}`),
  f("deepseek", "DEEPSEEK_API_KEY", (r) => `s${"k-"}${r.hex(32)}`),
  f("moonshot", "MOONSHOT_API_KEY", (r) => `s${"k-"}${r.an(48)}`),
  f("kimi-coding", "KIMI_API_KEY", (r) => `sk-${"kimi-"}${r.an(64)}`),
  f("zhipu", "ZHIPUAI_API_KEY|ZAI_API_KEY", (r) => `${r.hex(32)}.${r.an(16)}`),
  f("minimax", "MINIMAX_API_KEY", (r) => `sk-${"api-"}${r.url64(120)}`),
  n("mistral", "MISTRAL_API_KEY", (r) => r.an(32)),
  n("cohere", "COHERE_API_KEY|CO_API_KEY", (r) => r.an(40)),
  f("together", "TOGETHER_API_KEY", (r) => `tgp_${"v1_"}${r.url64(43)}`),
  f("fireworks", "FIREWORKS_API_KEY", (r) => `fw${"_"}${r.an(24)}`),
  f("cerebras", "CEREBRAS_API_KEY", (r) => `cs${"k-"}${r.of(`${LOW}0123456789`, 48)}`),
  f("nvidia", "NVIDIA_API_KEY", (r) => `nva${"pi-"}${r.url64(64)}`),
  f("elevenlabs", "ELEVENLABS_API_KEY|xi-api-key", (r) => `s${"k_"}${r.hex(48)}`),
  n("deepgram", "DEEPGRAM_API_KEY", (r) => r.hex(40)),
  n("assemblyai", "ASSEMBLYAI_API_KEY", (r) => r.hex(32)),
  n("wandb", "WANDB_API_KEY", (r) => r.hex(40)),
  f("voyage", "VOYAGE_API_KEY", (r) => `p${"a-"}${r.url64(43)}`),
  f("jina", "JINA_API_KEY", (r) => `ji${"na_"}${r.hex(32)}${r.url64(28)}`),
  f("tavily", "TAVILY_API_KEY", (r) => `tvl${"y-dev-"}${r.an(32)}`),
  n("exa", "EXA_API_KEY", (r) => r.uuid()),
  f("firecrawl", "FIRECRAWL_API_KEY", (r) => `f${"c-"}${r.hex(32)}`),
  f("e2b", "E2B_API_KEY", (r) => `e2${"b_"}${r.hex(40)}`),
  f("langsmith", "LANGSMITH_API_KEY|LANGCHAIN_API_KEY", (r) => `lsv2_${"pt_"}${r.hex(32)}_${r.hex(10)}`),
  f("langfuse", "LANGFUSE_SECRET_KEY", (r) => `sk-${"lf-"}${r.uuid()}`),
  f("pinecone", "PINECONE_API_KEY", (r) => `pcs${"k_"}${r.an(6)}_${r.an(63)}`),
  f("cursor", "CURSOR_API_KEY", (r) => `crs${"r_"}${r.hex(64)}`),
  f("github-classic", "GITHUB_TOKEN|GH_TOKEN", (r) => github(`gh${"p_"}`, r.an(30))),
  f("github-oauth", "GITHUB_TOKEN", (r) => github(`gh${"o_"}`, r.an(30))),
  f("github-server", "GITHUB_TOKEN", (r) => github(`gh${"s_"}`, r.an(30))),
  f("github-fine-grained", "GITHUB_TOKEN", (r) => github(`github_${"pat_"}`, `${r.an(22)}_${r.an(53)}`)),
  f("gitlab", "GITLAB_TOKEN|PRIVATE-TOKEN", (r) => `glp${"at-"}${r.url64(20)}`),
  f("gitlab-runner", "CI_RUNNER_TOKEN", (r) => `glr${"t-"}${r.url64(20)}`),
  f("gitlab-trigger", "trigger_token", (r) => `glp${"tt-"}${r.hex(40)}`),
  f("gitlab-registration", "registration_token", (r) => `GR13${"48941"}${r.url64(20)}`),
  f("bitbucket-app", "BITBUCKET_APP_PASSWORD", (r) => `AT${"BB"}${r.an(32)}`),
  f("atlassian", "ATLASSIAN_API_TOKEN|JIRA_API_TOKEN", (r) => `ATATT${"3xFfGF0"}${r.url64(180)}=${r.of("0123456789ABCDEF", 8)}`),
  f("npm", "NPM_TOKEN|_authToken", (r) => github(`np${"m_"}`, r.an(30))),
  f("pypi", "PYPI_TOKEN|TWINE_PASSWORD", (r) => `pyp${"i-AgEIcHlwaS5vcmc"}${r.url64(150)}`),
  f("rubygems", "GEM_HOST_API_KEY", (r) => `ruby${"gems_"}${r.hex(48)}`),
  f("crates", "CARGO_REGISTRY_TOKEN", (r) => `ci${"o"}${r.an(32)}`),
  f("nuget", "NUGET_API_KEY", (r) => `oy${"2"}${r.of("abcdefghijklmnopqrstuvwxyz234567", 43)}`),
  f("dockerhub", "DOCKER_PASSWORD|DOCKERHUB_TOKEN", (r) => `dckr_${"pat_"}${r.url64(27)}`),
  f("jfrog", "ARTIFACTORY_API_KEY", (r) => `AK${"Cp"}${r.an(69)}`),
  f("jfrog-reference", "ARTIFACTORY_TOKEN", (r) => `cmV${"md"}${r.an(59)}`),
  f("circleci", "CIRCLE_TOKEN", (r) => `CCI${"PAT_"}${r.an(22)}_${r.hex(40)}`),
  f("buildkite", "BUILDKITE_TOKEN", (r) => `bku${"a_"}${r.hex(40)}`),
  f("harness", "HARNESS_API_KEY", (r) => `pa${"t."}${r.url64(22)}.${r.hex(24)}.${r.an(20)}`),
  f("sonar", "SONAR_TOKEN", (r) => `sq${"u_"}${r.hex(40)}`),
  n("snyk", "SNYK_TOKEN", (r) => r.uuid()),
  n("codecov", "CODECOV_TOKEN", (r) => r.uuid()),
  f("sentry-user", "SENTRY_AUTH_TOKEN", (r) => `sntr${"yu_"}${r.hex(64)}`),
  f(
    "sentry-org",
    "SENTRY_AUTH_TOKEN",
    (r) =>
      `sntr${"ys_"}${b64(JSON.stringify({ iat: 1_700_000_000.5, url: "https://sentry.io", region_url: "https://us.sentry.io", org: "acme" })).replace(/=+$/, "")}_${r.b64(43)}`,
  ),
  n("datadog-api", "DD_API_KEY|DATADOG_API_KEY", (r) => r.hex(32)),
  n("datadog-app", "DD_APP_KEY|datadog_app_key", (r) => r.hex(40)),
  f("grafana", "GRAFANA_TOKEN", (r) => `gl${"sa_"}${r.an(32)}_${r.hex(8)}`),
  f(
    "grafana-cloud",
    "GRAFANA_CLOUD_TOKEN",
    (r) => `gl${"c_"}${b64(JSON.stringify({ o: r.digits(6), n: "stack-token", k: r.an(24), m: { r: "us" } }))}`,
  ),
  f("newrelic", "NEW_RELIC_API_KEY", (r) => `NR${"AK-"}${r.upper(27)}`),
  f("newrelic-insights", "NEW_RELIC_INSERT_KEY", (r) => `NR${"II-"}${r.url64(32)}`),
  f("posthog", "POSTHOG_PERSONAL_API_KEY", (r) => `ph${"x_"}${r.an(43)}`),
  f("dynatrace", "DT_API_TOKEN", (r) => `dt0${"c01."}${r.upper(24)}.${r.upper(64)}`),
  n("splunk-hec", "SPLUNK_HEC_TOKEN", (r) => r.uuid()),
  n("pagerduty", "PAGERDUTY_TOKEN|pagerduty_api_key", (r) => `u+${r.an(18)}`),
  n("opsgenie", "OPSGENIE_API_KEY", (r) => r.uuid()),
  f("launchdarkly", "LAUNCHDARKLY_SDK_KEY", (r) => `sd${"k-"}${r.uuid()}`),
  f("linear", "LINEAR_API_KEY", (r) => `lin_${"api_"}${r.an(40)}`),
  f("notion", "NOTION_TOKEN", (r) => `nt${"n_"}${r.digits(11)}${r.an(35)}`),
  f("notion-old", "NOTION_API_KEY", (r) => `sec${"ret_"}${r.an(43)}`),
  f("airtable", "AIRTABLE_API_KEY", (r) => `pa${"t"}${r.an(14)}.${r.hex(64)}`),
  f("figma", "FIGMA_TOKEN|X-Figma-Token", (r) => `fi${"gd_"}${r.url64(40)}`),
  f("postman", "POSTMAN_API_KEY", (r) => `PM${"AK-"}${r.hex(24)}-${r.hex(34)}`),
  f("pulumi", "PULUMI_ACCESS_TOKEN", (r) => `pu${"l-"}${r.hex(40)}`),
  f("terraform", "TFE_TOKEN|TF_TOKEN_app_terraform_io", (r) => `${r.an(14)}.atlas${"v1."}${r.url64(67)}`),
  f("vault", "VAULT_TOKEN", (r) => `hv${"s."}${r.url64(95)}`),
  f("vault-batch", "VAULT_TOKEN", (r) => `hv${"b."}${r.url64(160)}`),
  f(
    "1password",
    "OP_SERVICE_ACCOUNT_TOKEN",
    (r) =>
      `op${"s_"}${b64(JSON.stringify({ signInAddress: "my.1password.com", userAuth: { method: "SRPg-4096", alg: "PBES2g-HS256", iterations: 650_000, salt: r.an(22) }, email: "x@1passwordserviceaccounts.com", srpX: r.hex(64), secretKey: r.upper(30), deviceUuid: r.an(26) }))}`,
  ),
  f("doppler", "DOPPLER_TOKEN", (r) => `dp${".pt."}${r.an(43)}`),
  n("okta", "OKTA_API_TOKEN|OKTA_CLIENT_TOKEN", (r) => `00${r.url64(40)}`),
  n("auth0", "AUTH0_CLIENT_SECRET", (r) => r.url64(64)),
  f("hubspot", "HUBSPOT_ACCESS_TOKEN", (r) => `pat-${"na1-"}${r.uuid()}`),
  f("typeform", "TYPEFORM_TOKEN", (r) => `tf${"p_"}${r.url64(59)}`),
  f("salesforce", "SF_ACCESS_TOKEN", (r) => `00${"D"}${r.an(12)}!${r.of(`${LOWUP}0123456789._`, 96)}`),
  f("slack-bot", "SLACK_BOT_TOKEN|SLACK_TOKEN", (r) => `xo${"xb-"}${r.digits(12)}-${r.digits(13)}-${r.an(24)}`),
  f("slack-user", "SLACK_USER_TOKEN", (r) => `xo${"xp-"}${r.digits(12)}-${r.digits(12)}-${r.digits(13)}-${r.hex(32)}`),
  f("slack-app", "SLACK_APP_TOKEN", (r) => `xa${"pp-1-A"}${r.upper(10)}-${r.digits(13)}-${r.hex(64)}`),
  f("slack-webhook", "SLACK_WEBHOOK_URL", (r) => `https://hooks.slack${".com/services/"}T${r.upper(10)}/B${r.upper(10)}/${r.an(24)}`),
  f(
    "discord-bot",
    "DISCORD_TOKEN|DISCORD_BOT_TOKEN",
    (r) => `${b64u(`1${r.digits(17)}`).replace(/=+$/, "")}.${"G"}${r.url64(5)}.${r.url64(38)}`,
  ),
  f("discord-webhook", "DISCORD_WEBHOOK", (r) => `https://discord${".com/api/webhooks/"}1${r.digits(18)}/${r.url64(68)}`),
  f("telegram", "TELEGRAM_BOT_TOKEN", (r) => `${r.digits(10)}:A${"A"}${r.url64(33)}`),
  f(
    "teams-webhook",
    "TEAMS_WEBHOOK",
    (r) => `https://acme.webhook${".office.com/webhookb2/"}${r.uuid()}@${r.uuid()}/IncomingWebhook/${r.hex(32)}/${r.uuid()}`,
  ),
  f("feishu-webhook", "FEISHU_WEBHOOK", (r) => `https://open.feishu${".cn/open-apis/bot/v2/hook/"}${r.uuid()}`),
  f("dingtalk", "DINGTALK_WEBHOOK", (r) => `https://oapi.dingtalk${".com/robot/send?access_token="}${r.hex(64)}`),
  f("wecom", "WECOM_WEBHOOK", (r) => `https://qyapi.weixin${".qq.com/cgi-bin/webhook/send?key="}${r.uuid()}`),
  n("wechat-app-secret", "WECHAT_APP_SECRET|wx_appsecret", (r) => r.hex(32)),
  n("feishu-app-secret", "FEISHU_APP_SECRET|app_secret", (r) => r.an(32)),
  f("twilio-key", "TWILIO_API_KEY", (r) => `S${"K"}${r.hex(32)}`),
  n("twilio-token", "TWILIO_AUTH_TOKEN", (r) => r.hex(32)),
  f("sendgrid", "SENDGRID_API_KEY", (r) => `S${"G."}${r.url64(22)}.${r.url64(43)}`),
  f("mailgun", "MAILGUN_API_KEY", (r) => `ke${"y-"}${r.hex(32)}`),
  f("mailchimp", "MAILCHIMP_API_KEY", (r) => `${r.hex(32)}-u${"s21"}`),
  f("brevo", "BREVO_API_KEY|SENDINBLUE_API_KEY", (r) => `xkey${"sib-"}${r.hex(64)}-${r.an(16)}`),
  f("resend", "RESEND_API_KEY", (r) => `r${"e_"}${r.an(8)}_${r.an(24)}`),
  n("postmark", "POSTMARK_SERVER_TOKEN|X-Postmark-Server-Token", (r) => r.uuid()),
  f("stripe", "STRIPE_SECRET_KEY|stripe_key", (r) => `sk_${"live_"}${r.an(99)}`),
  f("stripe-short", "STRIPE_SECRET_KEY", (r) => `rk_${"live_"}${r.an(24)}`),
  f("stripe-webhook", "STRIPE_WEBHOOK_SECRET", (r) => `whs${"ec_"}${r.an(32)}`),
  f("square", "SQUARE_ACCESS_TOKEN", (r) => `EA${"AA"}${r.url64(60)}`),
  f("square-secret", "SQUARE_APP_SECRET", (r) => `sq0${"csp-"}${r.url64(43)}`),
  n("paypal", "PAYPAL_CLIENT_SECRET", (r) => `E${r.url64(79)}`),
  f("braintree", "BRAINTREE_ACCESS_TOKEN", (r) => `access_token${"$production$"}${r.of(`${LOW}0123456789`, 16)}$${r.hex(32)}`),
  f("shopify", "SHOPIFY_ACCESS_TOKEN", (r) => `shp${"at_"}${r.hex(32)}`),
  f("plaid", "PLAID_ACCESS_TOKEN", (r) => `access-${"production-"}${r.uuid()}`),
  f("razorpay", "RAZORPAY_KEY_ID", (r) => `rzp_${"live_"}${r.an(14)}`),
  f("flutterwave", "FLW_SECRET_KEY", (r) => `FLW${"SECK-"}${r.hex(32)}-X`),
  n("wechat-pay", "WECHAT_PAY_APIV3_KEY|wxpay_api_v3_key", (r) => r.an(32)),
  f("alipay", "app_private_key|alipay_private_key", (r) => `MIIEv${"QIBADANBgkqhkiG9w0BAQEFAASC"}${r.b64(1_570)}==`),
  f("facebook", "FB_ACCESS_TOKEN", (r) => `EA${"AC"}EdEose0cBA${r.an(150)}`),
  f("x-bearer", "TWITTER_BEARER_TOKEN", (r) => `${"A".repeat(22)}${r.an(8)}%2F${r.an(40)}%3D${r.an(36)}`),
  f("mapbox", "MAPBOX_SECRET_TOKEN", (r) => `s${"k."}eyJ1Ijoi${r.an(52)}.${r.url64(22)}`),
  n("algolia", "ALGOLIA_ADMIN_KEY|ALGOLIA_API_KEY", (r) => r.hex(32)),
  f("tailscale", "TS_AUTHKEY|TAILSCALE_AUTH_KEY", (r) => `tskey${"-auth-"}k${r.an(11)}CNTRL-${r.an(32)}`),
  n("ngrok", "NGROK_AUTHTOKEN", (r) => `2${r.an(26)}_${r.an(21)}`),
  f("openshift", "OPENSHIFT_TOKEN", (r) => `sha${"256~"}${r.url64(43)}`),
  f("k8s-service-account", "token", (r) =>
    jwt(r, {
      iss: "kubernetes/serviceaccount",
      "kubernetes.io/serviceaccount/namespace": "default",
      sub: "system:serviceaccount:default:ci",
    }),
  ),
  f("jwt", "jwt|access_token|Authorization", (r) =>
    jwt(r, { sub: `user-${r.digits(6)}`, iss: "https://login.corp-sso.net", scope: "admin", exp: 2_100_000_000 }),
  ),
  f("basic-auth", "Authorization", (r) => `Basic ${b64(`deploy:${r.an(18)}`)}`),
  f("url-userinfo", "REPO_URL|endpoint", (r) => `https://svc-build:${r.an(16)}@git.corp-tools.net/platform/app.git`),
  f("postgres-url", "DATABASE_URL|db_url", (r) => `postgres://app_rw:${r.an(14)}@db-prod-3.corp-tools.net:5432/orders`),
  f("mongodb-url", "MONGODB_URI", (r) => `mongodb+srv://svc:${r.an(16)}@cluster0.a1b2c.mongodb.net/prod?retryWrites=true`),
  f("mysql-url", "DATABASE_URL", (r) => `mysql://root:${r.an(12)}@10.2.3.${r.next(200) + 2}:3306/billing`),
  f("redis-url", "REDIS_URL|CELERY_BROKER_URL", (r) => `rediss://default:${r.an(24)}@cache-7.corp-tools.net:6380/0`),
  f("amqp-url", "AMQP_URL", (r) => `amqps://mq:${r.an(18)}@mq.corp-tools.net/vh`),
  f(
    "mssql-connection",
    "ConnectionString",
    (r) => `Server=tcp:sql-7.database.windows.net,1433;Database=crm;User ID=crmapp;Pass${"word="}${r.an(14)}!;Encrypt=True;`,
  ),
  f("jdbc", "jdbc_url|spring.datasource.url", (r) => `jdbc:postgresql://db-9.corp-tools.net/hr?user=hr&pass${"word="}${r.an(14)}`),
  f("pem-rsa", "private_key", (r) => pem(r, "RSA ")),
  f("pem-pkcs8", "private_key|TLS_KEY", (r) => pem(r, "")),
  f("pem-openssh", "SSH_PRIVATE_KEY|deploy_key", (r) => pem(r, "OPENSSH ")),
  f("pem-ec", "signing_key", (r) => pem(r, "EC ")),
  f(
    "putty",
    "key.ppk",
    (r) =>
      `PuTTY-User-Key-${"File-3: ssh-ed25519"}\nEncryption: none\nComment: k\nPublic-Lines: 2\n${r.b64(64)}\n${r.b64(40)}\nPrivate-Lines: 1\n${r.b64(48)}\nPrivate-MAC: ${r.hex(64)}`,
  ),
  f("wireguard", "PrivateKey", (r) => `[Interface]\nPrivate${"Key = "}${r.b64(42)}${r.of("AEIMQUYcgkosw048", 1)}=\nAddress = 10.8.0.2/24`),
  f("netrc", "netrc", (r) => `machine api.corp-tools.net login bot pass${"word "}${r.an(18)}`),
  f("pgpass", ".pgpass", (r) => `db-2.corp-tools.net:5432:orders:app_rw:${r.an(16)}`),
  f("git-credentials", ".git-credentials", (r) => `https://bot:${r.an(20)}@git.corp-tools.net`),
  f("npmrc", ".npmrc", (r) => `//registry.corp-tools.net/:_auth${"Token="}${r.uuid()}`),
  f(
    "aws-credentials-file",
    "credentials",
    (r) => `[default]\naws_access_key_id = AK${"IA"}${r.of(B32, 16)}\naws_secret_access${"_key = "}${r.b64(40)}`,
  ),
  n("eth-key", "ETH_PRIVATE_KEY|PRIVATE_KEY|wallet_private_key", (r) => `0x${r.hex(64)}`),
  n("binance", "BINANCE_API_SECRET|BINANCE_SECRET_KEY", (r) => r.an(64)),
  f("bcrypt", "password_hash", (r) => `$2${"b$12$"}${r.of(`${LOWUP}0123456789./`, 53)}`),
  f("sha512-crypt", "shadow", (r) => `root:$6$${r.an(16)}$${r.of(`${LOWUP}0123456789./`, 86)}:19700:0:99999:7:::`),
  n("django-session", "sessionid|Cookie", (r) => r.of(`${LOW}0123456789`, 32)),
  n("generic-password", "password|db_password|POSTGRES_PASSWORD|ADMIN_PASS", (r) => `${r.an(9)}!${r.an(4)}#`),
  n("generic-secret", "client_secret|SECRET_KEY|app_secret|signing_secret", (r) => r.an(40)),
  n("generic-token", "api_token|auth_token|access_token|API_KEY|x-api-key", (r) => r.hex(40)),
]

function f(id: string, names: string, make: Format["make"]): Format {
  return { id, names: names.split("|"), make }
}

function n(id: string, names: string, make: Format["make"]): Format {
  return { id, names: names.split("|"), make, needsName: true }
}

function b64(text: string): string {
  return Buffer.from(text).toString("base64")
}

function b64u(text: string): string {
  return Buffer.from(text).toString("base64url")
}

function jwt(r: Random, claims: object): string {
  return `${b64u(JSON.stringify({ alg: "RS256", typ: "JWT" }))}.${b64u(JSON.stringify(claims))}.${r.url64(342)}`
}

/** CRC-32 of the body in base 62, six characters. */
function github(prefix: string, body: string): string {
  const digits = `0123456789${LOWUP.slice(26)}${LOWUP.slice(0, 26)}`
  let left = crc32(body) >>> 0
  let tail = ""
  for (let n = 0; n < 6; n++) {
    tail = `${digits[left % 62]}${tail}`
    left = Math.floor(left / 62)
  }
  return `${prefix}${body}${tail}`
}

function tailed(prefix: string, body: string): string {
  return `${prefix}${body}${(crc32(body) >>> 0).toString(16).padStart(8, "0")}`
}

function pem(r: Random, kind: string): string {
  const lines = Array.from({ length: 12 }, () => r.b64(64)).join("\n")
  return `-----BEGIN ${kind}PRIVATE ${"KEY"}-----\nMIIEpAIBAAKCAQEA${r.b64(48)}\n${lines}\n${r.b64(38)}==\n-----END ${kind}PRIVATE ${"KEY"}-----`
}

function serviceAccount(r: Random): string {
  return JSON.stringify({
    type: "service_account",
    project_id: "orders-prod",
    private_key_id: r.hex(40),
    private_key: `${pem(r, "")}\n`,
    client_email: "ci@orders-prod.iam.gserviceaccount.com",
    client_id: r.digits(21),
  })
}

const LOW = "abcdefghijklmnopqrstuvwxyz"
const UP = LOW.toUpperCase()
const LOWUP = LOW + UP
const B32 = `${UP}234567`
