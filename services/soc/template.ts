/** "{{agent}}" and "{{record.evidence.masked}}" become JSON text without its quotes, so that a template stays valid JSON whatever the value holds. */
export function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{\{\s*([\w.]{1,200})\s*\}\}/g, (_whole, path: string) => {
    let value: unknown = values
    for (const step of path.split("."))
      value =
        typeof value === "object" && value !== null && Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined
    if (value === undefined || value === null) return ""
    return typeof value === "string" ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value)
  })
}
