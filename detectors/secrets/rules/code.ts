import { base62, crc32 } from "../../text/checksums.ts"
import { notPlaceholder } from "../placeholder.ts"
import { type Check, pattern, type SecretRule, token } from "../rule.ts"
import { an, anyHex, b32lower, b64, b64u, dotted, hex, lower, oneOf, upper, uuid } from "../shape.ts"

const github = ["github.com", "githubusercontent.com", "ghcr.io", "githubcopilot.com"]
const gitlab = ["gitlab.com"]
const atlassian = ["atlassian.com", "atlassian.net", "bitbucket.org"]

export const codeRules: readonly SecretRule[] = [
  token("github-token", "GitHub token", "critical", [oneOf("ghp_", "gho_", "ghu_", "ghr_", "ghs_"), an(36)], {
    owners: github,
    check: (secret) => (crcTail(secret.slice(4)) ? "sure" : "weak"),
    hits: (s) => {
      const body = s.an(30)
      return [`ghp_${body}${base62(crc32(body), 6)}`]
    },
    misses: (s) => [
      [`ghp_${s.an(20)}`, "too short"],
      [`xghp_${s.an(36)}`, "the end of a longer word"],
    ],
  }),
  token("github-installation-token", "GitHub installation token", "critical", ["ghs_", { set: "A-Za-z0-9._-", least: 60, most: 900 }], {
    owners: github,
    check: (secret) => (secret.includes("eyJ") ? "likely" : "no"),
    hits: (s) => [`ghs_123456_eyJ${s.of("A-Za-z0-9", 80)}.eyJ${s.an(200)}.${s.an(120)}`],
  }),
  token("github-fine-grained-token", "GitHub fine-grained token", "critical", ["github_pat_", an(22), "_", an(59)], { owners: github }),
  token("gitlab-token", "GitLab personal access token", "critical", ["glpat-", b64u(20)], { owners: gitlab }),
  token(
    "gitlab-routable-token",
    "GitLab token (routable)",
    "critical",
    [oneOf("glpat-", "glrt-"), b64u(27, 300), ".", lower(2), ".", lower(7)],
    { owners: gitlab, anchor: "glpat-" },
  ),
  token("gitlab-routable-token-short", "GitLab token (routable)", "critical", [oneOf("glpat-", "glrt-"), b64u(27, 300), ".", lower(9)], {
    owners: gitlab,
    anchor: "glpat-",
  }),
  token(
    "gitlab-service-token",
    "GitLab deploy, runner, trigger, feed or agent token",
    "high",
    [oneOf("gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "gloas-", "glagent-", "glffct-", "glimt-"), b64u(20, 70)],
    { owners: gitlab },
  ),
  token("gitlab-runner-registration", "GitLab runner registration token", "high", ["GR1348941", b64u(20)], { owners: gitlab }),
  token("bitbucket-token", "Bitbucket app password or token", "critical", ["ATBB", an(32)], { owners: atlassian }),
  token("atlassian-token", "Atlassian API token", "critical", [oneOf("ATATT3xFfGF0", "ATCTT3xFfG"), b64u(60, 220), "=", anyHex(8)], {
    owners: atlassian,
    anchor: "ATATT3xFfGF0",
  }),
  token("bitbucket-server-token", "Bitbucket Data Center token", "high", ["BBDC-", b64(40, 50)], { owners: atlassian }),
  token("npm-token", "npm token", "critical", ["npm_", an(36)], {
    owners: ["npmjs"],
    check: (secret) => (crcTail(secret.slice(4)) ? "sure" : "likely"),
  }),
  token("pypi-token", "PyPI token", "critical", [oneOf("pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"), b64u(50, 1000)], {
    owners: ["pypi"],
  }),
  token("rubygems-key", "RubyGems key", "critical", ["rubygems_", hex(48)], { owners: ["rubygems"] }),
  token("crates-token", "Rust registry token", "critical", ["cio", an(32)], { owners: ["crates"], check: mixedCase }),
  token("nuget-key", "NuGet key", "critical", ["oy2", b32lower(43)], { owners: ["nuget"] }),
  token("dockerhub-token", "Docker Hub token", "critical", [oneOf("dckr_pat_", "dckr_oat_"), b64u(27, 32)], {
    owners: ["docker.com", "docker.io"],
  }),
  token("jfrog-key", "JFrog API key", "critical", ["AKCp", an(69)], { owners: ["jfrog.io"] }),
  token("jfrog-reference-token", "JFrog reference token", "critical", ["cmVmd", an(59)], { owners: ["jfrog.io"] }),
  token("circleci-token", "CircleCI token", "high", ["CCIPAT_", an(22), "_", hex(40)], { owners: ["circleci.com"] }),
  token("buildkite-token", "Buildkite token", "high", [oneOf("bkua_", "bkct_"), hex(40)], { owners: ["buildkite.com"] }),
  token("harness-token", "Harness token", "high", [oneOf("pat.", "sat."), b64u(22), ".", anyHex(24), ".", an(20)], {
    owners: ["harness.io"],
    anchor: "pat.",
  }),
  token("sonar-token", "Sonar token", "high", [oneOf("squ_", "sqp_", "sqa_"), hex(40)], { owners: ["sonarcloud.io", "sonarsource.com"] }),
  token("sentry-user-token", "Sentry user token", "high", ["sntryu_", hex(64)], { owners: ["sentry.io"] }),
  token("sentry-org-token", "Sentry organisation token", "high", ["sntrys_eyJ", b64(60, 300), oneOf("_", "=_", "==_"), b64(43)], {
    owners: ["sentry.io"],
  }),
  token("terraform-token", "Terraform Cloud token", "critical", [an(14), ".atlasv1.", b64u(60, 70)], {
    owners: ["terraform.io", "hashicorp.com"],
  }),
  token("vault-token", "Vault token", "critical", [oneOf("hvs.", "hvb.", "hvr."), b64u(24, 300)], {
    owners: ["vaultproject.io", "hashicorp.cloud"],
  }),
  token("onepassword-service-token", "1Password service account token", "critical", ["ops_eyJ", b64u(250, 1200)], {
    owners: ["1password.com"],
  }),
  token(
    "onepassword-secret-key",
    "1Password secret key",
    "critical",
    ["A3-", upper(6), "-", upper(11), "-", upper(5), "-", upper(5), "-", upper(5)],
    { owners: ["1password.com"] },
  ),
  token(
    "doppler-token",
    "Doppler token",
    "critical",
    [oneOf("dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."), { set: "A-Za-z0-9._", least: 40, most: 70 }],
    {
      owners: ["doppler.com"],
    },
  ),
  token("pulumi-token", "Pulumi token", "high", ["pul-", hex(40)], { owners: ["pulumi.com"] }),
  token("postman-key", "Postman API key", "high", ["PMAK-", hex(24), "-", hex(34)], { owners: ["postman.com", "getpostman.com"] }),
  token("launchdarkly-key", "LaunchDarkly key", "high", [oneOf("sdk-", "api-"), ...uuid], { owners: ["launchdarkly.com"] }),
  token(
    "tailscale-key",
    "Tailscale key",
    "critical",
    [oneOf("tskey-auth-", "tskey-api-", "tskey-client-", "tskey-scim-", "tskey-webhook-"), an(8, 24), "-", an(20, 64)],
    {
      owners: ["tailscale.com"],
    },
  ),
  token("openshift-token", "OpenShift token", "critical", ["sha256~", b64u(43)], {}),
  token("grafana-service-token", "Grafana service account token", "high", ["glsa_", an(32), "_", anyHex(8)], {
    owners: ["grafana.net", "grafana.com"],
    check: (secret) => (crc32(secret.slice(5, 37)).toString(16).padStart(8, "0") === secret.slice(38).toLowerCase() ? "sure" : "likely"),
  }),
  token("grafana-cloud-token", "Grafana Cloud token", "high", ["glc_eyJ", b64(40, 400)], { owners: ["grafana.net", "grafana.com"] }),
  pattern(
    "grafana-api-key",
    "Grafana API key",
    "high",
    {
      keywords: ["eyJrIjoi"],
      pattern: /(?<![A-Za-z0-9+/])eyJrIjoi[A-Za-z0-9+/]{60,300}={0,2}/,
      hits: (s) => [Buffer.from(JSON.stringify({ k: s.an(32), n: "deploy", id: 1 })).toString("base64")],
    },
    {
      structured: true,
      check: (secret) => (/"n":/.test(Buffer.from(secret, "base64").toString("latin1")) ? "sure" : "no"),
      owners: ["grafana.net"],
    },
  ),
  pattern(
    "docker-config-auth",
    "Docker registry login",
    "critical",
    {
      keywords: ['"auth"'],
      pattern: /"auth"\s{0,4}:\s{0,4}"(?<secret>[A-Za-z0-9+/]{12,2000}={0,2})"/,
      hits: (s) => [`{"auths":{"registry.test":{"auth":"${Buffer.from(`ci:${s.an(16)}`).toString("base64")}"}}}`],
    },
    {
      structured: true,
      check: (secret) => (/^[\w.@$-]{1,80}:[\x21-\x7e]{4,1500}$/.test(Buffer.from(secret, "base64").toString("latin1")) ? "sure" : "no"),
    },
  ),
  pattern(
    "git-credentials",
    "Stored git login",
    "critical",
    {
      keywords: ["@github.com", "@gitlab.com", "@bitbucket.org"],
      pattern: /https?:\/\/[^\s:@/]{1,80}:(?<secret>[^\s:@/]{8,300})@(?:github\.com|gitlab\.com|bitbucket\.org)/,
      hits: (s) => [`https://ci:${s.an(24)}@github.com`],
    },
    { back: [10, 390], check: notPlaceholder },
  ),
  token("dynatrace-token", "Dynatrace token", "high", ["dt0c01.", upper(24), ".", upper(64)], { owners: ["dynatrace.com"] }),
  token("newrelic-key", "New Relic key", "high", [oneOf("NRAK-", "NRII-"), { set: "A-Za-z0-9_-", least: 27, most: 32 }], {
    owners: ["newrelic.com"],
  }),
  token("newrelic-browser-key", "New Relic browser key", "low", ["NRJS-", hex(19)], { ceiling: "low" }),
  token("posthog-key", "PostHog personal key", "high", ["phx_", b64u(43, 48)], { owners: ["posthog.com"] }),
  token("honeycomb-key", "Honeycomb key", "high", [oneOf("hcaik_", "hcbik_", "hcamk_"), lower(32, 64)], { owners: ["honeycomb.io"] }),
  token("datadog-key", "Datadog key", "high", [oneOf("ddapp_", "ddp_", "ddapi_"), an(30, 40)], { owners: ["datadoghq.com"] }),
  token("linear-key", "Linear API key", "high", ["lin_api_", an(40)], { owners: ["linear.app"] }),
  token("linear-oauth", "Linear OAuth token", "high", ["lin_oauth_", hex(64)], { owners: ["linear.app"] }),
  token("notion-token", "Notion token", "high", ["ntn_", { set: "0-9", least: 11, most: 11 }, an(35)], {
    owners: ["notion.com", "notion.so"],
  }),
  token("notion-old-token", "Notion token (old)", "high", ["secret_", an(43)], { owners: ["notion.com", "notion.so"], check: mixedCase }),
  token("airtable-token", "Airtable token", "high", ["pat", an(14), ".", hex(64)], { owners: ["airtable.com"] }),
  token("figma-token", "Figma token", "high", [oneOf("figd_", "figu_", "figo_", "figp_", "figur_"), b64u(40, 60)], {
    owners: ["figma.com"],
  }),
  token("clojars-token", "Clojars token", "high", ["CLOJARS_", lower(60)], { owners: ["clojars.org"] }),
  token("readme-key", "ReadMe API key", "medium", ["rdme_", lower(70)], { owners: ["readme.io"] }),
  token("prefect-key", "Prefect key", "high", ["pnu_", lower(36)], { owners: ["prefect.io", "prefect.cloud"] }),
  token("octopus-key", "Octopus Deploy key", "high", ["API-", upper(26, 32)], { ambiguous: true }),
  token("duffel-token", "Duffel token", "medium", ["duffel_live_", b64u(43)], { owners: ["duffel.com"] }),
  token("frameio-token", "Frame.io token", "medium", ["fio-u-", b64u(64)], { owners: ["frame.io"] }),
  token("typeform-token", "Typeform token", "medium", ["tfp_", dotted(59)], { owners: ["typeform.com"] }),
  token("contentful-token", "Contentful token", "medium", ["CFPAT-", b64u(43)], { owners: ["contentful.com"] }),
  token("sourcegraph-token", "Sourcegraph token", "high", ["sgp_", hex(16), "_", hex(40)], { owners: ["sourcegraph.com"] }),
  token("sourcegraph-local-token", "Sourcegraph token", "high", ["sgp_local_", hex(40)], { owners: ["sourcegraph.com"] }),
]

/** GitHub's and npm's last six characters: CRC-32 of what stands before them, in base 62. */
function crcTail(body: string): boolean {
  return base62(crc32(body.slice(0, -6)), 6) === body.slice(-6)
}

function mixedCase(secret: string): Check {
  return /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /[0-9]/.test(secret) ? "likely" : "no"
}
