// An EC2 endpoint that behaves: state, limits, client tokens, dry runs, throttling, listings that lag behind, errors in the wire format. The real SDK
// talks HTTP to it. Faults are injected before or after a call takes effect, so that every crash point can be tried.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { changeAccess, describeAcls, describeGroups, describeInterfaces } from "./access.ts"
import { answerXml, errorXml, parseForm, type Xml } from "./wire.ts"

export type Item = { [key: string]: Xml }

export class Ec2Error extends Error {
  readonly code: string
  constructor(code: string, message = code) {
    super(message)
    this.code = code
  }
}

export interface World {
  addresses: Item[]
  interfaces: Item[]
  natGateways: Item[]
  routeTables: Item[]
  subnets: Item[]
  vpcs: Item[]
  instances: Item[]
  securityGroups: Item[]
  networkAcls: Item[]
}

export class FakeEc2 {
  readonly world: World
  readonly targets = new Map<string, Item>()
  readonly filters = new Map<string, Item>()
  readonly sessions = new Map<string, Item>()
  /** Every action in order, reads included. */
  readonly calls: string[] = []
  /** Called before a changing call takes effect and after it did: throw to fail it there. */
  onChange: (action: string, when: "before" | "after", index: number) => void = () => {}
  /** The next so many calls are refused as too many. */
  throttle = 0
  /** Listings show a new thing only after so many further calls. */
  lag = 0
  readonly #tokens = new Map<string, { parameters: string; answer: Xml }>()
  readonly #visibleAt = new Map<string, number>()
  #next = 1
  #changes = 0
  #server: Server | undefined

