// A host becomes known to a sensor: it makes a key pair, the sensor certifies the public half, and what pushing needs is kept in a folder of profiles.
// The sensor is known by the fingerprint of its authority, which the operator carries over; without it nothing is sent, the token least of all.
import { mkdir, readdir, readFile } from "node:fs/promises"
import { request } from "node:https"
import { join } from "node:path"
import { connect } from "node:tls"
import { ConfigError } from "../../services/contracts/errors.ts"
import { writeFileAtomic } from "../../services/runtime/atomic-file.ts"
import { newKeyPair } from "./certificates.ts"
import { fingerprintOf } from "./key-authority.ts"
import type { SensorAccess } from "./key-pusher.ts"

export interface EnrolmentRequest {
  readonly url: string
  readonly token: string
  /** SHA-256 of the sensor's authority certificate, hexadecimal, colons allowed. */
  readonly fingerprint: string
  /** Of this host, in the certificate. */
  readonly name: string
  /** Of profiles. */
  readonly folder: string
}

export async function enrol({ url, token, fingerprint, name, folder }: EnrolmentRequest): Promise<string> {
  const address = sensorUrl(url)
  const authority = await authorityOf(address, fingerprint.replaceAll(":", "").toLowerCase())
  const { key, publicKey } = newKeyPair()
  const asked = JSON.stringify({ name, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() })
  const certificate = await askForCertificate({ address, authority, token, asked })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${address.hostname.replace(/[^A-Za-z0-9.-]/g, "_")}-${address.port}.json`)
  const profile: SensorAccess = { url: address.origin, authority, key, certificate }
  await writeFileAtomic(path, `${JSON.stringify(profile, undefined, 2)}\n`, 0o600)
  return path
}

/** Every sensor this host was enrolled with, or those that are named. */
export async function readProfiles(folder: string, urls: readonly string[]): Promise<SensorAccess[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort()
  const all: SensorAccess[] = []
  for (const name of names) all.push(readProfile(join(folder, name), await readFile(join(folder, name), "utf8")))
  const wanted = urls.map((url) => sensorUrl(url).origin)
  const missing = wanted.find((url) => !all.some((profile) => profile.url === url))
  if (missing !== undefined || all.length === 0) {
    throw new ConfigError({
      path: missing ?? folder,
      got: "no enrolment",
      want: "a sensor that this host was enrolled with",
      hint: "egret keys enroll https://SENSOR:9943 --fingerprint SHA256 --token-file FILE",
    })
  }
  return wanted.length === 0 ? all : all.filter((profile) => wanted.includes(profile.url))
}

function readProfile(path: string, text: string): SensorAccess {
  const value: unknown = JSON.parse(text)
  if (typeof value === "object" && value !== null && "url" in value && "authority" in value && "key" in value && "certificate" in value) {
    const { url, authority, key, certificate } = value
    if (typeof url === "string" && typeof authority === "string" && typeof key === "string" && typeof certificate === "string") {
      return { url, authority, key, certificate }
    }
  }
  throw new ConfigError({ path, got: "something else", want: "a profile that egret keys enroll wrote", hint: "enrol again" })
}

function sensorUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== "https:")
    throw new ConfigError({ path: "sensor", got: text, want: "https://HOST:PORT of the sensor's key endpoint" })
  return url
}

/** The sensor shows its chain; only the one whose root has the fingerprint is believed. */
function authorityOf(address: URL, fingerprint: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const host = address.hostname.replace(/^\[|\]$/g, "")
    const socket = connect({ host, port: Number(address.port || 443), rejectUnauthorized: false, timeout: CONNECT_MILLIS }, () => {
      let certificate = socket.getPeerCertificate(true)
      while (certificate.issuerCertificate !== undefined && certificate.issuerCertificate !== certificate)
        certificate = certificate.issuerCertificate
      socket.destroy()
      const pem = `-----BEGIN CERTIFICATE-----\n${certificate.raw
        .toString("base64")
        .match(/.{1,64}/g)
        ?.join("\n")}\n-----END CERTIFICATE-----\n`
      const shown = fingerprintOf(pem)
      if (shown === fingerprint) resolve(pem)
      else {
        const hint = "compare it with what the sensor printed at its start; if it differs someone is in between"
        reject(new ConfigError({ path: "--fingerprint", got: shown, want: fingerprint, hint }))
      }
    })
    const fail = (error: Error) => reject(new ConfigError({ path: address.origin, got: error.message, want: "a sensor that answers" }))
    socket.on("error", fail)
    socket.on("timeout", () => socket.destroy(new Error("no answer in time")))
  })
}

interface CertificateRequest {
  readonly address: URL
  readonly authority: string
  readonly token: string
  readonly asked: string
}

function askForCertificate({ address, authority, token, asked }: CertificateRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" }
    const asking = request(new URL("/v1/enrol", address), { method: "POST", ca: authority, headers, timeout: CONNECT_MILLIS }, (answer) => {
      let text = ""
      answer.setEncoding("utf8")
      answer.on("data", (part: string) => {
        text = (text + part).slice(0, MAX_ANSWER)
      })
      answer.on("end", () => {
        const certificate = answer.statusCode === 200 ? certificateIn(text) : undefined
        if (certificate !== undefined) resolve(certificate)
        else
          reject(
            new ConfigError({
              path: address.origin,
              got: `HTTP ${answer.statusCode} ${text}`,
              want: "a certificate",
              hint: "is the token right?",
            }),
          )
      })
    })
    asking.on("timeout", () => asking.destroy(new Error("no answer in time")))
    asking.on("error", (error) => reject(new ConfigError({ path: address.origin, got: error.message, want: "a sensor that answers" })))
    asking.end(asked)
  })
}

function certificateIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && "certificate" in value && typeof value.certificate === "string"
      ? value.certificate
      : undefined
  } catch {
    return undefined
  }
}

const CONNECT_MILLIS = 10_000
const MAX_ANSWER = 65_536
