// Credentials given to a command as an argument.
import { isPlaceholder } from "../../text/context.ts"
import { looksSecret } from "../assignment.ts"
import { notPlaceholder } from "../placeholder.ts"
import { pattern, type SecretRule } from "../rule.ts"

export const commandRules: readonly SecretRule[] = [
  pattern(
    "sshpass",
    "Password on a command line",
    "high",
    {
      keywords: ["sshpass -p"],
      pattern: /sshpass -p\s?["']?(?<secret>[^\s"']{4,100})/,
      hits: (s) => [`sshpass -p '${s.an(10)}' ssh root@10.0.0.1`],
    },
    { structured: true, check: notPlaceholder },
  ),
  pattern(
    "mysql-password",
    "Password on a command line",
    "high",
    {
      keywords: ["mysql ", "mysqldump ", "mysqladmin "],
      pattern: /mysql(?:dump|admin)? [^\n|;]{0,120}?-p["']?(?<secret>[^\s"'=-][^\s"']{3,80})/,
      hits: (s) => [`mysql -u root -p${s.an(10)} -h db prod`],
    },
    { structured: true, check: notPlaceholder, misses: () => [["mysql -u root -p prod", "asks for it"]] },
  ),
  pattern(
    "curl-login",
    "Login on a command line",
    "high",
    {
      keywords: ["curl "],
      pattern: /curl [^\n|;]{0,200}?(?:-u|--user)[ =]{1,2}["']?[^\s:"']{1,80}:(?<secret>[^\s"']{4,160})/,
      hits: (s) => [`curl -s -u admin:${s.an(12)} https://ci.corp.net/api`],
    },
    {
      structured: true,
      check: notPlaceholder,
      misses: () => [
        ["curl -u user:$PASS https://x.test", "a variable"],
        ["curl -u user:password https://x.test", "the words of a manual"],
      ],
    },
  ),
  pattern(
    "login-call",
    "Password in a call that logs in",
    "medium",
    {
      keywords: [".login("],
      pattern: /\.login\(\s?["'][^"'\n]{1,80}["']\s?,\s?["'](?<secret>[^"'\n]{6,80})["']/,
      hits: (s) => [`smtp.login("bot@corp.net", "${s.an(6)}!${s.an(5)}7")`],
    },
    { structured: true, check: (secret) => (looksSecret(secret, true, true) === "sure" ? notPlaceholder(secret) : "no") },
  ),
  pattern(
    "option-secret",
    "Secret on a command line",
    "medium",
    {
      keywords: ["--password", "--passwd", "--token", "--api-key", "--secret", "--access-token", "--auth-token"],
      pattern: /--(?:password|passwd|token|api-key|secret(?:-key)?|access-token|auth-token)[ =]["']?(?<secret>[^\s"'<>-][^\s"'<>]{5,300})/,
      hits: (s) => [`vault-cli login --token ${s.an(24)}`],
    },
    {
      structured: true,
      check: (secret) => (looksSecret(secret, true, false) === "no" || isPlaceholder(secret) ? "no" : "likely"),
      misses: () => [
        ["docker login --password-stdin", "no value"],
        ["tool --token YOUR_TOKEN", "placeholder"],
      ],
    },
  ),
]
