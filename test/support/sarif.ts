// What SARIF 2.1.0 (OASIS, section 3) demands of the objects we write: required properties, enumerations, ranges, and references that lead somewhere.
export function sarifProblems(log: unknown): string[] {
  const problems: string[] = []
  const say = (path: string, what: string): void => void problems.push(`${path}: ${what}`)
  const { version, runs, ...rest } = object(log)
  if (version !== "2.1.0") say("version", 'must be "2.1.0" (3.13.2)')
  for (const key of Object.keys(rest))
    if (!["$schema", "properties", "inlineExternalProperties"].includes(key)) say(key, "is no property of a log")
  if (!Array.isArray(runs)) say("runs", "must be an array (3.13.4)")
  for (const [at, run] of list(runs).entries()) checkRun(object(run), `runs[${at}]`, say)
  return problems
}

type Say = (path: string, what: string) => void

function checkRun({ tool, results, columnKind }: Record<string, unknown>, path: string, say: Say): void {
  const driver = object(object(tool)["driver"])
  if (!isText(driver["name"])) say(`${path}.tool.driver.name`, "is required (3.19.8)")
  if (columnKind !== undefined && columnKind !== "utf16CodeUnits" && columnKind !== "unicodeCodePoints")
    say(`${path}.columnKind`, "unknown (3.14.17)")
  const rules = list(driver["rules"]).map((rule, at) => {
    const { id, shortDescription } = object(rule)
    if (!isText(id)) say(`${path}.tool.driver.rules[${at}].id`, "is required (3.49.3)")
    if (shortDescription !== undefined && !isText(object(shortDescription)["text"]))
      say(`${path}.tool.driver.rules[${at}].shortDescription.text`, "is required")
    return id
  })
  if (new Set(rules).size !== rules.length) say(`${path}.tool.driver.rules`, "must be unique (3.19.23)")
  for (const [at, result] of list(results).entries()) {
    const { ruleId } = object(result)
    if (!rules.includes(ruleId)) say(`${path}.results[${at}].ruleId`, "names no rule of the driver")
    checkResult(object(result), `${path}.results[${at}]`, say)
  }
}

function checkResult({ message, level, locations, partialFingerprints }: Record<string, unknown>, path: string, say: Say): void {
  if (!isText(object(message)["text"])) say(`${path}.message.text`, "is required (3.27.11)")
  if (!["none", "note", "warning", "error"].includes(String(level))) say(`${path}.level`, "unknown (3.27.10)")
  for (const [name, value] of Object.entries(object(partialFingerprints)))
    if (!/^[^/]+\/v\d+$/.test(name) || !isText(value)) say(`${path}.partialFingerprints`, "must be texts by versioned names (3.27.17)")
  for (const [at, location] of list(locations).entries()) {
    const { artifactLocation, region } = object(object(location)["physicalLocation"])
    const uri = object(artifactLocation)["uri"]
    if (!isText(uri) || !URL.canParse(uri, "file:///base/") || /[\s<>"{}|\\^`]/.test(uri))
      say(`${path}.locations[${at}].uri`, "must be a URI reference (3.4.3)")
    checkRegion(object(region), `${path}.locations[${at}].region`, say)
  }
}

function checkRegion(region: Record<string, unknown>, path: string, say: Say): void {
  const number = (name: string): number => (typeof region[name] === "number" ? region[name] : Number.NaN)
  for (const name of ["startLine", "startColumn", "endLine", "endColumn"])
    if (!(number(name) >= 1)) say(`${path}.${name}`, "must be 1 or more (3.30)")
  for (const name of ["charOffset", "charLength"]) if (!(number(name) >= 0)) say(`${path}.${name}`, "must be 0 or more (3.30)")
  if (number("endLine") < number("startLine")) say(path, "ends before it begins")
  if (number("endLine") === number("startLine") && number("endColumn") - number("startColumn") !== number("charLength"))
    say(path, "columns and characters must tell the same region (3.30.2)")
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== ""
}
