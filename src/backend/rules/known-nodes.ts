/** What the backend knows of each node: what it last said of itself. */
import type { DynamicTargets, NodeNumber } from "./job-plan.ts";

export interface NodeFields {
  readonly project: string;
  readonly version: string;
  /** Type and model of RainMaker's node config. */
  readonly type: string;
  readonly model: string;
}

export class KnownNodes {
  readonly #projects: string[] = [];
  readonly #versions: string[] = [];
  readonly #types: string[] = [];
  readonly #models: string[] = [];
  readonly #removed = new Set<NodeNumber>();

  /** All that ever were: a number is never given again. */
  get count(): number {
    return this.#projects.length;
  }

  add({ project, version, type, model }: NodeFields): NodeNumber {
    this.#versions.push(version);
    this.#types.push(type);
    this.#models.push(model);
    return this.#projects.push(project) - 1;
  }

  get knownCount(): number {
    return this.count - this.#removed.size;
  }

  /** It matches nothing any more. */
  remove(node: NodeNumber): void {
    this.#removed.add(node);
  }

  update(node: NodeNumber, { project, version, type, model }: Partial<NodeFields>): void {
    if (project !== undefined) this.#projects[node] = project;
    if (version !== undefined) this.#versions[node] = version;
    if (type !== undefined) this.#types[node] = type;
    if (model !== undefined) this.#models[node] = model;
  }

  versionOf(node: NodeNumber): string {
    return this.#versions[node] ?? "";
  }

  /** Everything that is known of the node; empty texts for one that is not known. */
  fieldsOf(node: NodeNumber): NodeFields {
    return {
      project: this.#projects[node] ?? "",
      version: this.versionOf(node),
      type: this.#types[node] ?? "",
      model: this.#models[node] ?? "",
    };
  }

  /** Whether all that is asked for is what the node said. */
  matches(node: NodeNumber, { type, model, version }: DynamicTargets): boolean {
    return (
      !this.#removed.has(node) &&
      (type === undefined || type === this.#types[node]) &&
      (model === undefined || model === this.#models[node]) &&
      (version === undefined || version === this.#versions[node])
    );
  }

  /** The nodes that match, in the order of their numbers. */
  *matching(targets: DynamicTargets): Generator<NodeNumber> {
    for (let node = 0; node < this.count; node++) if (this.matches(node, targets)) yield node;
  }
}
