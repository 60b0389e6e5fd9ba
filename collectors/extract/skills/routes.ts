// Which of the known ways a transfer is, from its host and path alone. Package registries are recognised by path shape, so that mirrors count too.

export interface Route {
  readonly route: string
  readonly source: string
  readonly ref?: string
  readonly version?: string
  /** Path of the file inside the source, for routes that fetch file by file. */
  readonly file?: string
  /** The archive has one top folder ("repo-sha/", "package/") that is not part of the skill's path. */
  readonly stripTop?: boolean
}

export function routeOf(host: string, target: string): Route {
  const [path = "", query = ""] = target.split("?", 2)
  const parameters = new URLSearchParams(query)
  for (const [pattern, read] of ROUTES) {
    const match = pattern.exec(`${host}${path}`)
    if (match !== null)
      return read(
        match.map((group) => safeDecode(group ?? "")),
        parameters,
      )
  }
  return { route: "direct", source: `${host}${folderOf(path)}` }
}

type Reader = (groups: readonly string[], parameters: URLSearchParams) => Route

const ROUTES: readonly (readonly [RegExp, Reader])[] = [
  [
    /^raw\.githubusercontent\.com\/([^/]+)\/([^/]+)\/(?:refs\/(?:heads|tags)\/)?([^/]+)\/(.+)$/,
    ([, owner = "", repo = "", ref = "", file = ""]) => ({ route: "github-raw", source: `github.com/${owner}/${repo}`, ref, file }),
  ],
  [
    /^codeload\.github\.com\/([^/]+)\/([^/]+)\/(?:zip|tar\.gz|legacy\.zip|legacy\.tar\.gz)\/(.+)$/,
    ([, owner = "", repo = "", ref = ""]) => ({
      route: "github-archive",
      source: `github.com/${owner}/${repo}`,
      ref: ref.replace(/^refs\/(heads|tags)\//, ""),
      stripTop: true,
    }),
  ],
  [
    /^api\.github\.com\/repos\/([^/]+)\/([^/]+)\/(?:zipball|tarball)(?:\/(.+))?$/,
    ([, owner = "", repo = "", ref = ""]) => ({ route: "github-archive", source: `github.com/${owner}/${repo}`, ref, stripTop: true }),
  ],
  [
    /^(?:www\.)?github\.com\/([^/]+)\/([^/]+)\/archive\/(.+?)\.(?:zip|tar\.gz)$/,
    ([, owner = "", repo = "", ref = ""]) => ({
      route: "github-archive",
      source: `github.com/${owner}/${repo}`,
      ref: ref.replace(/^refs\/(heads|tags)\//, ""),
      stripTop: true,
    }),
  ],
  [
    /^(?:www\.)?github\.com\/([^/]+)\/([^/]+)\/releases\/download\/([^/]+)\//,
    ([, owner = "", repo = "", ref = ""]) => ({ route: "github-release", source: `github.com/${owner}/${repo}`, ref }),
  ],
  [
    /^api\.github\.com\/repos\/([^/]+)\/([^/]+)\/contents\/(.*)$/,
    ([, owner = "", repo = "", file = ""], parameters) => ({
      route: "github-contents",
      source: `github.com/${owner}/${repo}`,
      file,
      ref: parameters.get("ref") ?? "HEAD",
    }),
  ],
  [
    /^api\.github\.com\/repos\/([^/]+)\/([^/]+)\/git\/blobs\/([0-9a-f]+)$/,
    ([, owner = "", repo = "", ref = ""]) => ({ route: "github-blob", source: `github.com/${owner}/${repo}`, ref }),
  ],
  [/^([^/]+)\/(.+?)(?:\.git)?\/git-(?:upload|receive)-pack$/, ([, host = "", repo = ""]) => ({ route: "git", source: `${host}/${repo}` })],
  [
    /^([^/]+)\/(.+?)\/-\/archive\/([^/]+)\//,
    ([, host = "", repo = "", ref = ""]) => ({ route: "gitlab-archive", source: `${host}/${repo}`, ref, stripTop: true }),
  ],
  [
    /^([^/]+)\/(.+?)\/-\/raw\/([^/]+)\/(.+)$/,
    ([, host = "", repo = "", ref = "", file = ""]) => ({ route: "gitlab-raw", source: `${host}/${repo}`, ref, file }),
  ],
  [
    /^([^/]+)\/api\/v4\/projects\/([^/]+)\/repository\/files\/([^/]+)(?:\/raw)?$/,
    ([, host = "", repo = "", file = ""], parameters) => ({
      route: "gitlab-file",
      source: `${host}/${repo}`,
      file,
      ref: parameters.get("ref") ?? "HEAD",
    }),
  ],
  [
    /^([^/]+)\/api\/v1\/repos\/([^/]+\/[^/]+)\/(?:raw|contents|media)\/(.+)$/,
    ([, host = "", repo = "", file = ""], parameters) => ({
      route: "forge-raw",
      source: `${host}/${repo}`,
      file,
      ref: parameters.get("ref") ?? "HEAD",
    }),
  ],
  [
    /^gist\.githubusercontent\.com\/([^/]+)\/([^/]+)\/raw\/(?:([0-9a-f]{40})\/)?(.+)$/,
    ([, owner = "", id = "", ref = "", file = ""]) => ({
      route: "gist",
      source: `gist.github.com/${owner}/${id}`,
      ...(ref !== "" && { ref }),
      file,
    }),
  ],
  // Mirrors of repositories and packages, file by file.
  [
    /^[^/]*\.jsdelivr\.net\/gh\/([^/]+)\/([^/@]+)(?:@([^/]+))?\/(.+)$/,
    ([, owner = "", repo = "", ref = "", file = ""]) => ({ route: "cdn", source: `github.com/${owner}/${repo}`, ref: ref || "HEAD", file }),
  ],
  [
    /^(?:[^/]*\.jsdelivr\.net\/npm|unpkg\.com|esm\.sh)\/((?:@[^/]+\/)?[^/@]+)(?:@([^/]+))?\/(.+)$/,
    ([, name = "", version = "", file = ""]) => ({ route: "cdn", source: `npm:${name}`, ...versionOf(version), file }),
  ],
  [
    /^([^/]+)\/([^/]+\/[^/]+)\/(?:repository\/archive\.zip|archive\/([^/]+)\.(?:zip|tar\.gz))$/,
    ([, host = "", repo = "", ref = ""]) => ({ route: "forge-archive", source: `${host}/${repo}`, ref, stripTop: true }),
  ],
  [
    /^([^/]+)\/([^/]+\/[^/]+)\/raw\/(?:branch\/|commit\/|tag\/)?([^/]+)\/(.+)$/,
    ([, host = "", repo = "", ref = "", file = ""]) => ({ route: "forge-raw", source: `${host}/${repo}`, ref, file }),
  ],
  [
    /^((?:[^/]*\.)?huggingface\.co)\/(.+?)\/resolve\/([^/]+)\/(.+)$/,
    ([, host = "", repo = "", ref = "", file = ""]) => ({ route: "huggingface", source: `${host}/${repo}`, ref, file }),
  ],
  [
    /^([^/]+)\/api\/download\/([^/]+)\/([^/]+)\/([^/]+)$/,
    ([, host = "", owner = "", repo = "", slug = ""]) => ({ route: "skills-snapshot", source: `${host}/${owner}/${repo}/${slug}` }),
  ],
  [
    /^([^/]+)\/api\/v1\/download$/,
    ([, host = ""], parameters) => ({
      route: "clawhub",
      source: `${host}/${parameters.get("slug") ?? ""}`,
      ...versionOf(parameters.get("version")),
    }),
  ],
  [
    /^([^/]+)\/api\/v1\/skills\/([^/]+)\/(?:install|file|versions\/([^/]+))/,
    ([, host = "", slug = "", version = ""], parameters) => ({
      route: "clawhub",
      source: `${host}/${slug}`,
      ...versionOf(version),
      ...fileOf(parameters.get("path")),
    }),
  ],
  [
    /^([^/]+)\/api\/v1\/(?:agent-skills\/(.+)\/archive|packages\/(.+)\/download)$/,
    ([, host = "", skill = "", packaged = ""]) => ({ route: "clawhub", source: `${host}/${skill || packaged}` }),
  ],
  [
    /^([^/]+)(\/.*)?\/\.well-known\/(?:agent-)?skills\/(.*)$/,
    ([, host = "", base = "", file = ""]) => ({ route: "well-known", source: `${host}${base}`, file }),
  ],
  [
    /^([^/]+)\/v1\/skills\/([^/]+)(?:\/versions\/([^/]+))?\/content$/,
    ([, host = "", id = "", version = ""]) => ({ route: "vendor-download", source: `${host}/${id}`, ...versionOf(version) }),
  ],
  [
    /^([^/]+)\/v1\/skills(?:\/([^/]+)\/versions)?$/,
    ([, host = "", id = ""]) => ({ route: "vendor-upload", source: id === "" ? host : `${host}/${id}` }),
  ],
  [
    /^downloads\.claude\.ai\/claude-code-releases\/plugins\/([^/]+)\/([0-9a-f]+)\.zip$/,
    ([, name = "", ref = ""]) => ({ route: "claude-plugins", source: `downloads.claude.ai/${name}`, ref }),
  ],
  // npm: /{name}/-/{file}-{version}.tgz, scoped names included.
  [
    /^[^/]+\/(?:.*?\/)?((?:@[^/]+\/)?[^/]+)\/-\/[^/]*?-(\d[^/]*)\.tgz$/,
    ([, name = "", version = ""]) => ({ route: "npm", source: `npm:${name}`, version, stripTop: true }),
  ],
  // Python: /packages/xx/yy/…/{name}-{version}-….whl or .tar.gz
  [
    /^[^/]+\/(?:.*\/)?packages\/(?:.*\/)?([A-Za-z0-9_.]+?)-(\d[^-/]*)(?:-[^/]*)?\.(?:whl|tar\.gz)$/,
    ([, name = "", version = ""]) => ({ route: "pypi", source: `pypi:${name}`, version, stripTop: true }),
  ],
]

function versionOf(version: string | null): { version?: string } {
  return version === null || version === "" ? {} : { version }
}

function fileOf(file: string | null): { file?: string } {
  return file === null ? {} : { file }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"))
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
