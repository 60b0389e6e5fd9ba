import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { createClient } from "@clickhouse/client"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { metaTables } from "../../../../services/store/engine/access-files.ts"
import { foldRows } from "../../../../services/store/fold.ts"
import { hashPassword, verifyPassword } from "../../../../services/store/http/password.ts"
import { judge } from "../../../../services/store/http/sql-gate.ts"
import { type SqlServer, startSqlServer } from "../../../../services/store/http/sql-server.ts"
import { migrate, readMigrations } from "../../../../services/store/migrate.ts"
import { openEmbedded } from "../../../../services/store/open-store.ts"
import { rowsOfActivity } from "../../../../services/store/rows.ts"
import { sampleDay } from "../../../support/sample-activities.ts"

describe("the read-only HTTP interface of the embedded engine", () => {
  const folder = mkdtempSync(join(tmpdir(), "egret-http-"))
  const password = ["heron", "stands", "still"].join("-")
  let close = async (): Promise<void> => {}
  let server: SqlServer = { port: 0, close: async () => {} }
  let spool = ""

  beforeAll(async () => {
    const { store, engine } = await openEmbedded({ engine: "embedded", path: join(folder, "store") })
    spool = engine.spool
    await migrate(store)
    for (const [table, rows] of foldRows(sampleDay().flatMap(rowsOfActivity))) await store.insert(table, rows)
    await store.insert("file_part", [{ sha256: "d".repeat(64), part: 0, parts: 1, data: "pelican-token in a file" }])
    server = await startSqlServer({
      engine,
      database: "egret",
      host: "127.0.0.1",
      port: 0,
      username: "grafana_reader",
      passwordHash: await hashPassword(password),
    })
    close = async () => {
      await server.close()
      await store.close()
    }
  })
  afterAll(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })

  const request = (path: string, init: RequestInit = {}, secret = password) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      ...init,
      headers: { authorization: `Basic ${Buffer.from(`grafana_reader:${secret}`).toString("base64")}`, ...init.headers },
    })
  const ask = async (sql: string, search = "") => {
    const response = await request(`/?${search}`, { method: "POST", body: sql })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }

  it("answers the official client, with parameters and streams", async () => {
    const client = createClient({
      url: `http://127.0.0.1:${server.port}`,
      username: "grafana_reader",
      password,
      database: "egret",
      compression: { response: true },
    })
    const result = await client.query({
      query:
        "SELECT gen_ai_agent_name AS name, count() AS n FROM llm_calls WHERE gen_ai_agent_name != {not:String} GROUP BY name ORDER BY name",
      query_params: { not: "it's\tnot\\me" },
      format: "JSONEachRow",
    })
    expect(await result.json()).toEqual([
      { name: "claude-code", n: 2 },
      { name: "codex", n: 1 },
    ])
    const rows = await (await client.query({ query: "SELECT number FROM numbers(50000)", format: "JSONCompactEachRow" })).json()
    expect(rows).toHaveLength(50_000)
    expect((await client.ping()).success).toBe(true)
    await client.close()
  })

  it("answers GET with the statement in the address, in the format asked for", async () => {
    const response = await request(`/?query=${encodeURIComponent("SELECT 1 AS a, 'x' AS b FORMAT CSVWithNames")}`)
    expect(response.headers.get("x-clickhouse-format")).toBe("CSVWithNames")
    expect(await response.text()).toBe('"a","b"\n1,"x"\n')
    expect((await ask("SELECT 1 AS a", "default_format=JSONEachRow")).text).toBe('{"a":1}\n')
    expect((await ask("SELECT 1 AS a")).text).toBe("1\n")
    expect(await (await fetch(`http://127.0.0.1:${server.port}/ping`)).text()).toBe("Ok.\n")
    const native = await request("/?default_format=Native", {
      method: "POST",
      body: gzipSync("SELECT timeZone()"),
      headers: { "content-encoding": "gzip" },
    })
    expect(Buffer.from(await native.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([1, 1]))
  })

  it("compresses large answers for who can read them", async () => {
    const response = await request("/?query=SELECT+number+FROM+numbers(5000)", { headers: { "accept-encoding": "gzip" } })
    expect(response.headers.get("content-encoding")).toBe("gzip")
    expect((await response.text()).split("\n")).toHaveLength(5_001)
    expect(gunzipSync(gzipSync("x")).toString()).toBe("x")
  })

  it("lets nobody in without the right name and password", async () => {
    expect((await fetch(`http://127.0.0.1:${server.port}/?query=SELECT+1`)).status).toBe(401)
    expect((await request("/?query=SELECT+1", {}, "wrong")).status).toBe(401)
    expect((await fetch(`http://127.0.0.1:${server.port}/?query=SELECT+1&user=grafana_reader&password=${password}`)).status).toBe(200)
    expect(
      (
        await fetch(`http://127.0.0.1:${server.port}/?query=SELECT+1`, {
          headers: { "x-clickhouse-user": "grafana_reader", "x-clickhouse-key": password },
        })
      ).status,
    ).toBe(200)
    expect((await fetch(`http://127.0.0.1:${server.port}/?query=SELECT+1&user=default&password=${password}`)).status).toBe(401)
  })

  it("reads everything but content", async () => {
    for (const table of ["activity", "llm_calls", "agents", "events", "findings", "tools", "skills", "destinations", "workloads", "flows"])
      expect((await ask(`SELECT count() FROM ${table}`)).status, table).toBe(200)
    expect((await ask("SHOW TABLES")).text).not.toMatch(/^(content|file_part|audit|migration)$/m)
  })

  it("opens or closes every table and view on purpose", async () => {
    const names = readMigrations().flatMap(({ statements }) =>
      statements.flatMap((statement) => /^CREATE (?:OR REPLACE )?(?:TABLE|VIEW) (\w+)/.exec(statement)?.[1] ?? []),
    )
    const closed = ["content", "file_part", "audit", "setting"]
    expect(names.filter((name) => !closed.includes(name) && !(metaTables as readonly string[]).includes(name))).toEqual([])
    for (const name of closed) expect((await ask(`SELECT count() FROM ${name}`)).status).toBe(403)
  })

  // Each of these reads or writes something it must not, in one way that has worked against some database gateway.
  const attacks = [
    "SELECT text FROM content",
    "SELECT * FROM egret.content",
    "SELECT * FROM `content`",
    'SELECT * FROM "egret"."content"',
    "SELECT data FROM file_part",
    "SELECT * FROM audit",
    "SELECT count() FROM activity WHERE id IN (SELECT id FROM content WHERE text LIKE '%a%')",
    "SELECT (SELECT any(text) FROM content)",
    "WITH c AS (SELECT text FROM content) SELECT * FROM c",
    "SELECT * FROM activity AS a JOIN content AS c ON a.id = c.id",
    "SELECT * FROM activity UNION ALL SELECT * FROM content",
    "SELECT * FROM merge('egret', 'content')",
    "SELECT * FROM merge('egret', '.*')",
    "SELECT body FROM merge(REGEXP('.*'), 'cont.*')",
    "SELECT * FROM viewIfPermitted(SELECT text FROM content ELSE null('text String'))",
    "SELECT * FROM view(SELECT text FROM content)",
    "SELECT * FROM loop(egret.content) LIMIT 1",
    "SELECT * FROM remote('127.0.0.1', egret.content)",
    "SELECT * FROM mergeTreeIndex('egret', 'content')",
    "SELECT * FROM mergeTreeTextIndex('egret', 'content', 'ix_text')",
    "SELECT * FROM mergeTreeProjection('egret', 'content', 'p')",
    "EXPLAIN indexes = 1 SELECT text FROM content",
    "EXPLAIN ESTIMATE SELECT text FROM content",
    "DESCRIBE TABLE content",
    "SHOW CREATE TABLE content",
    "SELECT 1; SET ROLE egret_all; SELECT text FROM content",
    "SELECT 1 /* ; */; SELECT text FROM content",
    "SET ROLE egret_all",
    "SET ROLE ALL",
    "SET readonly = 0",
    "SELECT * FROM llm_calls SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_execution_time = 100000",
    "GRANT egret_all TO default",
    "EXECUTE AS default SELECT * FROM content",
    "SELECT file('/etc/passwd')",
    "SELECT FILE('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    "SELECT \"file\"('/etc/passwd')",
    "SELECT 1 AS `a'b`, file('/etc/passwd')",
    "SELECT 1 AS `a\\\"b`, file('/etc/passwd') AS \"c'd\"",
    "SELECT 'a`b', `file`('/etc/passwd'), 'c`d'",
    "SELECT 1 AS `x'`, 'a' INTO OUTFILE '$OUT'",
    "SELECT 'it''s', file('/etc/passwd')",
    "SELECT $$'$$, file('/etc/passwd')",
    "SELECT $x$ ' $x$ AS a INTO OUTFILE '$OUT'",
    "SELECT fi/**/le('/etc/passwd')",
    "SELECT arrayMap(x -> file(x), ['/etc/passwd'])",
    "SELECT '/etc/passwd' AS p APPLY(file)",
    "SELECT COLUMNS('p') APPLY file FROM (SELECT '/etc/passwd' AS p)",
    "EXPLAIN SYNTAX SELECT file('/etc/passwd')",
    "EXPLAIN PLAN SELECT file('/etc/passwd')",
    "SELECT 1 AS x WHERE file('/etc/passwd') != ''",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:9/x', 'CSV')",
    "SELECT * FROM executable('id', 'TSV', 'x String')",
    "SELECT * FROM sqlite('/tmp/x.db', 't')",
    "SELECT 1 INTO OUTFILE '$OUT'",
    "SELECT 1 INTO OUTFILE '$OUT' TRUNCATE FORMAT CSV",
    "(SELECT 1 INTO OUTFILE '$OUT')",
    "INSERT INTO activity (id) VALUES ('x')",
    "INSERT INTO FUNCTION file('$OUT', 'CSV', 'x UInt8') SELECT 1",
    "CREATE TABLE t (x UInt8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE t AS SELECT * FROM content",
    "CREATE VIEW v AS SELECT * FROM content",
    "CREATE FUNCTION f AS x -> file(x)",
    "ALTER TABLE activity DELETE WHERE 1",
    "TRUNCATE TABLE activity",
    "DROP TABLE activity",
    "RENAME TABLE content TO llm_calls2",
    "EXCHANGE TABLES content AND agent_use",
    "ATTACH TABLE x FROM '/tmp' (x UInt8) ENGINE = MergeTree ORDER BY x",
    "BACKUP TABLE content TO Disk('default', 'x')",
    "SYSTEM SHUTDOWN",
    "KILL QUERY WHERE 1",
    "USE system",
    "OPTIMIZE TABLE activity",
    "SELECT query FROM system.processes",
    "SELECT * FROM `system`.`processes`",
    "SELECT * FROM system.errors",
    "SELECT * FROM merge('system', 'proc.*')",
    "SHOW PROCESSLIST",
    "SELECT * FROM system.users",
    "SELECT joinGet('egret.content', 'text', 1)",
    "SELECT dictGet('content', 'text', 1)",
  ]

  it.each(attacks)("refuses: %s", async (attack) => {
    const out = join(folder, "written.out")
    const { status, text } = await ask(attack.replaceAll("$OUT", out))
    expect(text).not.toMatch(/pelican-token|flamingo|root:x:/)
    // Some are allowed and show nothing: what was refused to them is simply not there.
    const empty = /viewIfPermitted/.test(attack)
    if (!empty) expect(status, text).toBeGreaterThanOrEqual(400)
    expect(existsSync(out)).toBe(false)
  })

  it("still has every row, and the role it had, after all of them", async () => {
    expect((await ask("SELECT count() FROM activity")).text).toBe(`${sampleDay().filter(({ kind }) => kind !== "flow").length}\n`)
    expect((await ask("SELECT currentRoles(), getSetting('readonly')")).text).toBe("['egret_meta']\t1\n")
    expect((await ask("SELECT text FROM content")).status).toBe(403)
    expect(existsSync(spool)).toBe(true)
  })

  it("never shows one reader what another's failed statement left", async () => {
    await ask("SELECT number, throwIf(number = 150000) FROM numbers(200000)")
    expect((await Promise.all([1, 2, 3, 4].map(() => ask("SELECT 7")))).map(({ text }) => text)).toEqual(["7\n", "7\n", "7\n", "7\n"])
  })

  it("bounds the statement and says so in ClickHouse's words", async () => {
    const { status, headers, text } = await ask(`SELECT '${"x".repeat(300_000)}'`)
    expect([status, headers.get("x-clickhouse-exception-code")]).toEqual([413, "62"])
    expect(text).toMatch(/^Code: 62\. DB::Exception: /)
    expect((await ask("SELEC 1")).text).toMatch(/^Code: 62\. .*Syntax error/s)
    // Over the memory limit within moments.
    const greedy = await ask("SELECT length(groupArray(repeat('x', 100000))) FROM numbers(100000)")
    expect([greedy.status, greedy.headers.get("x-clickhouse-exception-code")]).toEqual([400, "241"])
  })

  it("slows down who guesses", async () => {
    const tries = await Promise.all(Array.from({ length: 40 }, (_, at) => request("/?query=SELECT+1", {}, `guess-${at}`)))
    expect(tries.filter(({ status }) => status === 429).length).toBeGreaterThan(10)
    expect((await request("/?query=SELECT+1")).status).toBe(200)
  })
})

describe("judge", () => {
  it("takes words in literals for what they are", () => {
    expect(judge("SELECT * FROM activity WHERE kind = 'file' AND summary = 'INTO OUTFILE; it\\'s `file`' FORMAT JSON")).toMatchObject({
      format: "JSON",
    })
    expect(() => judge("SELECT `file` FROM t")).toThrow("file")
    expect(() => judge("SELECT 'x\\' INTO OUTFILE \\'' INTO OUTFILE 'y'")).toThrow("OUTFILE")
  })
})

describe("passwords", () => {
  it("verifies its own hashes and nothing else", async () => {
    const hash = await hashPassword("right")
    expect(await verifyPassword("right", hash)).toBe(true)
    expect(await verifyPassword("wrong", hash)).toBe(false)
    for (const broken of ["", "scrypt", "scrypt:1:1:1::", "plain:right", "scrypt:99999999:8:1:AAAA:AAAA"])
      expect(await verifyPassword("right", broken)).toBe(false)
  })
})
