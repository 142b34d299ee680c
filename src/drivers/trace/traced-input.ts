/** Inputs as a trace has them, and back: offers and images are written out, messages go by their place. */
import type { ImageIdentity } from "../../node/image-identity.ts";
import type { NodeInput } from "../../node/inputs.ts";
import type { Offer } from "../../node/offer.ts";
import type { NodeBooks } from "../../node/settings.ts";
import type { TracedInput, TraceValue } from "../../node/trace-step.ts";
import { knownPlace, type TraceCounts } from "./trace-numbers.ts";

/** An input, ready to be written down before the node hears it. An offer is counted. */
export function tracedInput(input: NodeInput, books: NodeBooks, counts: TraceCounts): TracedInput {
  switch (input.kind) {
    case "acknowledged":
    case "nothing offered":
    case "message failed":
      return { ...input, message: knownPlace(counts.messages, input.message) };
    case "offered": {
      const offer = books.offers.get(input.offer);
      const shown = offer.url === undefined ? offer : { ...offer, url: unsigned(offer.url) };
      return { kind: "offered", offer: counts.offers.add(input.offer), ...written(shown) };
    }
    case "image head read":
      return { kind: input.kind, ...written(books.images.get(input.image)) };
    case "power lost":
      return {
        ...input,
        backAtUs: input.backAtUs === undefined || input.backAtUs === Infinity ? null : input.backAtUs,
      };
    default:
      return { ...input };
  }
}

/**
 * A signed URL is as good as a password while it lives, so what stands behind its path, and before its host, is not
 * written down. A node does not look into it.
 */
function unsigned(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
}

/** What is undefined is left out. */
function written(entry: Offer | ImageIdentity): Record<string, TraceValue> {
  return JSON.parse(JSON.stringify(entry)) as Record<string, TraceValue>;
}

/** An input that was read, as the node of a replay hears it: what it stands for is entered into its books. */
export function inputAgain(input: ReadInput, books: NodeBooks, counts: TraceCounts): NodeInput {
  switch (input.kind) {
    case "acknowledged":
    case "nothing offered":
    case "message failed":
      return { kind: input.kind, message: counts.messages.numberOf(input.message) ?? 0 };
    case "offered": {
      const number = books.offers.add(input.offer);
      counts.offers.add(number);
      return { kind: input.kind, offer: number };
    }
    case "image head read":
      return { kind: input.kind, image: imageNumber(input.image, books) };
    case "power lost":
      return input.backAtUs === undefined
        ? { kind: input.kind, gotBytes: input.gotBytes }
        : { kind: input.kind, gotBytes: input.gotBytes, backAtUs: input.backAtUs };
    default:
      return input;
  }
}

/** An input as it was read from a file: an offer and an image in the place of their numbers. */
export type ReadInput =
  | Exclude<NodeInput, { readonly kind: "offered" | "image head read" }>
  | { readonly kind: "offered"; readonly offer: Offer }
  | { readonly kind: "image head read"; readonly image: ImageIdentity };

/** Equal images have one number, as a row compares them by it. */
function imageNumber(image: ImageIdentity, { images }: NodeBooks): number {
  for (let number = 1; images.has(number); number++) if (isSame(images.get(number), image)) return number;
  return images.add(image);
}

function isSame(one: ImageIdentity, other: ImageIdentity): boolean {
  return (
    one.project === other.project &&
    one.version === other.version &&
    one.secureVersion === other.secureVersion &&
    one.suitsChip === other.suitsChip &&
    one.sizeBytes === other.sizeBytes &&
    one.sha256 === other.sha256 &&
    JSON.stringify(one.faults) === JSON.stringify(other.faults)
  );
}
