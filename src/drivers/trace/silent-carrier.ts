import type { Carrier } from "../../node/carrier.ts";
import type { NodeNote } from "../../node/notes.ts";

/** Carries nothing: whatever comes of a wish is known already. */
export class SilentCarrier implements Carrier {
  readonly hearsDetails = false;

  connect(): void {}
  disconnect(): void {}
  listen(): void {}
  greet(): void {}
  send(): void {}
  download(): void {}
  awaitBytes(): void {}
  stopDownload(): void {}
  cutDownload(): void {}
  powerOff(): void {}
  release(_offer: number): void {}
  note(_what: NodeNote): void {}
}