  constructor(world: Partial<World> = {}) {
    this.world = {
      addresses: [],
      interfaces: [],
      natGateways: [],
      routeTables: [],
      subnets: [],
      vpcs: [],
      instances: [],
      securityGroups: [],
      networkAcls: [],
      ...world,
    }
  }

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const parameters = parseForm(Buffer.concat(chunks).toString("utf8"))
        const action = String(parameters["Action"])
        try {
          const answer = this.#handle(action, parameters)
          response.writeHead(200, { "content-type": "text/xml" }).end(answerXml(action, answer))
        } catch (error) {
          if (!(error instanceof Ec2Error)) {
            // An injected crash: the connection breaks and nobody answers.
            request.socket.destroy()
            return
          }
          response
            .writeHead(error.code === "RequestLimitExceeded" ? 503 : 400, { "content-type": "text/xml" })
            .end(errorXml(error.code, error.message))
        }
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server?.closeAllConnections()
      this.#server?.close(() => resolve())
    })
  }

  get everything(): string[] {
    return [...this.targets.keys(), ...this.filters.keys(), ...this.sessions.keys()]
  }

  #handle(action: string, parameters: Item): Xml {
    this.calls.push(action)
    if (this.throttle > 0) {
      this.throttle -= 1
      throw new Ec2Error("RequestLimitExceeded", "Request limit exceeded.")
    }
    if (action.startsWith("Describe")) return this.#describe(action, parameters)
    if (parameters["DryRun"] === "true") throw new Ec2Error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    const index = this.#changes++
    this.onChange(action, "before", index)
    const answer = this.#once(action, parameters)
    this.onChange(action, "after", index)
    return answer
  }

  /** Same token, same parameters: the same answer, even when the thing is gone by now. */
  #once(action: string, parameters: Item): Xml {
    const { ClientToken: token, ...rest } = parameters
    if (token === undefined) return this.#change(action, parameters)
    const key = `${action} ${String(token)}`
    const known = this.#tokens.get(key)
    if (known !== undefined) {
      if (known.parameters !== JSON.stringify(rest)) throw new Ec2Error("IdempotentParameterMismatch")
      return known.answer
    }
    const answer = this.#change(action, parameters)
    this.#tokens.set(key, { parameters: JSON.stringify(rest), answer })
    return answer
  }

  #change(action: string, parameters: Item): Xml {
    switch (action) {
      case "CreateTrafficMirrorTarget":
        return this.#createTarget(parameters)
      case "CreateTrafficMirrorFilter":
        return {
          trafficMirrorFilter: this.#add(
            this.filters,
            "tmf",
            {
              description: text(parameters["Description"]),
              ingressFilterRuleSet: [],
              egressFilterRuleSet: [],
              networkServiceSet: [],
              tagSet: tagsOf(parameters),
            },
            "trafficMirrorFilterId",
          ),
        }
      case "CreateTrafficMirrorFilterRule":
        return this.#createRule(parameters)
      case "CreateTrafficMirrorSession":
        return this.#createSession(parameters)
      case "ModifyTrafficMirrorSession":
        return this.#modifySession(parameters)
      case "ModifyTrafficMirrorFilterNetworkServices":
        return this.#modifyServices(parameters)
      case "DeleteTrafficMirrorSession":
        return this.#remove(this.sessions, text(parameters["TrafficMirrorSessionId"]), "InvalidTrafficMirrorSessionId.NotFound")
      case "DeleteTrafficMirrorFilterRule":
        return this.#deleteRule(text(parameters["TrafficMirrorFilterRuleId"]))
      case "DeleteTrafficMirrorFilter":
        this.#refuseInUse("trafficMirrorFilterId", text(parameters["TrafficMirrorFilterId"]), "TrafficMirrorFilterInUse")
        return this.#remove(this.filters, text(parameters["TrafficMirrorFilterId"]), "InvalidTrafficMirrorFilterId.NotFound")
      case "DeleteTrafficMirrorTarget":
        this.#refuseInUse("trafficMirrorTargetId", text(parameters["TrafficMirrorTargetId"]), "TrafficMirrorTargetInUse")
        return this.#remove(this.targets, text(parameters["TrafficMirrorTargetId"]), "InvalidTrafficMirrorTargetId.NotFound")
      default: {
        const changed = changeAccess(this.world, action, parameters)
        if (changed !== undefined) return changed
        throw new Ec2Error("InvalidAction", `The action ${action} is not valid for this web service.`)
      }
    }
  }

  #createTarget(parameters: Item): Xml {
    const networkInterfaceId = text(parameters["NetworkInterfaceId"])
    const type = this.world.interfaces.find((item) => item["networkInterfaceId"] === networkInterfaceId)?.["interfaceType"]
    if (networkInterfaceId !== "" && type !== "interface")
      throw new Ec2Error("InvalidParameterValue", "The network interface cannot be a traffic mirror target.")
    const item = {
      ...(networkInterfaceId !== "" && { networkInterfaceId }),
      networkLoadBalancerArn: text(parameters["NetworkLoadBalancerArn"]),
      tagSet: tagsOf(parameters),
    }
    return { trafficMirrorTarget: this.#add(this.targets, "tmt", item, "trafficMirrorTargetId") }
  }

  #createRule(parameters: Item): Xml {
    const filter = this.filters.get(text(parameters["TrafficMirrorFilterId"]))
    if (filter === undefined) throw new Ec2Error("InvalidTrafficMirrorFilterId.NotFound")
    const direction = text(parameters["TrafficDirection"])
    const set = filter[direction === "egress" ? "egressFilterRuleSet" : "ingressFilterRuleSet"] as Item[]
    const all = [...(filter["egressFilterRuleSet"] as Item[]), ...(filter["ingressFilterRuleSet"] as Item[])]
    if (all.length >= 10) throw new Ec2Error("TrafficMirrorFilterRuleLimitExceeded")
    if (set.some((rule) => rule["ruleNumber"] === parameters["RuleNumber"])) throw new Ec2Error("TrafficMirrorFilterRuleAlreadyExists")
    const rule: Item = {
      trafficMirrorFilterRuleId: this.#id("tmfr"),
      trafficMirrorFilterId: text(parameters["TrafficMirrorFilterId"]),
      trafficDirection: direction,
      ruleNumber: text(parameters["RuleNumber"]),
      ruleAction: text(parameters["RuleAction"]),
      sourceCidrBlock: text(parameters["SourceCidrBlock"]),
      destinationCidrBlock: text(parameters["DestinationCidrBlock"]),
    }
    set.push(rule)
    return { trafficMirrorFilterRule: rule }
  }

  #createSession(parameters: Item): Xml {
    const on = text(parameters["NetworkInterfaceId"])
    const found = this.world.interfaces.find((item) => item["networkInterfaceId"] === on)
    if (found?.["interfaceType"] !== "interface") throw new Ec2Error("InvalidParameterValue", `${on} cannot be a traffic mirror source.`)
    if (!this.targets.has(text(parameters["TrafficMirrorTargetId"]))) throw new Ec2Error("InvalidTrafficMirrorTargetId.NotFound")
    if (!this.filters.has(text(parameters["TrafficMirrorFilterId"]))) throw new Ec2Error("InvalidTrafficMirrorFilterId.NotFound")
    const others = [...this.sessions.values()].filter((session) => session["networkInterfaceId"] === on)
    if (others.length >= 3) throw new Ec2Error("TrafficMirrorSessionsPerInterfaceLimitExceeded")
    if (others.some((session) => session["sessionNumber"] === parameters["SessionNumber"]))
      throw new Ec2Error("TrafficMirrorSessionNumberConflict")
    const vni = text(parameters["VirtualNetworkId"])
    const item = {
      networkInterfaceId: on,
      trafficMirrorTargetId: text(parameters["TrafficMirrorTargetId"]),
      trafficMirrorFilterId: text(parameters["TrafficMirrorFilterId"]),
      sessionNumber: text(parameters["SessionNumber"]),
      virtualNetworkId: vni,
      tagSet: tagsOf(parameters),
    }
    return { trafficMirrorSession: this.#add(this.sessions, "tms", item, "trafficMirrorSessionId") }
  }

  #modifySession(parameters: Item): Xml {
    const session = this.sessions.get(text(parameters["TrafficMirrorSessionId"]))
    if (session === undefined) throw new Ec2Error("InvalidTrafficMirrorSessionId.NotFound")
    for (const [from, to] of [
      ["TrafficMirrorTargetId", "trafficMirrorTargetId"],
      ["TrafficMirrorFilterId", "trafficMirrorFilterId"],
      ["SessionNumber", "sessionNumber"],
      ["VirtualNetworkId", "virtualNetworkId"],
    ] as const) {
      if (parameters[from] !== undefined) session[to] = text(parameters[from])
    }
    if (JSON.stringify(parameters["RemoveField"] ?? "").includes("packet-length")) delete session["packetLength"]
    return { trafficMirrorSession: session }
  }

  #modifyServices(parameters: Item): Xml {
    const filter = this.filters.get(text(parameters["TrafficMirrorFilterId"]))
    if (filter === undefined) throw new Ec2Error("InvalidTrafficMirrorFilterId.NotFound")
    const add = Object.values((parameters["AddNetworkService"] ?? {}) as Item)
    const remove = Object.values((parameters["RemoveNetworkService"] ?? {}) as Item)
    filter["networkServiceSet"] = [...new Set([...(filter["networkServiceSet"] as string[]), ...add])].filter(
      (service) => !remove.includes(service),
    ) as Xml
    return { trafficMirrorFilter: filter }
  }

  #deleteRule(id: string): Xml {
    for (const filter of this.filters.values()) {
      for (const set of ["egressFilterRuleSet", "ingressFilterRuleSet"]) {
        const rules = filter[set] as Item[]
        const at = rules.findIndex((rule) => rule["trafficMirrorFilterRuleId"] === id)
        if (at >= 0) {
          rules.splice(at, 1)
          return { trafficMirrorFilterRuleId: id }
        }
      }
    }
    throw new Ec2Error("InvalidTrafficMirrorFilterRuleId.NotFound")
  }

  #refuseInUse(field: string, id: string, code: string): void {
    if ([...this.sessions.values()].some((session) => session[field] === id)) throw new Ec2Error(code, `${id} is in use by a session.`)
  }

  #add(map: Map<string, Item>, prefix: string, item: Item, idField: string): Item {
    const id = this.#id(prefix)
    const whole: Item = { [idField]: id, ownerId: "111122223333", ...item }
    map.set(id, whole)
    this.#visibleAt.set(id, this.calls.length + this.lag)
    return whole
  }

  #remove(map: Map<string, Item>, id: string, missing: string): Xml {
    if (!map.delete(id)) throw new Ec2Error(missing, `${id} does not exist.`)
    return { return: "true" }
  }

  #id(prefix: string): string {
    return `${prefix}-${(this.#next++).toString(16).padStart(17, "0")}`
  }

  #describe(action: string, parameters: Item): Xml {
    const { world } = this
    const visible = (map: Map<string, Item>) =>
      [...map].filter(([id]) => (this.#visibleAt.get(id) ?? 0) <= this.calls.length).map(([, item]) => item)
    switch (action) {
      case "DescribeAddresses":
        return { addressesSet: world.addresses }
      case "DescribeNetworkInterfaces":
        return describeInterfaces(world, parameters)
      case "DescribeNatGateways":
        return { natGatewaySet: world.natGateways }
      case "DescribeRouteTables":
        return { routeTableSet: world.routeTables }
      case "DescribeSubnets":
        return { subnetSet: world.subnets }
      case "DescribeVpcs":
        return { vpcSet: world.vpcs }
      case "DescribeInstances":
        return { reservationSet: [{ instancesSet: world.instances }] }
      case "DescribeSecurityGroups":
        return describeGroups(world, parameters)
      case "DescribeNetworkAcls":
        return describeAcls(world, parameters)
      case "DescribeTrafficMirrorTargets":
        return { trafficMirrorTargetSet: visible(this.targets) }
      case "DescribeTrafficMirrorFilters":
        return { trafficMirrorFilterSet: visible(this.filters) }
      case "DescribeTrafficMirrorSessions":
        return { trafficMirrorSessionSet: visible(this.sessions) }
      default:
        throw new Ec2Error("InvalidAction", `The action ${action} is not valid for this web service.`)
    }
  }
}

function tagsOf(parameters: Item): Item[] {
  const first = Object.values((parameters["TagSpecification"] ?? {}) as Item)[0] as Item | undefined
  return Object.values((first?.["Tag"] ?? {}) as Item).map((tag) => ({
    key: text((tag as Item)["Key"]),
    value: text((tag as Item)["Value"]),
  }))
}

function text(value: Xml | undefined): string {
  return typeof value === "string" ? value : ""
}
