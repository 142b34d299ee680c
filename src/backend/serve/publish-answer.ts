/**
 * Acknowledges a node's publish as often and as late as its misbehaviour wants. aedes acknowledges what has QoS 1 at
 * once and exactly once, so such a publish is handed on to it without QoS, and its PUBACKs are written here.
 */
import type { Client, PublishPacket } from "aedes";
import { generate } from "mqtt-packet";

/** How a publish is to be acknowledged. */
export interface PublishAnswer {
  /** How often; a broker that behaves does it once. */
  readonly times: number;
  readonly lateMs: number;
}

/** Lets the broker go on with a publish and answers it; `then` is called behind the answer, also where that is none. */
export function answerPublish(
  client: Client,
  packet: PublishPacket,
  { times, lateMs }: PublishAnswer,
  admit: () => void,
  then: () => void,
): void {
  const { messageId } = packet;
  if (messageId === undefined || packet.qos !== 1 || (times === 1 && lateMs === 0)) {
    admit();
    then();
    return;
  }
  packet.qos = 0;
  admit();
  const answer = (): void => {
    for (let i = 0; i < times && client.conn.writable; i++) client.conn.write(generate({ cmd: "puback", messageId }));
    then();
  };
  // In whole milliseconds upwards, as a timer may not come early.
  if (lateMs === 0) answer();
  else setTimeout(answer, Math.ceil(lateMs));
}
