// The EC2 query protocol: form parameters with dots ("TagSpecification.1.Tag.1.Key"), answers in XML whose lists are <item>s.

export type Xml = string | readonly Xml[] | { [key: string]: Xml }

export function parseForm(body: string): { [key: string]: Xml } {
  const root: { [key: string]: Xml } = {}
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(".")
    let at = root
    for (const step of path.slice(0, -1)) {
      at[step] ??= {}
      at = at[step] as { [key: string]: Xml }
    }
    at[path.at(-1) ?? ""] = value
  }
  return root
}

export function answerXml(action: string, answer: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${xml(answer)}</${action}Response>`
}

export function errorXml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error></Errors><RequestID>r</RequestID></Response>`
}

function xml(value: Xml): string {
  if (typeof value === "string") return escaped(value)
  if (Array.isArray(value)) return value.map((item: Xml) => `<item>${xml(item)}</item>`).join("")
  return Object.entries(value)
    .map(([name, inner]) => (inner === "" ? "" : `<${name}>${xml(inner)}</${name}>`))
    .join("")
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}
