/** An MQTT link made of bytes, for what no client library would send. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import mqttPacket from "mqtt-packet";
import type { IConnectPacket, Packet } from "mqtt-packet";

export class RawLink {
  readonly socket: Socket;
  /** Everything that the broker has said. */
  readonly heard: Packet[] = [];
  /** Resolves once the broker has closed the link. */
  readonly closed: Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    const parser = mqttPacket.parser();
    parser.on("packet", (packet) => {
      this.heard.push(packet);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    socket.on("data", (bytes) => parser.parse(bytes));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    void this.closed.then(() => this.#waiting.splice(0).forEach((wake) => wake()));
  }

  /** A socket on which nothing has been said. */
  static async open(port: number): Promise<RawLink> {
    const link = new RawLink(connect(port, "127.0.0.1"));
    await once(link.socket, "connect");
    return link;
  }

  /** A link after its CONNECT and the answer to it, whichever that is. */
  static async greeted(port: number, id: string, secret: string, more: Partial<IConnectPacket> = {}): Promise<RawLink> {
    const link = await RawLink.open(port);
    link.send(connectPacket(id, secret, more));
    await Promise.race([link.answer("connack"), link.closed]);
    return link;
  }

  /** Writes bytes, or a packet. */
  send(what: Packet | Uint8Array): void {
    this.socket.write(what instanceof Uint8Array ? what : mqttPacket.generate(what));
  }

  /** The first packet of this kind, from before or to come; undefined once the link is closed. */
  async answer(cmd: Packet["cmd"]): Promise<Packet | undefined> {
    for (;;) {
      const found = this.heard.find((packet) => packet.cmd === cmd);
      if (found !== undefined || this.socket.destroyed) return found;
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
  }

  /** What the CONNACK said; undefined = none came. */
  get connack(): number | undefined {
    const found = this.heard.find((packet) => packet.cmd === "connack");
    return found?.cmd === "connack" ? found.returnCode : undefined;
  }

  /** Whether it still lives, after a round trip. */
  async isAlive(): Promise<boolean> {
    this.send({ cmd: "pingreq" });
    return (await this.answer("pingresp")) !== undefined;
  }

  end(): void {
    this.socket.destroy();
  }
}

export function connectPacket(id: string, secret: string, more: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    keepalive: 60,
    clientId: id,
    username: id,
    password: Buffer.from(secret),
    ...more,
  };
}

/** A packet as its first byte and its body; the length is put between. */
export function packetBytes(first: number, body: Uint8Array): Buffer {
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 0x7f) | (left > 127 ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return Buffer.concat([Uint8Array.of(first, ...length), body]);
}

/** A text of MQTT: its length in two bytes, and its bytes. */
export function textBytes(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text as string);
  return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}
