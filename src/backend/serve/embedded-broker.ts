/**
 * The backend's own MQTT broker: aedes with everything closed that it leaves open. A node's client id is its identity, its
 * password the secret of that id; it may use its own few topics and nothing else.
 */
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Aedes } from "aedes";
import { writeToStream } from "mqtt-packet";
import type { AuthenticateError, Client, ConnectPacket, PublishPacket, Subscription } from "aedes";
import type { Broker, Hear } from "./broker.ts";
import type { BackendFaultDraws } from "../../faults/backend/fault-draws.ts";
import type { Distribution } from "../../fleet/distribution.ts";
import type { Certificates } from "./certificates.ts";
import { isSameSecret } from "./credentials.ts";
import { HANDSHAKE_WITHIN_MS, listen } from "./listener.ts";
import type { Ledger } from "./ledger.ts";
import { isOwnDownTopic, isOwnWillTopic, MESSAGE_BYTES_MAX, offerTopic, readUpTopic } from "./node-topics.ts";
import { PacketGuard } from "./packet-guard.ts";
import { answerPublish } from "./publish-answer.ts";
import type { ServeCounters } from "./serve-counters.ts";

// The codec would else make 65,536 small buffers at its first packet.
writeToStream.cacheNumbers = false;

const CONNECT_WITHIN_MS = 5_000;
/** How long a node that stops reading may hold its own link; others never wait for it. */
const DRAIN_WITHIN_MS = 1_000;
/** As AWS IoT has it. A node has three topics to subscribe to, and asks once a link. */
const FILTERS_A_LINK_MAX = 50;
/**
 * Offers that may wait for one node's link. Whoever asks and does not read would otherwise fill the memory before the
 * drain's limit is over.
 */
export const OFFERS_WAITING_MAX = 100;
const BAD_USER_NAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;
const NEVER_ACKNOWLEDGED = { times: 0, lateMs: 0 } as const;

export interface EmbeddedBrokerOptions {
  readonly ledger: Ledger;
  readonly counters: ServeCounters;
  readonly certificates: Certificates;
  readonly hear: Hear;
  readonly faults: BackendFaultDraws<Distribution>;
}

