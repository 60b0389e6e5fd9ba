// Runtimes that every machine does not have, each with a real program of its own: what `egret keys run` promises of them is tried where they are.
// Node, Python and curl are in test/collectors/keys/key-push.test.ts.
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer } from "node:tls"
import { afterAll, describe, expect, it } from "vitest"
import { runWithKeys, whatCannotBeLogged } from "../../collectors/keys/key-run.ts"
import { KeyStore } from "../../collectors/keys/key-store.ts"
import { missing, requires, which } from "../support/requires.ts"
import { TlsPlayer } from "../support/tls/play-tls.ts"
import { makeCertificate, startRecorder } from "../support/tls/recorded-session.ts"

const folder = mkdtempSync(join(tmpdir(), "egret-runtimes-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A compiler is more than `npm test` installs. */
const go = which("go") === undefined ? missing("go", "no Go toolchain to build an agent with", { avoidable: false }) : { missing: false }
const java =
  which("javac") === undefined || which("mvn") === undefined
    ? missing("javac", "no JDK and Maven to build an agent with", { avoidable: false })
    : requires("java", "openssl")

describe.skipIf(java.missing)("egret keys run with Java", () => {
  it("logs with the agent library it is given, and says that it cannot without", async () => {
    const library = javaAgent()
    writeFileSync(join(folder, "Agent.java"), JAVA_AGENT)
    execFileSync("javac", ["-d", folder, join(folder, "Agent.java")])
    const command = (port: number) => [
      "java",
      "-Djdk.internal.httpclient.disableHostnameVerification=true",
      "-cp",
      folder,
      "Agent",
      `https://127.0.0.1:${port}/`,
    ]
    expect(await whatCannotBeLogged(command(1), process.env["PATH"])).toContain("--java-agent")
    expect(await readWith(command, library)).toEqual({ code: 7, decryption: "full", asked: "GET / HTTP/1.1" })
  })
})

describe.skipIf(go.missing)("egret keys run with Go", () => {
  it("logs what a program that uses KeyLogWriter logs, and warns of every Go program beforehand", async () => {
    const source = join(folder, "go")
    mkdirSync(source)
    writeFileSync(join(source, "main.go"), GO_AGENT)
    writeFileSync(join(source, "go.mod"), "module agent\n\ngo 1.20\n")
    execFileSync("go", ["build", "-o", join(folder, "agent"), "."], { cwd: source, env: { ...process.env, GOFLAGS: "-mod=mod" } })
    const command = (mode: string) => (port: number) => [join(folder, "agent"), `https://127.0.0.1:${port}/`, mode]
    expect(await whatCannotBeLogged(command("")(1), "")).toContain("KeyLogWriter")
    expect(await readWith(command("logging"))).toEqual({ code: 7, decryption: "full", asked: "GET / HTTP/1.1" })
    expect(await readWith(command("silent"))).toMatchObject({ code: 7, decryption: "none" })
  })
})

/** Runs the agent against a server on loopback, and reads what a tap saw with the keys that it logged. */
async function readWith(command: (port: number) => readonly string[], library?: string) {
  const { key, cert, path } = makeCertificate()
  const website = createServer({ key, cert }, (socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone"))
    socket.on("error", () => undefined)
  })
  await new Promise<void>((resolve) => website.listen(0, "127.0.0.1", resolve))
  const recorder = await startRecorder((website.address() as AddressInfo).port)
  const closed = new Promise<void>((resolve) => recorder.onClosed(resolve))
  const keys = new KeyStore()
  try {
    const code = await runWithKeys({
      command: command(recorder.port),
      env: process.env,
      javaAgent: library,
      onBytes: (bytes) => keys.addText(bytes),
    })
    await closed
    const { tls, plain } = new TlsPlayer({ keys }).play(recorder.events).result
    return { code, decryption: tls?.decryption, asked: plain.client.toString().split("\r\n", 1)[0] }
  } finally {
    recorder.close()
    website.close()
    rmSync(path, { recursive: true, force: true })
  }
}

function javaAgent(): string {
  const artifact = `name.neykov:extract-tls-secrets:${JAVA_AGENT_VERSION}`
  const jar = join(folder, `extract-tls-secrets-${JAVA_AGENT_VERSION}.jar`)
  execFileSync("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], {
    stdio: "ignore",
    timeout: 120_000,
  })
  if (!existsSync(jar)) throw new Error(`Maven did not bring ${artifact}`)
  return jar
}

const JAVA_AGENT_VERSION = "4.0.0"
const JAVA_AGENT = `
import java.net.*; import java.net.http.*; import java.security.cert.X509Certificate; import javax.net.ssl.*;
public class Agent {
  public static void main(String[] args) throws Exception {
    TrustManager any = new X509ExtendedTrustManager() {
      public void checkClientTrusted(X509Certificate[] c, String a) {}
      public void checkServerTrusted(X509Certificate[] c, String a) {}
      public void checkClientTrusted(X509Certificate[] c, String a, Socket s) {}
      public void checkServerTrusted(X509Certificate[] c, String a, Socket s) {}
      public void checkClientTrusted(X509Certificate[] c, String a, SSLEngine e) {}
      public void checkServerTrusted(X509Certificate[] c, String a, SSLEngine e) {}
      public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    };
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] { any }, null);
    HttpClient client = HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
    var answer = client.send(HttpRequest.newBuilder(URI.create(args[0])).build(), HttpResponse.BodyHandlers.ofString());
    System.exit(answer.body().equals("done") ? 7 : 1);
  }
}
`
const GO_AGENT = `package main

import ("crypto/tls"; "io"; "net/http"; "os")

func main() {
	config := &tls.Config{InsecureSkipVerify: true}
	if os.Args[2] == "logging" {
		file, err := os.OpenFile(os.Getenv("SSLKEYLOGFILE"), os.O_WRONLY|os.O_APPEND, 0600)
		if err != nil { panic(err) }
		config.KeyLogWriter = file
	}
	answer, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: config}}).Get(os.Args[1])
	if err != nil { panic(err) }
	body, _ := io.ReadAll(answer.Body)
	if string(body) == "done" { os.Exit(7) }
}
`
