/** What a model leaves out, as sentences for whoever has to rely on it. */
import type { Scenario } from "../../../scenario/scenario.ts";
import type { ServerModel } from "../../../scenario/server-model.ts";

/** @param capStep ratio of a class of caps to the next; 1 = none was rounded */
export function leavesOut(scenario: Scenario, model: ServerModel, capStep: number): readonly string[] {
  const { broker, cdn } = model;
  const hasLinks = scenario.backend.adapter !== "http-poll";
  const unlimited = [
    ...(model.fetch === undefined ? ["questions"] : []),
    ...(model.statuses === undefined ? ["statuses"] : []),
    ...(hasLinks && broker?.connectsPerSecond === undefined ? ["connects"] : []),
    ...(hasLinks && broker?.fanOutPerSecond === undefined ? ["offers that leave"] : []),
    ...(cdn?.egressBytesPerSecond === undefined ? ["bandwidth of images"] : []),
    ...(cdn?.connectionsMax === undefined ? ["downloads at once"] : []),
  ];
  const hasLoss = scenario.fleet.cohorts.some(({ lossShare }) => lossShare !== undefined);
  return [
    ...(unlimited.length === 0 ? [] : [`No limit is stated for ${unlimited.join(", ")}: there is none in this plan.`]),
    "Latency is fixed for each node and does not grow with load; TCP's slow start and the work of TLS take no time.",
    ...(hasLoss
      ? ["Packet loss slows downloads down (Mathis et al. 1997) and takes no message, connect or acknowledgement."]
      : ["No packet is lost on the way."]),
    "Servers do not slow down or fail by themselves, and messages of one node are served in the order of their arrival.",
    ...(cdn?.egressBytesPerSecond === undefined
      ? []
      : ["All images come over one link, shared anew at once when a download begins or ends: no edges, no regions."]),
    ...(capStep > 1
      ? [
          `Speeds of downloads were rounded to classes ${((capStep - 1) * 100).toFixed(1)} % apart, so each is at most ${((Math.sqrt(capStep) - 1) * 100).toFixed(1)} % off.`,
        ]
      : []),
    ...(cdn?.retryAfterUs === undefined
      ? []
      : ["Retry-After is sent with each 503; the nodes' firmware does not read it."]),
    ...(broker?.connectsPerSecond === undefined
      ? []
      : ["A connect that its node has given up keeps its turn at the broker."]),
    ...(model.outages.length === 0
      ? []
      : [
          "An outage breaks every link at its begin, as when a process is killed; one that swallows packets would be noticed by the keep-alive only.",
        ]),
  ];
}
