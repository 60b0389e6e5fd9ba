// The import rules of docs/architecture.md as data. `rooms`: other rooms it may import; `packages`: npm packages and node: modules it may use.

interface RoomRule {
  readonly rooms: readonly string[]
  readonly packages: readonly string[]
}

const io = ["node:*"]

export const roomRules: Readonly<Record<string, RoomRule>> = {
  "services/contracts": { rooms: [], packages: ["zod"] },
  "collectors/wire": { rooms: [], packages: ["node:crypto", "node:zlib", "fzstd"] },
  "collectors/extract": { rooms: ["collectors/wire", "services/contracts"], packages: ["node:crypto", "node:zlib", "yaml", "fzstd"] },
  detectors: { rooms: ["services/contracts"], packages: ["node:crypto", "node:zlib", "node:url", "ipaddr.js", "tldts", "mmdb-lib"] },
  "services/policy": { rooms: ["services/contracts"], packages: ["yaml", "zod", "ipaddr.js"] },
  "services/runtime": { rooms: ["services/contracts"], packages: [...io, "pino", "pino-pretty", "prom-client", "yaml", "zod"] },
  "services/bus": { rooms: ["services/contracts", "services/runtime"], packages: [...io, "kafkajs"] },
  "services/store": { rooms: ["services/contracts", "services/runtime"], packages: [...io, "@clickhouse/client", "chdb", "zod"] },
  "services/sandbox": { rooms: ["services/contracts", "services/runtime"], packages: [...io, "zod"] },
  "services/soc": { rooms: ["services/contracts", "services/runtime"], packages: [...io, "zod", "kafkajs", "jose", "@aws-sdk/client-ec2"] },
  "services/respond": { rooms: ["services/contracts", "services/runtime"], packages: [...io, "zod", "@aws-sdk/client-ec2"] },
  "services/mirroring": {
    rooms: ["services/contracts", "services/runtime"],
    packages: [...io, "zod", "@aws-sdk/client-ec2", "@aws-sdk/client-elastic-load-balancing-v2", "ipaddr.js"],
  },
  "services/detect": {
    rooms: ["services/contracts", "services/runtime", "services/policy", "detectors"],
    packages: [...io, "piscina", "lru-cache"],
  },
  "services/api": {
    rooms: ["services/contracts", "services/runtime", "services/store"],
    packages: [...io, "hono", "@hono/node-server", "@hono/zod-openapi", "jose", "zod"],
  },
  "services/cli": { rooms: ["*"], packages: ["*"] },
  // capture makes the batches that wire defines and reads.
  "collectors/capture": { rooms: ["services/contracts", "services/runtime", "collectors/wire"], packages: [...io, "pcap"] },
  "collectors/reset": { rooms: ["collectors/capture", "collectors/wire", "services/runtime", "services/contracts"], packages: [...io] },
  "collectors/keys": { rooms: ["services/contracts", "services/runtime", "collectors/wire"], packages: [...io, "lru-cache"] },
  "collectors/sensor": {
    rooms: [
      "collectors/capture",
      "collectors/keys",
      "collectors/wire",
      "collectors/extract",
      "services/bus",
      "services/runtime",
      "services/contracts",
    ],
    packages: [...io],
  },
  "collectors/gateway": {
    rooms: ["collectors/wire", "collectors/extract", "detectors", "services/policy", "services/runtime", "services/contracts"],
    packages: [...io, "lru-cache"],
  },
  "collectors/sdk": {
    rooms: ["collectors/wire", "collectors/extract", "detectors", "services/policy", "services/runtime", "services/contracts"],
    packages: [...io],
  },
  "dashboards/console": { rooms: ["services/contracts"], packages: ["preact", "@preact/signals", "uplot", "vite"] },
}

export const pureRooms = ["collectors/wire", "collectors/extract", "detectors", "services/policy"] as const

export const forbiddenInPureRooms: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: "Date.now", pattern: /\bDate\.now\s*\(/ },
  { name: "new Date() without a time", pattern: /\bnew Date\(\s*\)/ },
  { name: "a clock", pattern: /\bperformance\.now\s*\(|\bprocess\.hrtime\b/ },
  { name: "a timer", pattern: /\b(setTimeout|setInterval|setImmediate)\s*\(/ },
  { name: "the process", pattern: /\bprocess\.(env|exit|stdout|stderr)\b/ },
  { name: "the console", pattern: /\bconsole\.\w+\s*\(/ },
  { name: "await", pattern: /\bawait\s/ },
  { name: "randomness", pattern: /\bMath\.random\s*\(|\brandomBytes\b|\brandomUUID\b/ },
]
