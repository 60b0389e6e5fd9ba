import { pattern, type SecretRule, token } from "../rule.ts"
import { an, anyHex, b64, b64u, digits, dotted, hex, lower, oneOf, upper, uuid } from "../shape.ts"

const slack = ["slack.com"]
const stripe = ["stripe.com"]

export const serviceRules: readonly SecretRule[] = [
  token("slack-bot-token", "Slack bot token", "critical", ["xoxb-", digits(10, 13), "-", digits(10, 13), "-", an(18, 32)], {
    owners: slack,
  }),
  token(
    "slack-user-token",
    "Slack user token",
    "critical",
    ["xoxp-", digits(10, 13), "-", digits(10, 13), "-", digits(10, 13), "-", an(28, 34)],
    { owners: slack },
  ),
  token("slack-app-token", "Slack app token", "critical", ["xapp-1-A", upper(8, 12), "-", digits(10, 13), "-", hex(64)], { owners: slack }),
  token("slack-config-token", "Slack configuration token", "critical", [oneOf("xoxe.xoxb-1-", "xoxe.xoxp-1-", "xoxe-1-"), an(140, 170)], {
    owners: slack,
  }),
  token(
    "slack-session-token",
    "Slack browser token",
    "critical",
    ["xoxc-", digits(10, 13), "-", digits(10, 13), "-", digits(10, 13), "-", hex(64)],
    { owners: slack },
  ),
  token("slack-session-cookie", "Slack browser cookie", "critical", ["xoxd-", { set: "A-Za-z0-9%/+=_-", least: 40, most: 400 }], {
    owners: slack,
  }),
  token(
    "slack-legacy-token",
    "Slack legacy token",
    "high",
    [oneOf("xoxa-", "xoxr-", "xoxo-", "xoxs-", "xoxb-", "xoxp-"), { set: "A-Za-z0-9-", least: 24, most: 80 }],
    {
      owners: slack,
      check: (secret) => (/[0-9]{6}/.test(secret) ? "likely" : "no"),
      hits: (s) => [`xoxa-2-${s.of("0-9", 11)}-${s.of("0-9", 12)}-${s.an(24)}`],
    },
  ),
  pattern(
    "slack-webhook",
    "Slack webhook",
    "high",
    {
      keywords: ["hooks.slack.com/"],
      pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]{8,14}\/[A-Za-z0-9]{8,24}\/[A-Za-z0-9]{20,48}/,
      hits: (s) => [`https://hooks.slack.com/services/T${s.of("A-Z0-9", 9)}/B${s.of("A-Z0-9", 9)}/${s.an(24)}`],
    },
    { structured: true, owners: slack },
  ),
  pattern(
    "discord-webhook",
    "Discord webhook",
    "high",
    {
      keywords: ["/api/webhooks/"],
      pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/(?<secret>[A-Za-z0-9_-]{60,72})/,
      hits: (s) => [`https://discord.com/api/webhooks/${s.of("1-9", 18)}/${s.of("A-Za-z0-9_-", 68)}`],
    },
    { back: [11, 14] },
  ),
  pattern(
    "teams-webhook",
    "Microsoft Teams webhook",
    "high",
    {
      keywords: ["webhook.office.com/webhookb2/"],
      pattern: /webhook\.office\.com\/webhookb2\/[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36}/,
      hits: (s) => [`https://acme.webhook.office.com/webhookb2/${s.uuid()}@${s.uuid()}/IncomingWebhook/${s.hex(32)}/${s.uuid()}`],
    },
    { structured: true },
  ),
  pattern(
    "feishu-webhook",
    "Feishu or Lark bot webhook",
    "high",
    {
      keywords: ["/open-apis/bot/v2/hook/"],
      pattern: /open\.(?:feishu\.cn|larksuite\.com)\/open-apis\/bot\/v2\/hook\/[0-9a-f-]{36}/,
      hits: (s) => [`https://open.feishu.cn/open-apis/bot/v2/hook/${s.uuid()}`],
    },
    { structured: true, back: [14, 18] },
  ),
  pattern(
    "dingtalk-webhook",
    "DingTalk robot webhook",
    "high",
    {
      keywords: ["dingtalk.com/robot/send?access_token="],
      pattern: /dingtalk\.com\/robot\/send\?access_token=(?<secret>[0-9a-f]{64})/,
      hits: (s) => [`https://oapi.dingtalk.com/robot/send?access_token=${s.hex(64)}`],
    },
    { structured: true },
  ),
  pattern(
    "wecom-webhook",
    "WeCom robot webhook",
    "high",
    {
      keywords: ["qyapi.weixin.qq.com/cgi-bin/webhook/send?key="],
      pattern: /qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=(?<secret>[0-9a-f-]{36})/,
      hits: (s) => [`https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${s.uuid()}`],
    },
    { structured: true },
  ),
  token("dingtalk-sign-secret", "DingTalk signing secret", "high", ["SEC", hex(64)], { owners: ["dingtalk.com"] }),
  token("sendgrid-key", "SendGrid key", "critical", ["SG.", b64u(22), ".", b64u(43)], { owners: ["sendgrid.com"] }),
  token("mailgun-key", "Mailgun key", "high", ["key-", hex(32)], { owners: ["mailgun.net", "mailgun.org"] }),
  token("mailchimp-key", "Mailchimp key", "high", [hex(32), "-us", digits(1, 2)], { owners: ["mailchimp.com"] }),
  token("brevo-key", "Brevo key", "high", ["xkeysib-", hex(64), "-", an(16)], { owners: ["brevo.com", "sendinblue.com"] }),
  token("resend-key", "Resend key", "high", ["re_", an(8), "_", an(24)], { owners: ["resend.com"] }),
  token("stripe-live-key", "Stripe live key", "critical", [oneOf("sk_live_", "rk_live_", "sk_prod_", "rk_prod_"), an(10, 247)], {
    owners: stripe,
  }),
  token("stripe-test-key", "Stripe test key", "medium", [oneOf("sk_test_", "rk_test_"), an(16, 247)], {
    owners: stripe,
    ceiling: "medium",
  }),
  token("stripe-webhook-secret", "Stripe webhook secret", "high", ["whsec_", b64(32, 64)], { owners: stripe }),
  token("square-token", "Square access token", "critical", ["EAAA", b64u(60)], { owners: ["squareup.com"] }),
  token("square-secret", "Square OAuth secret", "critical", [oneOf("sq0atp-", "sq0csp-"), b64u(22, 43)], { owners: ["squareup.com"] }),
  token("braintree-token", "Braintree token", "critical", ["access_token$production$", lower(16), "$", hex(32)], {
    owners: ["braintreegateway.com"],
  }),
  token("shopify-token", "Shopify token", "critical", [oneOf("shpat_", "shpca_", "shppa_", "shpss_", "shpua_", "shpit_"), anyHex(32)], {
    owners: ["myshopify.com", "shopify.com"],
  }),
  token("plaid-token", "Plaid access token", "critical", [oneOf("access-sandbox-", "access-production-", "access-development-"), ...uuid], {
    owners: ["plaid.com"],
  }),
  token("razorpay-key", "Razorpay live key id", "medium", ["rzp_live_", an(14)], { owners: ["razorpay.com"] }),
  token("flutterwave-key", "Flutterwave key", "critical", ["FLWSECK-", an(32), "-X"], { owners: ["flutterwave.com"] }),
  token("flutterwave-test-key", "Flutterwave test key", "medium", ["FLWSECK_TEST-", an(32), "-X"], {
    owners: ["flutterwave.com"],
    ceiling: "medium",
  }),
  token("gocardless-token", "GoCardless token", "critical", ["live_", b64u(40)], { owners: ["gocardless.com"], ambiguous: true }),
  token("facebook-token", "Facebook access token", "high", ["EAA", an(100, 400)], { owners: ["facebook.com"] }),
  token("twitter-bearer", "X bearer token", "high", ["AAAAAAAAAAAAAAAAAAAAA", { set: "A-Za-z0-9%", least: 50, most: 110 }], {
    owners: ["twitter.com", "x.com"],
    structured: true,
    check: (secret) => (secret.includes("%") ? "sure" : "no"),
    hits: (s) => [`${"A".repeat(22)}MLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI%3D${s.an(40)}`],
  }),
  token("mapbox-token", "Mapbox secret token", "high", ["sk.eyJ", b64u(50, 120), ".", b64u(22)], {
    owners: ["mapbox.com"],
    structured: true,
  }),
  token("hubspot-token", "HubSpot token", "high", [oneOf("pat-na1-", "pat-na2-", "pat-na3-", "pat-eu1-", "pat-ap1-"), ...uuid], {
    owners: ["hubapi.com", "hubspot.com"],
  }),
  token("salesforce-token", "Salesforce session", "high", ["00D", an(12, 15), "!", dotted(80, 130)], {
    owners: ["salesforce.com", "force.com"],
  }),
  token("salesforce-refresh-token", "Salesforce refresh token", "high", ["5Aep861", dotted(60, 90)], {
    owners: ["salesforce.com", "force.com"],
  }),
  token("easypost-key", "EasyPost key", "high", [oneOf("EZAK", "EZTK"), an(54)], { owners: ["easypost.com"] }),
  token("shippo-token", "Shippo token", "medium", [oneOf("shippo_live_", "shippo_test_"), hex(40)], { owners: ["goshippo.com"] }),
  token("brevo-smtp-key", "Brevo SMTP key", "high", ["xsmtpsib-", hex(64), "-", an(16)], { owners: ["brevo.com"] }),
  token("intra42-key", "42 API secret", "medium", [oneOf("s-s4t2ud-", "s-s4t2af-"), hex(64)], {}),
  token("lob-key", "Lob key", "high", [oneOf("live_pub_", "test_pub_"), hex(31)], { ceiling: "low" }),
  token("messagebird-key", "MessageBird key", "high", ["AccessKey ", an(25)], {
    ambiguous: true,
    check: (secret) => (/\d/.test(secret) ? "likely" : "no"),
  }),
  token("opsgenie-key", "Opsgenie API key", "medium", ["GenieKey ", ...uuid], {}),
  token("ngrok-api-key", "ngrok API key", "high", ["ngrok_api_", an(30, 60)], { owners: ["ngrok.com"] }),
  token("cloudinary-url", "Cloudinary URL", "high", ["cloudinary://", digits(12, 16), ":", b64u(20, 40), "@", b64u(2, 60)], {
    owners: ["cloudinary.com"],
  }),
]
