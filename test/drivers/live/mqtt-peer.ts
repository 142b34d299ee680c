import { createServer, type Server, type Socket } from "node:net";
import mqtt, { type MqttClient } from "mqtt";
import { parser, writeToStream, type Packet } from "mqtt-packet";
import { afterEach } from "vitest";
import type { MqttConnectOptions } from "../../../src/adapters/adapter.ts";
import type { DialTarget } from "../../../src/drivers/live/dial.ts";
import { MqttLink } from "../../../src/drivers/live/mqtt-link.ts";
import { listen, type TestBroker } from "./brokers.ts";
import type { RecordedLinks } from "./recorded-links.ts";

/** What a test opened, closed after it in the opposite order. */
export const cleanUps: (() => void | Promise<void>)[] = [];

/** To be called at the top of each file of tests. */
export function closesLinks(): void {
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
}

export const PUBLISH = { cmd: "publish", topic: "t", qos: 0, dup: false, retain: false } as const;

export function open(
  at: { readonly port: number },
  heard: RecordedLinks,
  options: Partial<MqttConnectOptions> = {},
  slot = 0,
  target: Partial<DialTarget> = {},
): MqttLink {
  const link = new MqttLink(
    { host: "127.0.0.1", port: at.port, ...target },
    { clientId: "n", username: undefined, password: undefined, keepAliveSeconds: 120, will: undefined, ...options },
    heard,
    slot,
  );
  cleanUps.push(() => link.destroy());
  return link;
}

export async function startOperator(broker: TestBroker): Promise<MqttClient> {
  const client = await mqtt.connectAsync({ host: "127.0.0.1", port: broker.port, reconnectPeriod: 0 });
  cleanUps.push(() => client.endAsync(true));
  return client;
}

/** A peer that the test plays itself: it answers what it is told to, and keeps the packets that it got. */
export async function startPeer(
  onConnection: (socket: Socket) => void,
  { repliesToConnect = true } = {},
): Promise<Peer> {
  const server = createServer();
  const peer = new Peer(server);
  server.on("connection", (socket) => {
    peer.take(socket);
    if (!repliesToConnect) onConnection(socket);
    else peer.onConnect = () => onConnection(socket);
  });
  peer.port = await listen(server);
  cleanUps.push(() => peer.close());
  return peer;
}

export class Peer {
  readonly server: Server;
  readonly packets: Packet[] = [];
  port = 0;
  onConnect: () => void = () => undefined;
  #sockets: Socket[] = [];
  #taken = new Set<Packet>();
  #wakers: (() => void)[] = [];

  constructor(server: Server) {
    this.server = server;
  }

  take(socket: Socket): void {
    this.#sockets.push(socket);
    const incoming = parser({ protocolVersion: 4 });
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => incoming.parse(chunk));
    incoming.on("error", () => undefined);
    incoming.on("packet", (packet: Packet) => {
      this.packets.push(packet);
      if (packet.cmd === "connect") this.onConnect();
      for (const wake of this.#wakers.splice(0)) wake();
    });
  }

  socket(): Socket {
    const last = this.#sockets.at(-1);
    if (last === undefined) throw new Error("no link has come yet");
    return last;
  }

  send(packet: Packet): void {
    writeToStream(packet, this.socket());
  }

  async packet(cmd: Packet["cmd"]): Promise<Packet> {
    for (;;) {
      const found = this.packets.find((packet) => packet.cmd === cmd && !this.#taken.has(packet));
      if (found !== undefined) {
        this.#taken.add(found);
        return found;
      }
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

export function accept(socket: Socket): void {
  socket.write(Buffer.from([0x20, 2, 0, 0]));
}

export function encode(packet: Packet): Buffer {
  const parts: Buffer[] = [];
  writeToStream(packet, { write: (part: Buffer | string) => parts.push(Buffer.from(part)) } as never);
  return Buffer.concat(parts);
}

export function once<T>(start: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise<T>(start);
}
