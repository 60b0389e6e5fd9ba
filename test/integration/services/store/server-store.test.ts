// The same contract over a ClickHouse server: EGRET_TEST_CLICKHOUSE=http://user:password@host:8123, else a container when Docker answers.
import { randomBytes } from "node:crypto"
import { ClickHouseContainer } from "@testcontainers/clickhouse"
import { describe, it } from "vitest"
import { openStore } from "../../../../services/store/open-store.ts"
import { describeStore } from "../../../support/contract/store.ts"
import { missing } from "../../../support/requires.ts"

interface Server {
  readonly url: string
  readonly username: string
  readonly password: string
  stop(): Promise<unknown>
}

const server = await findServer()
const need = typeof server === "string" ? missing("clickhouse", server, { avoidable: false }) : undefined

if (typeof server === "string") describe("The store on a ClickHouse server", () => it.skip(`skipped: ${need?.reason ?? server}`))
else
  describeStore("The store on a ClickHouse server", async () => {
    const database = `egret_test_${randomBytes(4).toString("hex")}`
    const store = await openStore({ engine: "server", url: server.url, username: server.username, password: server.password, database })
    return {
      store,
      close: async () => {
        await store.command(`DROP DATABASE ${database}`)
        await store.close()
        await server.stop()
      },
    }
  })

async function findServer(): Promise<Server | string> {
  const given = process.env["EGRET_TEST_CLICKHOUSE"]
  if (given !== undefined && given !== "") {
    const url = new URL(given)
    return {
      url: url.origin,
      username: decodeURIComponent(url.username) || "default",
      password: decodeURIComponent(url.password),
      stop: async () => {},
    }
  }
  try {
    const container = await new ClickHouseContainer("clickhouse/clickhouse-server:26.7").start()
    return {
      url: container.getHttpUrl(),
      username: container.getUsername(),
      password: container.getPassword(),
      stop: () => container.stop(),
    }
  } catch (error) {
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n")
    return `no ClickHouse server: set EGRET_TEST_CLICKHOUSE or start Docker (${line.slice(0, 120)})`
  }
}
