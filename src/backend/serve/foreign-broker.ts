/**
 * A foreign broker (Mosquitto, EMQX, ...), to which the backend is a client like any other. Three things differ from
 * a broker of one's own:
 *
 * - It acknowledges to the node before the backend has seen a message. What it hands on is acknowledged to it only
 *   once it is stored, and its session outlives the link, so nothing is lost on this side of it; what a broker loses
 *   that it has acknowledged, nobody but the truth matrix will tell. A queue of its own may overflow: Mosquitto drops
 *   beyond `max_queued_messages`.
 * - Who a node is, only its topic says. That a node writes on its own topics alone is the broker's affair: in Mosquitto
 *   the patterns `write node/%c/#`, `write $aws/rules/+/node/%c/#` and `read node/%c/otaurl` of an ACL file say so.
 * - It tells of no links. A node counts as there until its last will (the Connectivity service) says otherwise, so a
 *   push goes to every node that is not known to be gone. It costs a publish that nobody hears; the job is then
 *   `started` for a node that was away, and is served to it at its next fetch all the same.
 */
import { randomBytes } from "node:crypto";
import { connect } from "mqtt";
import type { IClientOptions, IPublishPacket, MqttClient } from "mqtt";
import type { Broker, Hear } from "./broker.ts";
import type { Ledger } from "./ledger.ts";
import type { ForeignBrokerTarget } from "./messages.ts";
import { readObject } from "./node-messages.ts";
import { fleetFilters, MESSAGE_BYTES_MAX, nodeOfTopic, offerTopic, readUpTopic } from "./node-topics.ts";
import type { UpTopic } from "./node-topics.ts";
import type { ServeCounters } from "./serve-counters.ts";

/** Far below the 10 s of a node's redial, so that after a restart of the broker the backend is back before its nodes. */
const REDIAL_MS = 250;
const CONNECT_WITHIN_MS = 5_000;
const KEEP_ALIVE_SECONDS = 30;
/** What the backend reads; nobody here would read the rest. */
const HEARD: readonly UpTopic[] = ["otafetch", "otastatus", "config", "params/local", "params/local/init"];
const REFUSED = 0x80;

export interface ForeignBrokerOptions {
  readonly ledger: Ledger;
  readonly counters: ServeCounters;
  readonly target: ForeignBrokerTarget;
  readonly hear: Hear;
}

export class ForeignBroker implements Broker {
  readonly #options: ForeignBrokerOptions;
  readonly #login: IClientOptions;
  #client: MqttClient | undefined;
  /** Of nodes in the ledger only, so a stranger's topics make neither of them grow. */
  readonly #heard = new Set<string>();
  readonly #gone = new Set<string>();

  constructor(options: ForeignBrokerOptions) {
    const { caPem, username, password } = options.target;
    this.#options = options;
    this.#login = {
      clientId: clientIdOf(options.ledger),
      protocolVersion: 4,
      connectTimeout: CONNECT_WITHIN_MS,
      keepalive: KEEP_ALIVE_SECONDS,
      rejectUnauthorized: true,
      ...(caPem === undefined ? {} : { ca: caPem }),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
  }

