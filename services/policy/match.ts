// Whether a rule's conditions hold. Compiled once: patterns become tests, comparisons become numbers.
import ipaddr from "ipaddr.js"
import { type Severity, severityRank } from "../contracts/severity.ts"
import type { PolicyFacts } from "./facts.ts"
import type { Conditions } from "./schema.ts"
import { timeTest } from "./time.ts"

/** The part of a finding a rule may ask about. */
export interface FindingFacts {
  readonly rule: string
  readonly family: string
  readonly severity: Severity
  readonly confidence: number
  readonly place: string
}

export type Test = (facts: PolicyFacts, finding: FindingFacts | undefined) => boolean

export function compileConditions(when: Conditions): Test {
  const tests: Test[] = []
  const add = (value: string | readonly string[] | undefined, read: (facts: PolicyFacts) => string | undefined): void => {
    if (value === undefined) return
    const matches = anyPattern(value)
    tests.push((facts) => {
      const actual = read(facts)
      return actual !== undefined && matches(actual)
    })
  }
  add(when.agent, ({ agent }) => agent)
  add(when.workload, ({ workload }) => workload)
  add(when.destination_class, (facts) => facts.destinationClass)
  add(when.application, ({ application }) => application)
  add(when.provider, ({ provider }) => provider)
  add(when.mcp_server, ({ mcpServer }) => mcpServer)
  add(when.method, ({ method }) => method)
  add(when.vantage, ({ vantage }) => vantage)
  add(when.country, ({ country }) => country)
  add(when.email_domain, ({ emailDomain }) => emailDomain)
  if (when.destination !== undefined) tests.push(destinationTest(when.destination))
  if (when.port !== undefined) tests.push(({ port }) => [when.port].flat().includes(port))
  if (when.model !== undefined) tests.push(anyOf(when.model, ({ models }) => models))
  if (when.tool !== undefined) tests.push(anyOf(when.tool, ({ tools }) => tools))
  if (when.direction !== undefined) tests.push(({ direction }) => direction === when.direction)
  if (when.time !== undefined) tests.push(timeTest(when.time))
  tests.push(...findingTests(when))
  return (facts, finding) => tests.every((test) => test(facts, finding))
}

/** A rule that names something of a finding judges findings only. */
export function asksForFinding({ detector, family, rule, place, severity, confidence }: Conditions): boolean {
  return [detector, family, rule, place, severity, confidence].some((value) => value !== undefined)
}

export function anyPattern(value: string | readonly string[]): (text: string) => boolean {
  const tests = [value].flat().map(globTest)
  return (text) => tests.some((test) => test(text))
}

function findingTests(when: Conditions): Test[] {
  const tests: Test[] = []
  const onFinding = (test: (finding: FindingFacts) => boolean): void => {
    tests.push((_, finding) => finding !== undefined && test(finding))
  }
  if (when.detector !== undefined) {
    const matches = anyPattern(when.detector)
    onFinding(({ family, rule }) => matches(family) || matches(rule))
  }
  if (when.family !== undefined) onFinding(compose(anyPattern(when.family), ({ family }) => family))
  if (when.rule !== undefined) onFinding(compose(anyPattern(when.rule), ({ rule }) => rule))
  if (when.place !== undefined) onFinding(compose(anyPattern(when.place), ({ place }) => place))
  if (when.severity !== undefined) onFinding(severityTest(when.severity))
  if (when.confidence !== undefined) {
    const least = Number(when.confidence.slice(2))
    onFinding(({ confidence }) => confidence >= least)
  }
  return tests
}

function compose(test: (text: string) => boolean, read: (finding: FindingFacts) => string): (finding: FindingFacts) => boolean {
  return (finding) => test(read(finding))
}

function severityTest(condition: string): (finding: FindingFacts) => boolean {
  const least = condition.startsWith(">=")
  const rank = severityRank[(least ? condition.slice(2) : condition) as Severity]
  return ({ severity }) => (least ? severityRank[severity] >= rank : severityRank[severity] === rank)
}

function anyOf(value: string | readonly string[], read: (facts: PolicyFacts) => readonly string[]): Test {
  const matches = anyPattern(value)
  return (facts) => read(facts).some(matches)
}

/** Hosts by pattern on label boundaries, addresses by CIDR block. */
function destinationTest(value: string | readonly string[]): Test {
  const tests = [value].flat().map((entry): ((facts: PolicyFacts) => boolean) => {
    if (ipaddr.isValidCIDR(entry)) return cidrTest(entry)
    const matches = globTest(entry)
    return ({ host, ip }) => matches(host) || matches(ip)
  })
  return (facts) => tests.some((test) => test(facts))
}

function cidrTest(block: string): (facts: PolicyFacts) => boolean {
  const [network, bits] = ipaddr.parseCIDR(block)
  return ({ ip, host }) =>
    [ip, host].some((text) => {
      if (!ipaddr.isValid(text)) return false
      const address = ipaddr.process(text)
      return address.kind() === network.kind() && address.match(network, bits)
    })
}

/** Linear: no regular expression is built from what an operator typed. Case does not matter. */
function globTest(pattern: string): (text: string) => boolean {
  const wanted = pattern.toLowerCase()
  if (!/[*?]/.test(wanted)) return (text) => text.toLowerCase() === wanted
  return (text) => glob(wanted, text.toLowerCase())
}

function glob(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === "?" || (pattern[p] === text[t] && pattern[p] !== "*"))) {
      p++
      t++
    } else if (pattern[p] === "*") {
      star = p++
      mark = t
    } else if (star !== -1) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}
