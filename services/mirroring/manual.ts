// For clouds without a driver, and for anything else that can copy packets: what to do by hand, and a look whether packets come.

interface ManualCloud {
  readonly id: string
  readonly steps: readonly string[]
}

/** Facts of each cloud's own mirroring, July 2026. */
const clouds: readonly ManualCloud[] = [
  {
    id: "azure",
    steps: [
      "Make a virtual network TAP whose destination is the sensor's interface (or a load balancer front end): az network vnet tap create --resource-group G --name egret --destination SENSOR_NIC_IP_CONFIG --port 4789",
      "Add a tap configuration to the interface of each agent VM; the VM must be stopped (deallocated) and started once.",
      "Packets come as VXLAN on the port given above; IPv6 and live migration are not covered.",
    ],
  },
  {
    id: "gcp",
    steps: [
      "Put the sensor behind an internal forwarding rule with --is-mirroring-collector.",
      "Make a packet mirroring policy: gcloud compute packet-mirrorings create egret --network NET --collector-ilb RULE --mirrored-subnets SUBNET --region REGION",
      "Packets come as they are, without VXLAN: run the sensor on the interface (EGRET__SENSOR__CAPTURE__KIND=pcap EGRET__SENSOR__CAPTURE__PCAP__DEVICE=eth0 EGRET__SENSOR__CAPTURE__PCAP__FILTER='ip or ip6' egret sensor).",
    ],
  },
  {
    id: "alibaba",
    steps: [
      "Make a traffic mirror filter with inbound and outbound accept rules, then a session with TrafficMirrorTargetId = the sensor's interface, a VirtualNetworkId of your choice, and TrafficMirrorSourceIds = the agents' interfaces.",
      "Switch the session on (Enabled=true); it is made switched off.",
      "Packets come as VXLAN on UDP 4789.",
    ],
  },
  {
    id: "huawei",
    steps: [
      "Make a traffic mirror session (VPC > Traffic Mirror) with the agents' interfaces as sources and the sensor's interface or load balancer as target; the VNI is 1 unless given.",
      "Packets come as VXLAN on UDP 4789.",
    ],
  },
  {
    id: "other",
    steps: [
      "A switch's SPAN port or a tap: run EGRET__SENSOR__CAPTURE__KIND=pcap EGRET__SENSOR__CAPTURE__PCAP__DEVICE=IFACE EGRET__SENSOR__CAPTURE__PCAP__FILTER='ip or ip6' egret sensor on the port that gets the copy.",
      "ERSPAN or GRE: send the tunnel to the sensor and run it on that interface in the same way.",
      "A host without mirroring: tcpdump -U -w - -i eth0 'not udp port 4789' | EGRET__SENSOR__CAPTURE__KIND=stdin egret sensor",
    ],
  },
]

export const manualClouds = clouds.map((cloud) => cloud.id)

export function manualInstructions(cloud: string, egressIps: readonly string[]): string {
  const found = clouds.find((candidate) => candidate.id === cloud) ?? clouds.at(-1)
  const steps = (found?.steps ?? []).map((step, index) => `${index + 1}. ${step}`)
  return `To mirror ${egressIps.join(", ") || "your egress IPs"} (${found?.id ?? "other"}), do this by hand:\n${steps.join("\n")}\nThen run egret mirror manual --listen: it looks whether packets arrive.\n`
}
