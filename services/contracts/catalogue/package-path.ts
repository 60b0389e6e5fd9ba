// Package downloads by the shape of their path: mirrors and private registries have any host.

export interface PackagePath {
  readonly ecosystem: "npm" | "pypi" | "crates" | "go" | "rubygems" | "maven" | "nuget" | "oci"
  readonly name: string
  readonly version?: string
}

export function packageOfPath(path: string): PackagePath | undefined {
  const bare = path.split("?", 1)[0] ?? ""
  if (bare.length > MAX_PATH) return undefined
  for (const { ecosystem, pattern } of SHAPES) {
    const groups = pattern.exec(bare)?.groups
    const name = groups?.["name"]
    if (name === undefined) continue
    const version = groups?.["version"]
    return { ecosystem, name: decode(name), ...(version !== undefined && { version: decode(version) }) }
  }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const MAX_PATH = 2_048
const SHAPES: readonly { readonly ecosystem: PackagePath["ecosystem"]; readonly pattern: RegExp }[] = [
  { ecosystem: "npm", pattern: /\/(?<name>(?:@[^/]+\/|@[^/]+%2[fF])?[^/@]+)\/-\/(?:@[^/]+\/)?[^/]+?-(?<version>\d[^/]*)\.tgz$/ },
  {
    ecosystem: "pypi",
    pattern: /\/packages\/(?:[^/]+\/){1,4}(?<name>[A-Za-z0-9._]+)-(?<version>\d[^-/]*)(?:-[^/]*)?\.(?:whl|tar\.gz|zip)$/,
  },
  { ecosystem: "crates", pattern: /\/(?:api\/v1\/crates|crates)\/(?<name>[A-Za-z0-9_-]+)\/(?<version>[^/]+)\/download$/ },
  { ecosystem: "go", pattern: /^\/(?<name>[^@]+)\/@v\/(?<version>v[^/]+)\.(?:zip|mod|info)$/ },
  { ecosystem: "rubygems", pattern: /\/gems\/(?<name>[A-Za-z0-9_.-]+)-(?<version>\d[^/-]*)\.gem$/ },
  { ecosystem: "nuget", pattern: /\/(?<name>[A-Za-z0-9_.-]+)\/(?<version>\d[^/]*)\/[^/]+\.nupkg$/ },
  { ecosystem: "maven", pattern: /\/maven2\/(?<name>.+)\/(?<version>[^/]+)\/[^/]+\.(?:jar|pom)$/ },
  { ecosystem: "oci", pattern: /^\/v2\/(?<name>[a-z0-9._/-]+)\/(?:manifests|blobs)\/(?<version>[^/]+)$/ },
]
