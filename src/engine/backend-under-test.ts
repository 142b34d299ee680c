/** The backend of a run, embedded or somebody's own: where nodes find it, who its operator is, and whether it lives. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Adapter, HttpPort, OperatorHalf } from "../adapters/adapter.ts";
import { assert } from "../base/assert.ts";
import { seedOf } from "../base/random.ts";
import { UserError } from "../base/user-error.ts";
import { hostOf } from "../drivers/live/egress.ts";
import type { FleetClock } from "../drivers/live/fleet-clock.ts";
import type { ServeAddress, ServeHealth } from "../backend/serve/messages.ts";
import type { BackendFaultName } from "../faults/backend/backend-fault-names.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { outagesOf } from "../scenario/outages.ts";
import type { BrokerOwner } from "./backend-counters.ts";
import { BackendProcess } from "./backend-process.ts";
import { brokerOf, foreignBackend, foreignOperator, reachBroker, remoteMistakes } from "./foreign-backend.ts";
import { operatorPort } from "./operator-port.ts";
import type { BackendAccess, RunOptions } from "./run-options.ts";
import type { NodeBackend } from "./worker-messages.ts";

export interface BackendUnderTest {
  readonly operator: OperatorHalf;
  /** As workers are told. */
  readonly nodes: NodeBackend;
  /** Resolves with a sentence if it dies; never for a backend at an url, whose life is measured. */
  readonly died: Promise<string>;
  /** Tells it the fleet's time, where it lives in it. */
  setClock(clock: FleetClock): void;
  /** Ends an outage on purpose before its time; resolves when the backend is there. */
  comeBack(): Promise<void>;
  /** False: what it counted before a restart is lost. */
  knowsCounters(): boolean;
  /** Carries out a restart or a stop of the scenario; resolves when it is over. */
  goAway(fault: BackendFaultName, forMs: number): Promise<void>;
  /** Undefined where it does not tell. */
  health(): Promise<ServeHealth> | undefined;
  stop(): Promise<void>;
}

/** How nodes of an adapter are connected. */
function linkOf(adapter: Adapter): "mqtt" | "none" {
  const generation = adapter.generations[adapter.defaultGeneration];
  assert(generation !== undefined, "an adapter has its default generation");
  return adapter.node({ baseUrl: "", generation, settings: {} }).link;
}

/** Whose broker the nodes of a scenario dial. */
export function brokerOwner({ backend }: Scenario, adapter: Adapter): BrokerOwner {
  if (linkOf(adapter) === "none") return "none";
  return backend.broker === undefined ? "backend" : "foreign";
}

/** Starts the embedded backend, or finds the one that the scenario names. */
export async function startBackend(
  scenario: Scenario,
  adapter: Adapter,
  access: BackendAccess & Pick<RunOptions, "brokerCa" | "brokerPassword"> = {},
): Promise<BackendUnderTest> {
  if (scenario.backend.urls.length > 0) return foundBackend(scenario, adapter, access);
  const { clock, backend, selftest } = scenario;
  const { broker } = backend;
  const { brokerCa, brokerPassword } = access;
  const mistakes = broker === undefined ? [] : remoteMistakes("backend.broker.url", [new URL(broker.url)], access);
  if (mistakes.length > 0) throw new UserError(mistakes);
  const folder = outagesOf(scenario).some(({ name }) => name === "restart") ? await storeFolder() : undefined;
  const forget = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  const started = BackendProcess.start({
    fleetStartEpochMs: clock.startUtcMs,
    mqttTls: backend.tls,
    broker: broker && { url: broker.url, caPem: brokerCa, username: broker.username, password: brokerPassword },
    urlLifeSeconds: Math.max(1, Math.round(backend.urlLifeUs / 1e6)),
    strict: backend.strict,
    believesFirstStatus: selftest?.backendBelievesFirstStatus ?? false,
    faults: backend.faults,
    faultSeed: seedOf(scenario.seed),
    storeFile: folder === undefined ? undefined : join(folder, "backend.db"),
  });
  started.catch(forget);
  const running = await started;
  const { address } = running;
  const operator = adapter.operator(
    { baseUrl: address.apiUrl, token: address.operatorToken, settings: {} },
    whenPresent(running, operatorPort(undefined)),
  );
  return {
    operator,
    nodes:
      broker === undefined
        ? nodesOf(address, linkOf(adapter), backend.tls)
        : foreignBroker(new URL(broker.url), brokerCa, address),
    died: running.died,
    setClock: ({ originHrtimeUs, startEpochMs, speed }) => {
      const originHrtimeNs = String(BigInt(originHrtimeUs) * 1_000n);
      running.setClock({ originHrtimeNs, fleetStartEpochMs: startEpochMs, speed });
    },
    comeBack: () => running.comeBack(),
    knowsCounters: () => running.knowsCounters,
    goAway: (fault, forMs) => (fault === "restart" ? running.restart(forMs) : running.pause(forMs)),
    health: () => running.health(),
    stop: async () => {
      await running.stop();
      await forget();
    },
  };
}

/** An operator waits while the backend is away on purpose: its outages are for the nodes. */
function whenPresent(running: BackendProcess, port: HttpPort): HttpPort {
  return async (request) => {
    await running.present();
    return port(request);
  };
}

/** Where a backend that is to be killed keeps what it acknowledges: secrets of the run are in it. */
function storeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "otafleet-backend-"));
}

function nodesOf(address: ServeAddress, link: "mqtt" | "none", tls: boolean): NodeBackend {
  const port = tls ? address.mqttsPort : address.mqttPort;
  assert(port !== undefined, "the embedded backend listens where its nodes dial");
  const mqtt = { host: "127.0.0.1", port, ca: tls ? address.caPem : undefined };
  return { mqtt: link === "mqtt" ? mqtt : undefined, baseUrl: address.apiUrl, ca: address.caPem, allowedHosts: [] };
}

/** Nodes of the embedded backend on somebody's broker; images and answers still come from this machine. */
function foreignBroker(url: URL, ca: string | undefined, { apiUrl, caPem }: ServeAddress): NodeBackend {
  // Whether it may be dialled has been decided before the backend was started.
  return { mqtt: brokerOf(url, ca), baseUrl: apiUrl, ca: caPem, allowedHosts: [hostOf(url)] };
}

async function foundBackend(scenario: Scenario, adapter: Adapter, access: BackendAccess): Promise<BackendUnderTest> {
  const found = foreignBackend(scenario.backend, linkOf(adapter) === "mqtt", access);
  await reachBroker(found);
  return {
    operator: foreignOperator(found, adapter, access),
    nodes: found.nodes,
    died: new Promise(() => {}),
    setClock: () => {},
    comeBack: async () => {},
    knowsCounters: () => true,
    goAway: async () => {},
    health: () => undefined,
    stop: async () => {},
  };
}
