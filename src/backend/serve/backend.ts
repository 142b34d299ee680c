/**
 * The embedded backend, put together: broker, image server and API around one set of books. It runs in whatever
 * process calls it; in a run that is always one of its own, so that its work is not mistaken for the generator's.
 */
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import { BackendFaultDraws, type DrawnFault } from "../../faults/backend/fault-draws.ts";
import { faultCounters } from "../../faults/backend/fault-counters.ts";
import { type Distribution, quantile } from "../../fleet/distribution.ts";
import type { NodeNumber } from "../rules/job-plan.ts";
import { makeApi } from "./api/api.ts";
import type { Broker, Hear } from "./broker.ts";
import { certificatesFrom } from "./certificates.ts";
import type { Certificates } from "./certificates.ts";
import { EmbeddedBroker } from "./embedded-broker.ts";
import { FleetClock } from "./fleet-clock.ts";
import { HealthMeter } from "./health.ts";
import { ImageServer } from "./image-server.ts";
import { Ledger } from "./ledger.ts";
import type { LedgerJob } from "./ledger-entries.ts";
import { listen } from "./listener.ts";
import type { ClockSetting, ServeAddress, ServeConfig, ServeHealth, ServePorts } from "./messages.ts";
import { offerMessage, readConfig, readFetch, readStatus } from "./node-messages.ts";
import type { UpTopic } from "./node-topics.ts";
import { ServeCounters } from "./serve-counters.ts";
import { namesOneHost } from "./request-head.ts";
import { signedPath } from "./signed-url.ts";
import { MemoryStore } from "./store/memory-store.ts";
import type { Store } from "./store/store.ts";

/** Life of an image URL as RainMaker has it. */
const URL_LIFE_SECONDS = 86_400;

interface OpenBroker {
  readonly broker: Broker;
  readonly mqttPort: number;
  readonly mqttsPort: number | undefined;
}

export class Backend {
  readonly ledger: Ledger;
  readonly #config: ServeConfig;
  readonly #clock: FleetClock;
  readonly #counters: ServeCounters;
  readonly #faults: BackendFaultDraws<Distribution>;
  readonly #health = new HealthMeter();
  readonly #startedAtMs = Date.now();
  readonly #store: Store;
  #broker: Broker | undefined;
  #images: ImageServer | undefined;
  #api: Server | undefined;
  #imagesUrl = "";