  /** Connects and subscribes. Rejects with a sentence for a person; from then on it redials for ever. */
  async open(): Promise<void> {
    const { counters, target } = this.#options;
    const fail = (why: string): Error => new Error(`the broker at ${target.url} cannot be used: ${why}`);
    // Nothing is kept for a name that the next life would not know.
    await this.#options.ledger.settled();
    // A session that outlives the link: what the broker took while the backend was away waits for it.
    const client = connect(target.url, { ...this.#login, clean: false, reconnectPeriod: REDIAL_MS });
    this.#client = client;
    client.handleMessage = (packet, done) => this.#take(packet, done);
    client.on("connect", () => counters.brokerLinks++);
    // The library redials by itself; without a listener a refused link would end the process.
    client.on("error", () => {});
    try {
      await firstLink(client);
      const granted = await client.subscribeAsync(HEARD.flatMap(fleetFilters), { qos: 1 });
      const refused = granted.find(({ qos }) => (qos as number) === REFUSED);
      if (refused !== undefined) throw new Error(`it lets the backend not subscribe to ${refused.topic}`);
    } catch (error) {
      client.end(true);
      this.#client = undefined;
      throw fail(error instanceof Error ? wordsOf(error) : String(error));
    }
  }

  isOnline(nodeId: string): boolean {
    return !this.#gone.has(nodeId);
  }

  get nodesConnected(): number {
    return this.#heard.size;
  }

  offer(nodeId: string, message: string): void {
    const { counters } = this.#options;
    counters.mqttOffers++;
    // Kept for later it would reach a node that has long asked again; and the nodes have lost their links as well.
    if (this.#client?.connected !== true) {
      counters.mqttOffersDropped++;
      return;
    }
    this.#client.publish(offerTopic(nodeId), message, { qos: 1 }, () => {});
  }

  /** Takes its session with it, which the broker would otherwise keep and fill for ever. */
  async close(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    client.end(true);
    await forget(this.#options.target.url, this.#login);
  }

  /** `done` acknowledges the message to the broker, and lets the next one come. */
  #take(packet: IPublishPacket, done: (error?: Error) => void): void {
    const { ledger, hear, counters } = this.#options;
    const nodeId = nodeOfTopic(packet.topic);
    const topic = nodeId === undefined ? undefined : readUpTopic(nodeId, packet.topic);
    const node = nodeId === undefined ? undefined : ledger.nodeOf(nodeId);
    if (nodeId === undefined || node === undefined || topic === undefined || packet.retain) {
      counters.mqttPublishesRefused++;
      return done();
    }
    if (packet.payload.length > MESSAGE_BYTES_MAX) {
      // A foreign broker may hand over 256 MB; nobody shall parse that.
      counters.mqttPacketsTooLarge++;
      return done();
    }
    counters.mqttPublishes++;
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    this.#notePresence(nodeId, topic, payload);
    const offers = hear(node, topic, payload);
    const finish = (): void => {
      done();
      for (const offer of offers) this.offer(nodeId, offer);
    };
    const settled = ledger.settled();
    if (settled === undefined) finish();
    // Not acknowledged, and the link is made anew: the broker hands it over once more.
    else settled.then(finish, () => this.#client?.stream.destroy());
  }

  #notePresence(nodeId: string, topic: UpTopic, payload: Uint8Array): void {
    if (topic === "params/local" && saysGone(payload)) {
      this.#gone.add(nodeId);
      this.#heard.delete(nodeId);
      return;
    }
    this.#gone.delete(nodeId);
    this.#heard.add(nodeId);
  }
}

/** The same for every life of a backend with a database: what the broker took in between waits under this name. */
function clientIdOf(ledger: Ledger): string {
  const kept = ledger.setting("broker-client-id");
  if (kept !== undefined) return kept;
  const drawn = `otafleet-backend-${randomBytes(6).toString("hex")}`;
  ledger.keepSetting("broker-client-id", drawn);
  return drawn;
}

/** Whether it is what the broker publishes for a node of the Connectivity service that is gone. */
function saysGone(payload: Uint8Array): boolean {
  const connectivity = readObject(payload)?.["Connectivity"];
  return typeof connectivity === "object" && connectivity !== null && "Connected" in connectivity
    ? connectivity.Connected === false
    : false;
}

function firstLink(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const lapsed = setTimeout(
      () => reject(new Error(`no answer within ${CONNECT_WITHIN_MS / 1_000} s`)),
      CONNECT_WITHIN_MS,
    );
    client.once("connect", () => {
      clearTimeout(lapsed);
      resolve();
    });
    client.once("error", (error) => {
      clearTimeout(lapsed);
      reject(error);
    });
  });
}

/** A short link with a clean session under the same id ends the session that was kept. */
async function forget(url: string, login: IClientOptions): Promise<void> {
  const client = connect(url, { ...login, clean: true, reconnectPeriod: 0, connectTimeout: 1_000 });
  client.on("error", () => {});
  await new Promise<void>((resolve) => {
    client.once("close", () => resolve());
    client.once("connect", () => client.end(false, {}, () => resolve()));
  });
  client.end(true);
}

/** Node's own word for an address that several sockets could not reach is empty. */
function wordsOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message;
}
