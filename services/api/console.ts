// The built console: static files from one folder, held in memory, deep links answered with the page itself.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join, relative, sep } from "node:path"
import { gzipSync } from "node:zlib"
import type { OpenAPIHono } from "@hono/zod-openapi"
import type { ApiEnv } from "./parts.ts"
import { problemResponse } from "./problem.ts"

export function addConsole(app: OpenAPIHono<ApiEnv>, folder: string | undefined): void {
  const files = folder !== undefined && existsSync(folder) ? readFolder(folder) : new Map<string, StaticFile>()
  app.get("*", (context) => {
    const { path } = context.req
    if (path.startsWith("/v1/") || path.startsWith("/tenants/"))
      return problemResponse(context, { status: 404, title: "No such thing", detail: "See /v1/openapi.json for what there is." })
    const file = files.get(path === "/" ? "/index.html" : path) ?? (extname(path) === "" ? files.get("/index.html") : undefined)
    if (file === undefined)
      return problemResponse(context, {
        status: 404,
        title: "No such page",
        ...(files.size === 0 && { detail: "The console is not built; run npm run build." }),
      })
    const gzip = (context.req.header("accept-encoding") ?? "").includes("gzip")
    context.header("content-type", file.type)
    // Vite puts a hash of the content into every name below /assets.
    context.header("cache-control", path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache")
    if (gzip) context.header("content-encoding", "gzip")
    context.header("vary", "accept-encoding")
    return context.body(gzip ? file.gzip : file.bytes)
  })
}

interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer>
  readonly type: string
}

function readFolder(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name)
    if (!statSync(path).isFile() || name.endsWith(".map")) continue
    const bytes = new Uint8Array(readFileSync(path))
    files.set(`/${relative(folder, path).split(sep).join("/")}`, {
      bytes,
      gzip: new Uint8Array(gzipSync(bytes)),
      type: TYPES[extname(name)] ?? "application/octet-stream",
    })
  }
  return files
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".ico": "image/x-icon",
}