export class EmbeddedBroker implements Broker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #aedes: Aedes;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #hasForeignWill = new WeakSet<Client>();
  readonly #slow = new WeakSet<Client>();
  readonly #online = new Map<string, Client>();
  readonly #filtersAsked = new WeakMap<Client, number>();
  readonly #offersWaiting = new WeakMap<Client, number>();

  private constructor(options: EmbeddedBrokerOptions, aedes: Aedes) {
    this.#options = options;
    this.#aedes = aedes;
    aedes.preConnect = (client, packet, done) => this.#preConnect(client, packet, done);
    aedes.authenticate = (client, username, password, done) => {
      const refusal = this.#refusal(client, username, password);
      if (refusal === undefined) return done(null, true);
      this.#options.counters.mqttLinksRefused++;
      done(refusal, null);
    };
    aedes.authorizePublish = (client, packet, done) => this.#publish(client, packet, done);
    aedes.authorizeSubscribe = (client, subscription, done) => this.#subscribe(client, subscription, done);
    aedes.authorizeForward = (client, packet) => (isOwnDownTopic(client.id, packet.topic) ? packet : null);
    aedes.on("client", (client) => {
      options.counters.mqttSessions++;
      this.#online.set(client.id, client);
    });
    aedes.on("clientDisconnect", (client) => {
      options.counters.mqttSessionsEnded++;
      if (this.#online.get(client.id) === client) this.#online.delete(client.id);
    });
    aedes.on("clientError", (client, error) => {
      // aedes says so once for every write that waited.
      if (error.message !== "drain timeout" || this.#slow.has(client)) return;
      this.#slow.add(client);
      options.counters.mqttLinksSlow++;
    });
  }

  /** A broker that listens nowhere yet. */
  static async create(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    // With aedes' own defaults one node that stops reading freezes the broker for everyone for a minute.
    const aedes = await Aedes.createBroker({
      concurrency: 0,
      drainTimeout: DRAIN_WITHIN_MS,
      connectTimeout: CONNECT_WITHIN_MS,
      maxClientsIdLength: 64,
      maxTopicLevels: 10,
    });
    return new EmbeddedBroker(options, aedes);
  }

  /** Listens for plain MQTT on 127.0.0.1; resolves to the port. */
  listen(port: number): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.#take(socket));
    this.#servers.push(server);
    return listen(server, port);
  }

  /** Listens for MQTT over TLS on 127.0.0.1; resolves to the port. */
  listenTls(port: number): Promise<number> {
    const { certPem, keyPem } = this.#options.certificates;
    // The second name is what RainMaker's firmware asks for on port 443.
    const ALPNProtocols = ["mqtt", "x-amzn-mqtt-ca"];
    const tls = { cert: certPem, key: keyPem, ALPNProtocols, handshakeTimeout: HANDSHAKE_WITHIN_MS };
    const server = createTlsServer({ ...tls, noDelay: true }, (socket) => {
      this.#options.counters.tlsHandshakes++;
      this.#take(socket);
    });
    server.on("tlsClientError", (_error, socket) => {
      this.#options.counters.tlsHandshakesFailed++;
      socket.destroy();
    });
    this.#servers.push(server);
    return listen(server, port);
  }

  isOnline(nodeId: string): boolean {
    return this.#online.has(nodeId);
  }

  get nodesConnected(): number {
    return this.#online.size;
  }

  offer(nodeId: string, message: string): void {
    const { counters } = this.#options;
    counters.mqttOffers++;
    const client = this.#online.get(nodeId);
    const waiting = client === undefined ? 0 : (this.#offersWaiting.get(client) ?? 0);
    if (client === undefined || waiting >= OFFERS_WAITING_MAX) {
      counters.mqttOffersDropped++;
      return;
    }
    this.#offersWaiting.set(client, waiting + 1);
    const packet = {
      cmd: "publish",
      topic: offerTopic(nodeId),
      payload: message,
      qos: 1,
      retain: false,
      dup: false,
    } as const;
    this.#aedes.publish(packet, () => {
      this.#offersWaiting.set(client, (this.#offersWaiting.get(client) ?? 1) - 1);
    });
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    await new Promise<void>((done) => this.#aedes.close(done));
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(socket: Socket): void {
    this.#options.counters.mqttLinks++;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // Between accept and the broker's own listener a reset would otherwise end the process.
    socket.on("error", () => {});
    const guard = new PacketGuard(MESSAGE_BYTES_MAX);
    const read = socket.read.bind(socket);
    socket.read = (size?: number) => {
      const bytes: unknown = read(size);
      if (!(bytes instanceof Uint8Array) || guard.admits(bytes)) return bytes;
      this.#options.counters.mqttPacketsTooLarge++;
      socket.destroy();
      return null;
    };
    this.#aedes.handle(socket);
  }

  #preConnect(client: Client, packet: ConnectPacket, done: (error: Error | null, success: boolean) => void): void {
    const will = packet.will;
    if ([packet.clientId, packet.username ?? "", will?.topic ?? ""].some(isNoText)) {
      this.#options.counters.mqttLinksRefused++;
      return done(new Error("a text with NUL, or none in UTF-8"), false);
    }
    if (will !== undefined && (will.retain === true || !isOwnWillTopic(packet.clientId, will.topic))) {
      this.#hasForeignWill.add(client);
    }
    // No session outlives its link: a queue for nodes that are away would grow without bound, and the job table
    // serves them at their next fetch anyway. The CONNACK says "no session present", which is always lawful.
    packet.clean = true;
    done(null, true);
  }

  #refusal(
    client: Client,
    username: string | undefined,
    password: Uint8Array | undefined,
  ): AuthenticateError | undefined {
    const { ledger, counters } = this.#options;
    const isKnown = ledger.nodeOf(client.id) !== undefined;
    // RainMaker's nodes put platform details where others put their name.
    const isNamed = username === client.id || username?.startsWith("?Platform=") === true;
    // Compared for unknown nodes too: the time taken must not tell which ids exist.
    const isRight = isSameSecret(password ?? "", ledger.secretOf(client.id));
    if (!isKnown || !isNamed || !isRight) return refusal("bad user name or password", BAD_USER_NAME_OR_PASSWORD);
    if (!this.#hasForeignWill.has(client)) return undefined;
    counters.mqttWillsRefused++;
    return refusal("the last will is on a foreign topic or retained", NOT_AUTHORIZED);
  }

  #publish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const { ledger, counters, hear, faults } = this.#options;
    const topic = client === null ? undefined : readUpTopic(client.id, packet.topic);
    const node = client === null ? undefined : ledger.nodeOf(client.id);
    if (client === null || node === undefined || topic === undefined || packet.retain || !isQosRight(packet)) {
      counters.mqttPublishesRefused++;
      return done(new Error("publish refused"));
    }
    counters.mqttPublishes++;
    // What a node says of itself at its start is no message of its outbox, so it is spared.
    const isSpared = packet.qos !== 1 || (topic !== "otafetch" && topic !== "otastatus");
    const fault = isSpared ? undefined : faults.at("message", node);
    if (fault !== undefined) faults.fired(fault.name);
    const admit = (): void => done(null);
    if (fault?.effect === "swallowed") return answerPublish(client, packet, NEVER_ACKNOWLEDGED, admit, () => {});
    const times = fault?.effect === "unacknowledged" ? 0 : fault?.effect === "acknowledged twice" ? 2 : 1;
    const lateUs = isSpared ? 0 : faults.lateUs(topic === "otafetch" ? "fetch answer" : "status answer", node);
    // aedes acknowledges between this call and `published`: what must be known before the PUBACK is done here.
    const offers = hear(node, topic, toBytes(packet.payload));
    const finish = () =>
      answerPublish(client, packet, { times, lateMs: lateUs / 1_000 }, admit, () => {
        for (const offer of offers) this.offer(client.id, offer);
      });
    const settled = ledger.settled();
    if (settled === undefined) finish();
    else settled.then(finish, () => done(new Error("the change could not be stored")));
  }

  /** An error ends the link, null is a 128 in the SUBACK. */
  #subscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    const { counters } = this.#options;
    const asked = (this.#filtersAsked.get(client) ?? 0) + 1;
    this.#filtersAsked.set(client, asked);
    if (isOwnDownTopic(client.id, subscription.topic) && asked <= FILTERS_A_LINK_MAX) {
      counters.mqttSubscribes++;
      return done(null, subscription);
    }
    counters.mqttSubscribesRefused++;
    if (asked > FILTERS_A_LINK_MAX) return done(new Error("too many filters"));
    if (isNoText(subscription.topic)) return done(new Error("a filter with NUL, or none in UTF-8"));
    done(null, null);
  }
}

/**
 * MQTT 3.1.1 section 1.5.3: a text that is not UTF-8, or has NUL in it, ends the link. The parser turns what is not
 * UTF-8 into U+FFFD, which stands in no topic or name of a node.
 */
function isNoText(text: string): boolean {
  return text.includes("\0") || text.includes("\uFFFD");
}

/** QoS 2 no node uses; a packet id is above 0 (section 2.3.1). */
function isQosRight({ qos, messageId }: PublishPacket & { messageId?: number }): boolean {
  return qos === 0 || (qos === 1 && messageId !== 0);
}

function refusal(text: string, returnCode: number): AuthenticateError {
  return Object.assign(new Error(text), { returnCode });
}

function toBytes(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}