  private constructor(config: ServeConfig, store: Store) {
    this.#config = config;
    this.#store = store;
    this.#counters = new ServeCounters(config.countersBefore);
    this.#faults = new BackendFaultDraws(config.faults ?? [], config.faultSeed ?? 0, quantile);
    this.#clock = new FleetClock(config.fleetStartEpochMs);
    if (config.clock !== undefined) this.#clock.set(config.clock);
    this.ledger = new Ledger(store, this.#clock, config);
  }

  /** Starts a backend and everything that listens. Rejects with a sentence for a person. */
  static async start(config: ServeConfig): Promise<{ backend: Backend; address: ServeAddress }> {
    const store = await openStore(config.storeFile);
    const backend = new Backend(config, store);
    try {
      return { backend, address: await backend.#listen() };
    } catch (error) {
      await backend.stop();
      throw error;
    }
  }

  setClock(setting: ClockSetting): void {
    this.#clock.set(setting);
  }

  counters(): Record<string, number> {
    const before = this.#config.countersBefore ?? {};
    const faults = Object.entries(faultCounters(this.#faults.counts)).map(
      ([name, count]) => [name, count + (before[name] ?? 0)] as const,
    );
    return { ...this.ledger.rules.counters, ...this.#counters, ...Object.fromEntries(faults) };
  }

  /** The backend's condition since the last call. */
  health(): ServeHealth {
    return {
      ...this.#health.take(),
      rssBytes: process.memoryUsage.rss(),
      nodesConnected: this.nodesConnected,
      counters: this.counters(),
    };
  }

  get nodesConnected(): number {
    return this.#broker?.nodesConnected ?? 0;
  }

  /** Why nothing can be stored at this moment; undefined while all is well. */
  get storeFailure(): string | undefined {
    return this.#store.failure;
  }

  /** Closes every link and listener, then the store. */
  async stop(): Promise<void> {
    this.#health.stop();
    this.#api?.close();
    this.#api?.closeAllConnections();
    this.#images?.close();
    await this.#broker?.close();
    await this.#store.close();
  }

  async #listen(): Promise<ServeAddress> {
    const { ledger } = this;
    const config = this.#config;
    const kept = JSON.parse(ledger.setting("ports") ?? "{}") as ServePorts;
    // Nodes that hold a URL or reconnect look for a backend that comes back where it was.
    const portOf = (name: keyof ServePorts): number => config.ports?.[name] ?? kept[name] ?? 0;
    const counters = this.#counters;
    const certificates = certificatesFrom(ledger.setting("certificates"));
    ledger.keepSetting("certificates", JSON.stringify(certificates));
    await ledger.settled();
    const { broker, mqttPort, mqttsPort } = await this.#openBroker(certificates, portOf);
    const scheme = config.images ?? "https";
    this.#images = new ImageServer({
      ledger,
      clock: this.#clock,
      counters,
      certificates: scheme === "https" ? certificates : undefined,
      tlsTickets: config.tlsTickets ?? false,
      keepAlive: config.imageKeepAlive ?? false,
      faults: this.#faults,
    });
    const imagesPort = await this.#images.listen(portOf("images"));
    this.#imagesUrl = `${scheme}://127.0.0.1:${imagesPort}`;
    const apiPort = await this.#listenForApi(broker, portOf("api"), config.apiTls === true ? certificates : undefined);
    const mqtts = mqttsPort ?? kept.mqtts;
    const chosen: ServePorts = { mqtt: mqttPort, mqtts, images: imagesPort, api: apiPort };
    ledger.keepSetting("ports", JSON.stringify(chosen));
    await ledger.settled();
    return {
      mqttPort,
      ...(mqttsPort === undefined ? {} : { mqttsPort }),
      ...(scheme === "https" ? { httpsPort: imagesPort } : {}),
      imagesUrl: this.#imagesUrl,
      apiUrl: `${config.apiTls === true ? "https" : "http"}://127.0.0.1:${apiPort}`,
      caPem: certificates.caPem,
      operatorToken: ledger.operatorToken,
    };
  }

  /** The broker that nodes dial, and where, if it is the backend's own. */
  async #openBroker(certificates: Certificates, portOf: (name: keyof ServePorts) => number): Promise<OpenBroker> {
    const { ledger } = this;
    const { broker: foreign, mqttTls } = this.#config;
    const counters = this.#counters;
    const hear: Hear = (node, topic, payload) => this.#hear(node, topic, payload);
    if (foreign !== undefined) {
      // Loaded only where it is wanted: a client library of its own.
      const { ForeignBroker } = await import("./foreign-broker.ts");
      const broker = new ForeignBroker({ ledger, counters, hear, target: foreign });
      this.#broker = broker;
      await broker.open();
      return { broker, mqttPort: 0, mqttsPort: undefined };
    }
    const broker = await EmbeddedBroker.create({ ledger, counters, certificates, hear, faults: this.#faults });
    this.#broker = broker;
    const mqttPort = await broker.listen(portOf("mqtt"));
    const mqttsPort = mqttTls === true ? await broker.listenTls(portOf("mqtts")) : undefined;
    return { broker, mqttPort, mqttsPort };
  }

  #listenForApi(broker: Broker, port: number, certificates: Certificates | undefined): Promise<number> {
    const api = makeApi({
      ledger: this.ledger,
      counters: this.#counters,
      // With them, whoever asks twice knows whether both answers are of one life.
      allCounters: () => ({ ...this.counters(), startedAtMs: this.#startedAtMs }),
      isOnline: (nodeId) => broker.isOnline(nodeId),
      push: (nodeId, job) => {
        for (const offer of this.#offersOf(nodeId, job)) broker.offer(nodeId, offer);
      },
      urlOf: (nodeId, job) => this.#urlOf(nodeId, job, this.#offerFault(nodeId)?.effect === "expired url"),
      faults: this.#faults,
    });
    const limits = {
      keepAliveTimeout: 30_000,
      headersTimeout: 10_000,
      requestTimeout: 300_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
    };
    const answer = getRequestListener(api.fetch, { overrideGlobalObjects: false });
    const hear: RequestListener = (request, response) => {
      if (namesOneHost(request)) void answer(request, response);
      else response.writeHead(400, { Connection: "close" }).end();
    };
    const tls = certificates && { cert: certificates.certPem, key: certificates.keyPem };
    this.#api = tls === undefined ? createServer(limits, hear) : createTlsServer({ ...limits, ...tls }, hear);
    return listen(this.#api, port);
  }

  /** Takes what a node published; answers the messages to send back to it. */
  #hear(node: NodeNumber, topic: UpTopic, payload: Uint8Array): readonly string[] {
    const { ledger } = this;
    if (topic === "otafetch") {
      const fetch = readFetch(payload);
      if (fetch === undefined) this.#counters.messagesUnreadable++;
      const job = fetch === undefined ? undefined : ledger.fetch(node, fetch.version);
      return job === undefined ? [] : this.#offersOf(ledger.idOfNode(node), job);
    }
    if (topic === "otastatus") {
      const status = readStatus(payload);
      if (status !== undefined) ledger.takeStatus(node, status.jobId, status.status, status.text, status.seconds);
      else {
        this.#counters.messagesUnreadable++;
        ledger.rules.countUnreadable();
      }
    }
    if (topic === "config") {
      const said = readConfig(payload);
      this.#counters.nodeConfigs++;
      if (said === undefined) this.#counters.messagesUnreadable++;
      else ledger.describeNode(node, said);
    }
    return [];
  }

  /** The offer of a job as it leaves for a node: once, or as its misbehaviour wants. */
  #offersOf(nodeId: string, job: LedgerJob): readonly string[] {
    const effect = this.#offerFault(nodeId)?.effect;
    if (effect === "lost") return [];
    const offer = offerMessage(job, this.#urlOf(nodeId, job, effect === "expired url"));
    if (effect !== "doubled") return [offer];
    this.#counters.offersDoubled++;
    return [offer, offer];
  }

  #offerFault(nodeId: string): DrawnFault | undefined {
    const node = this.ledger.nodeOf(nodeId);
    const fault = node === undefined ? undefined : this.#faults.at("offer", node);
    if (fault !== undefined) this.#faults.fired(fault.name);
    return fault;
  }

  #urlOf(nodeId: string, job: LedgerJob, isExpired: boolean): string {
    const lifeSeconds = isExpired ? 0 : (this.#config.urlLifeSeconds ?? URL_LIFE_SECONDS);
    const path = signedPath(this.ledger.urlSecret, {
      imageId: job.image.id,
      imageName: job.image.name,
      nodeId,
      jobId: job.id,
      sizeBytes: job.image.bytes.length,
      expiresSeconds: this.#clock.nowSeconds() + lifeSeconds,
    });
    return this.#imagesUrl + path;
  }
}

async function openStore(file: string | undefined): Promise<Store> {
  if (file === undefined) return new MemoryStore();
  // Loaded only where it is wanted: the database brings a native module.
  const { SqliteStore } = await import("./store/sqlite-store.ts");
  return SqliteStore.open(file);
}
