// Names that borrow another's trust: one or two letters away from a skill or package that many people install.

/** The popular name this one imitates, or undefined. */
export function imitated(name: string): string | undefined {
  const folded = name.toLowerCase().normalize("NFKC").replace(/[_ ]/g, "-")
  if (popular.has(folded) || folded.length < SHORTEST) return undefined
  const plain = folded.replace(/0/g, "o").replace(/[1|]/g, "l").replace(/3/g, "e").replace(/rn/g, "m").replace(/-/g, "")
  for (const known of popular) {
    const other = known.replace(/-/g, "")
    if (Math.abs(other.length - plain.length) > 1) continue
    if (plain === other) {
      if (folded.replace(/-/g, "") !== other) return known
      continue
    }
    if (other.length >= SHORTEST && isOneEditApart(plain, other)) return known
  }
  return undefined
}

/** One letter more, less, other, or two neighbours exchanged. */
function isOneEditApart(a: string, b: string): boolean {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let endA = a.length
  let endB = b.length
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  if (endA - start <= 1 && endB - start <= 1) return true
  return endA - start === 2 && endB - start === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}

const popular: ReadonlySet<string> = new Set(
  "clawhub,skill-creator,mcp-builder,frontend-design,webapp-testing,artifacts-builder,canvas-design,algorithmic-art,brand-guidelines,internal-comms,theme-factory,slack-gif-creator,document-skills,claude-code,openclaw,clawdbot,moltbot,github,playwright,puppeteer,supabase,postgres,telegram,whatsapp,polymarket,youtube,coinbase,metamask,phantom,summarize,obsidian,notion,browser-use,agent-browser,context7,sequential-thinking,filesystem,code-review,test-driven-development,systematic-debugging,superpowers,remotion,stripe,vercel,cloudflare,docker,kubernetes,terraform,gmail,google-workspace,google-drive,hyperliquid,binance,solana".split(
    ",",
  ),
)
const SHORTEST = 6
