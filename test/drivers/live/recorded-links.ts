import type { DialParts, LinkCause, LinkListener } from "../../../src/drivers/live/link-listener.ts";
import type { MqttLink } from "../../../src/drivers/live/mqtt-link.ts";

export type LinkEvent =
  | { readonly kind: "connected"; readonly slot: number; readonly parts: DialParts }
  | { readonly kind: "failed"; readonly slot: number; readonly cause: LinkCause }
  | { readonly kind: "publish"; readonly slot: number; readonly topic: string; readonly payload: string }
  | { readonly kind: "puback"; readonly slot: number; readonly packetId: number }
  | { readonly kind: "suback"; readonly slot: number; readonly packetId: number; readonly isGranted: boolean }
  | { readonly kind: "closed"; readonly slot: number; readonly cause: LinkCause };

/** A listener that keeps what it heard, in order, and lets a test wait for the next of a kind. */
export class RecordedLinks implements LinkListener {
  readonly events: LinkEvent[] = [];
  #taken = new Set<LinkEvent>();
  #wakers: (() => void)[] = [];

  onConnected(link: MqttLink, parts: DialParts): void {
    this.#add({ kind: "connected", slot: link.slot, parts });
  }
  onFailed(link: MqttLink, cause: LinkCause): void {
    this.#add({ kind: "failed", slot: link.slot, cause });
  }
  onPublish(link: MqttLink, topic: string, payload: Uint8Array): void {
    this.#add({ kind: "publish", slot: link.slot, topic, payload: Buffer.from(payload).toString() });
  }
  onPuback(link: MqttLink, packetId: number): void {
    this.#add({ kind: "puback", slot: link.slot, packetId });
  }
  onSuback(link: MqttLink, packetId: number, isGranted: boolean): void {
    this.#add({ kind: "suback", slot: link.slot, packetId, isGranted });
  }
  onClosed(link: MqttLink, cause: LinkCause): void {
    this.#add({ kind: "closed", slot: link.slot, cause });
  }

  /** The next event of this kind that no earlier call took. */
  async next<K extends LinkEvent["kind"]>(kind: K): Promise<Extract<LinkEvent, { kind: K }>> {
    for (;;) {
      const found = this.events.find((event) => event.kind === kind && !this.#taken.has(event));
      if (found !== undefined) {
        this.#taken.add(found);
        return found as Extract<LinkEvent, { kind: K }>;
      }
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  #add(event: LinkEvent): void {
    this.events.push(event);
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}
