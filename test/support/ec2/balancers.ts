// A load balancing endpoint (ELB v2): balancers by name, their target groups in pages, their targets. The real SDK talks HTTP to it.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

export interface Group {
  readonly arn: string
  readonly type: "instance" | "ip" | "lambda" | "alb"
  readonly targets: readonly string[]
}

export class FakeElb {
  /** By the balancer's name. */
  readonly balancers = new Map<string, { readonly arn: string; readonly groups: readonly Group[] }>()
  readonly calls: string[] = []
  denied = false
  #server: Server | undefined

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const parameters = new URLSearchParams(Buffer.concat(chunks).toString("utf8"))
        const action = parameters.get("Action") ?? ""
        this.calls.push(action)
        const result = this.denied ? undefined : this.#answer(action, parameters)
        if (result !== undefined)
          response
            .writeHead(200, { "content-type": "text/xml" })
            .end(`<${action}Response xmlns="${XMLNS}"><${action}Result>${result}</${action}Result></${action}Response>`)
        else
          response
            .writeHead(this.denied ? 403 : 400, { "content-type": "text/xml" })
            .end(
              this.denied
                ? error("AccessDenied", `not authorized to perform: elasticloadbalancing:${action}`)
                : error("LoadBalancerNotFound", "One or more load balancers not found"),
            )
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server?.closeAllConnections()
      if (this.#server === undefined) resolve()
      else this.#server.close(() => resolve())
    })
  }

  #answer(action: string, parameters: URLSearchParams): string | undefined {
    const all = [...this.balancers.values()]
    switch (action) {
      case "DescribeLoadBalancers": {
        const found = this.balancers.get(parameters.get("Names.member.1") ?? "")
        return found && `<LoadBalancers><member><LoadBalancerArn>${found.arn}</LoadBalancerArn></member></LoadBalancers>`
      }
      case "DescribeTargetGroups": {
        const groups = all.find(({ arn }) => arn === parameters.get("LoadBalancerArn"))?.groups
        if (groups === undefined) return undefined
        // One a page, so that whoever forgets the marker sees only the first.
        const at = Number(parameters.get("Marker") ?? 0)
        const marker = at + 1 < groups.length ? `<NextMarker>${at + 1}</NextMarker>` : ""
        const page = groups
          .slice(at, at + 1)
          .map(({ arn, type }) => member(`<TargetGroupArn>${arn}</TargetGroupArn><TargetType>${type}</TargetType>`))
        return `<TargetGroups>${page.join("")}</TargetGroups>${marker}`
      }
      case "DescribeTargetHealth": {
        const group = all.flatMap(({ groups }) => groups).find(({ arn }) => arn === parameters.get("TargetGroupArn"))
        const targets = (group?.targets ?? []).map((id) => member(`<Target><Id>${id}</Id></Target>`))
        return `<TargetHealthDescriptions>${targets.join("")}</TargetHealthDescriptions>`
      }
      default:
        return undefined
    }
  }
}

function member(inner: string): string {
  return `<member>${inner}</member>`
}

function error(code: string, message: string): string {
  return `<ErrorResponse xmlns="${XMLNS}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
}

const XMLNS = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
