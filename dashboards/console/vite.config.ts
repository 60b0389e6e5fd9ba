import { defineConfig } from "vite"

// Served by our own API under a policy without inline code: everything is a file of its own, small assets too.
export default defineConfig({
  root: import.meta.dirname,
  build: { outDir: "../../dist/console", emptyOutDir: true, assetsInlineLimit: 0, target: "es2022", modulePreload: { polyfill: false } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/v1": "http://127.0.0.1:8480", "/tenants": "http://127.0.0.1:8480" } },
})
