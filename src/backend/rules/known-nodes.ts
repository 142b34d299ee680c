/**
 * What the backend knows of each node: what it last said of itself. Most nodes of a fleet say the same, so nodes that
 * do share one entry: a million of them cost a reference each.
 */
import type { DynamicTargets, NodeNumber } from "./job-plan.ts";

export interface NodeFields {
  readonly project: string;
  readonly version: string;
  /** Type and model of RainMaker's node config. */
  readonly type: string;
  readonly model: string;
}

const UNKNOWN: NodeFields = { project: "", version: "", type: "", model: "" };

/** Different entries that are remembered to be shared. Whoever sends ever new texts fills it; it then begins anew. */
const SHARED_MAX = 1_024;

export class KnownNodes {
  readonly #fields: NodeFields[] = [];
  readonly #shared = new Map<string, NodeFields>();
  /** Neighbours are alike, so this is mostly the one. */
  #latest = UNKNOWN;
  readonly #removed = new Set<NodeNumber>();

  /** All that ever were: a number is never given again. */
  get count(): number {
    return this.#fields.length;
  }

  add({ project, version, type, model }: NodeFields): NodeNumber {
    return this.#fields.push(this.#share({ project, version, type, model })) - 1;
  }

  get knownCount(): number {
    return this.count - this.#removed.size;
  }

  /** It matches nothing any more. */
  remove(node: NodeNumber): void {
    this.#removed.add(node);
  }

  update(node: NodeNumber, { project, version, type, model }: Partial<NodeFields>): void {
    const known = this.fieldsOf(node);
    const fields = {
      project: project ?? known.project,
      version: version ?? known.version,
      type: type ?? known.type,
      model: model ?? known.model,
    };
    this.#fields[node] = this.#share(fields);
  }

  versionOf(node: NodeNumber): string {
    return this.fieldsOf(node).version;
  }

  /** Everything that is known of the node; empty texts for one that is not known. */
  fieldsOf(node: NodeNumber): NodeFields {
    return this.#fields[node] ?? UNKNOWN;
  }

  /** Whether all that is asked for is what the node said. */
  matches(node: NodeNumber, { type, model, version }: DynamicTargets): boolean {
    const known = this.fieldsOf(node);
    return (
      !this.#removed.has(node) &&
      (type === undefined || type === known.type) &&
      (model === undefined || model === known.model) &&
      (version === undefined || version === known.version)
    );
  }

  /** The nodes that match, in the order of their numbers. */
  *matching(targets: DynamicTargets): Generator<NodeNumber> {
    for (let node = 0; node < this.count; node++) if (this.matches(node, targets)) yield node;
  }

  #share(fields: NodeFields): NodeFields {
    if (isAlike(fields, this.#latest)) return this.#latest;
    // A separator that texts may hold themselves would let two nodes share what they do not.
    const key = JSON.stringify([fields.project, fields.version, fields.type, fields.model]);
    const shared = this.#shared.get(key) ?? fields;
    if (this.#shared.size >= SHARED_MAX) this.#shared.clear();
    this.#shared.set(key, shared);
    this.#latest = shared;
    return shared;
  }
}

function isAlike(one: NodeFields, other: NodeFields): boolean {
  return (
    one.version === other.version &&
    one.project === other.project &&
    one.type === other.type &&
    one.model === other.model
  );
}
