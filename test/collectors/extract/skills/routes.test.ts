import { describe, expect, it } from "vitest"
import { routeOf } from "../../../../collectors/extract/skills/routes.ts"

describe("the ways by which skills travel", () => {
  it.each([
    [
      "raw.githubusercontent.com",
      "/o/r/refs/heads/main/skills/pdf/SKILL.md",
      { route: "github-raw", source: "github.com/o/r", ref: "main", file: "skills/pdf/SKILL.md" },
    ],
    ["codeload.github.com", "/o/r/zip/refs/tags/v1", { route: "github-archive", source: "github.com/o/r", ref: "v1", stripTop: true }],
    ["api.github.com", "/repos/o/r/tarball/main", { route: "github-archive", source: "github.com/o/r", ref: "main" }],
    ["github.com", "/o/r/archive/refs/heads/main.zip", { route: "github-archive", ref: "main" }],
    ["github.com", "/o/r/releases/download/v2/skill.zip", { route: "github-release", ref: "v2" }],
    ["api.github.com", "/repos/o/r/contents/skills/pdf?ref=dev", { route: "github-contents", file: "skills/pdf", ref: "dev" }],
    ["api.github.com", "/repos/o/r/git/blobs/0a1b", { route: "github-blob", ref: "0a1b" }],
    ["git.corp.example", "/team/skills.git/git-upload-pack", { route: "git", source: "git.corp.example/team/skills" }],
    [
      "gitlab.corp.example",
      "/team/skills/-/archive/main/skills-main.tar.gz",
      { route: "gitlab-archive", source: "gitlab.corp.example/team/skills", ref: "main" },
    ],
    ["gitlab.corp.example", "/team/skills/-/raw/main/pdf/SKILL.md", { route: "gitlab-raw", file: "pdf/SKILL.md" }],
    ["forge.example", "/o/r/archive/v1.zip", { route: "forge-archive", source: "forge.example/o/r", ref: "v1" }],
    ["forge.example", "/o/r/raw/branch/main/SKILL.md", { route: "forge-raw", ref: "main", file: "SKILL.md" }],
    ["huggingface.co", "/o/r/resolve/main/SKILL.md", { route: "huggingface", source: "huggingface.co/o/r", file: "SKILL.md" }],
    ["skills.example", "/api/download/o/r/pdf", { route: "skills-snapshot", source: "skills.example/o/r/pdf" }],
    ["hub.example", "/api/v1/download?slug=pdf&version=1.2", { route: "clawhub", source: "hub.example/pdf", version: "1.2" }],
    ["hub.example", "/api/v1/skills/pdf/file?path=a%2Fb.md", { route: "clawhub", source: "hub.example/pdf", file: "a/b.md" }],
    [
      "corp.example",
      "/docs/.well-known/agent-skills/pdf/SKILL.md",
      { route: "well-known", source: "corp.example/docs", file: "pdf/SKILL.md" },
    ],
    [
      "api.anthropic.com",
      "/v1/skills/skill_1/versions/3/content",
      { route: "vendor-download", source: "api.anthropic.com/skill_1", version: "3" },
    ],
    ["api.openai.com", "/v1/skills", { route: "vendor-upload" }],
    ["downloads.claude.ai", "/claude-code-releases/plugins/tools/0a1b.zip", { route: "claude-plugins", ref: "0a1b" }],
    [
      "mirror.corp.example",
      "/npm/@scope/skill/-/skill-1.2.3.tgz",
      { route: "npm", source: "npm:@scope/skill", version: "1.2.3", stripTop: true },
    ],
    [
      "mirror.corp.example",
      "/packages/ab/cd/skill_tools-1.0-py3-none-any.whl",
      { route: "pypi", source: "pypi:skill_tools", version: "1.0" },
    ],
    [
      "gitlab.com",
      "/api/v4/projects/12/repository/files/skills%2Fpdf%2FSKILL.md/raw?ref=main",
      { route: "gitlab-file", file: "skills/pdf/SKILL.md", ref: "main" },
    ],
    [
      "gitea.example",
      "/api/v1/repos/o/r/raw/skills/pdf/SKILL.md?ref=v1",
      { route: "forge-raw", source: "gitea.example/o/r", file: "skills/pdf/SKILL.md", ref: "v1" },
    ],
    ["gist.githubusercontent.com", "/u/abc/raw/SKILL.md", { route: "gist", source: "gist.github.com/u/abc", file: "SKILL.md" }],
    [
      "cdn.jsdelivr.net",
      "/gh/o/r@main/skills/pdf/SKILL.md",
      { route: "cdn", source: "github.com/o/r", ref: "main", file: "skills/pdf/SKILL.md" },
    ],
    ["cdn.jsdelivr.net", "/npm/@o/p@1.0.0/skills/pdf/SKILL.md", { route: "cdn", source: "npm:@o/p", version: "1.0.0" }],
    ["unpkg.com", "/p@1.0.0/skills/pdf/SKILL.md", { route: "cdn", source: "npm:p", version: "1.0.0", file: "skills/pdf/SKILL.md" }],
    ["corp.example", "/files/pdf.zip", { route: "direct", source: "corp.example/files" }],
  ])("knows %s%s", (host, target, wanted) => {
    expect(routeOf(host, target)).toMatchObject(wanted)
  })
})
