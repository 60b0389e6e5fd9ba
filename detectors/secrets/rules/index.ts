import type { SecretRule } from "../rule.ts"
import { aiRules } from "./ai.ts"
import { cloudRules } from "./cloud.ts"
import { codeRules } from "./code.ts"
import { commandRules } from "./commands.ts"
import { serviceRules } from "./services.ts"
import { structuredRules } from "./structured.ts"

export const secretRules: readonly SecretRule[] = [
  ...cloudRules,
  ...aiRules,
  ...codeRules,
  ...serviceRules,
  ...structuredRules,
  ...commandRules,
]
