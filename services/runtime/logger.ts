// One JSON object a line on standard error, so that standard output stays for results. `msg` is a constant sentence, values are fields.
// Never log payload: hot paths count, they do not log. Redaction is the net under that rule, not a licence.
import { destination, type Logger, pino, stdSerializers } from "pino"
import pretty from "pino-pretty"
import type { LogConfig } from "../contracts/config/log.ts"

export type { Logger } from "pino"

export interface LoggerOptions {
  /** Role or command, on every line. */
  readonly name: string
  /** Where lines go instead of standard error; tests read them back. */
  readonly write?: (line: string) => void
}

export function createLogger(config: LogConfig, { name, write }: LoggerOptions): Logger {
  const options = {
    name,
    level: config.level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.err, error: stdSerializers.err },
    redact: { paths: redactedPaths, censor: "[secret]" },
  }
  if (write !== undefined) return pino(options, { write })
  return pino(
    options,
    isPretty(config) ? pretty({ destination: STDERR, sync: true, ignore: "pid,hostname" }) : destination({ fd: STDERR, sync: true }),
  )
}

/** For code that is handed no logger: tests, libraries. */
export function silentLogger(): Logger {
  return pino({ level: "silent" })
}

function isPretty({ format }: LogConfig): boolean {
  return format === "pretty" || (format === "auto" && process.stderr.isTTY === true)
}

const STDERR = 2
// Field names whose value is a credential wherever they stand, at the top and two levels down (headers, options of a failed request).
const secretFields = [
  "password",
  "passphrase",
  "secret",
  "token",
  "apiKey",
  "accessKey",
  "secretAccessKey",
  "sessionToken",
  "privateKey",
  "authorization",
  "Authorization",
  "cookie",
  "Cookie",
  '["set-cookie"]',
  '["proxy-authorization"]',
  '["x-api-key"]',
]
const redactedPaths = secretFields.flatMap((field) => {
  const below = field.startsWith("[") ? field : `.${field}`
  return [field, `*${below}`, `*.*${below}`]
})
