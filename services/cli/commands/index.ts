import type { Command } from "commander"
import { addApi } from "./api.ts"
import { addAudit } from "./audit.ts"
import { addCheck } from "./check.ts"
import { addDetect } from "./detect.ts"
import { addExplain } from "./explain.ts"
import { addKeys } from "./keys.ts"
import { addMirror } from "./mirror.ts"
import { addPolicy } from "./policy.ts"
import { addQuery } from "./query.ts"
import { addReplay } from "./replay.ts"
import { addRespond } from "./respond.ts"
import { addSandbox } from "./sandbox.ts"
import { addScan } from "./scan.ts"
import { addSensor } from "./sensor.ts"
import { addSoc } from "./soc.ts"
import { addStore } from "./store.ts"
import { addUp } from "./up.ts"
import { addToken, addUser } from "./user.ts"
import { addValues } from "./values.ts"

/** In the order of `egret --help`. One line a command. */
export const commands: readonly ((program: Command) => void)[] = [
  addUp,
  addReplay,
  addSensor,
  addScan,
  addExplain,
  addPolicy,
  addValues,
  addCheck,
  addMirror,
  addKeys,
  addQuery,
  addSandbox,
  addSoc,
  addRespond,
  addUser,
  addToken,
  addAudit,
  addApi,
  addDetect,
  addStore,
]
