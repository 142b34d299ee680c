/**
 * Groups of nodes by text ids, with sub-groups. A group is a list that people change, or dynamic: then its members
 * are the nodes that matched its conditions when it was made, or at the last regroup. A job for a group takes its
 * members at that moment. Source: published API of RainMaker's cloud, admin/node_group.
 */
import type { DynamicTargets, NodeNumber } from "../rules/job-plan.ts";
import { drawShortId } from "./credentials.ts";
import type { Store, StoredGroup } from "./store/store.ts";

export interface LedgerGroup extends StoredGroup {
  /** Without those of sub-groups. */
  readonly members: Set<NodeNumber>;
}

export type NewGroup = Omit<StoredGroup, "id">;

export class Groups {
  readonly #store: Store;
  readonly #groups = new Map<string, LedgerGroup>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** In the order in which they were made. */
  get all(): readonly LedgerGroup[] {
    return [...this.#groups.values()];
  }

  groupOf(id: string): LedgerGroup | undefined {
    return this.#groups.get(id);
  }

  make(plan: NewGroup, members: Iterable<NodeNumber>): LedgerGroup {
    const group = this.restore({ ...plan, id: drawShortId() }, []);
    const { members: _, ...stored } = group;
    this.#store.putGroup(stored);
    this.add(group, members);
    return group;
  }

  add(group: LedgerGroup, nodes: Iterable<NodeNumber>): void {
    for (const node of nodes) {
      if (group.members.has(node)) continue;
      group.members.add(node);
      this.#store.putMember(group.id, node);
    }
  }

  remove(group: LedgerGroup, nodes: Iterable<NodeNumber>): void {
    for (const node of nodes) if (group.members.delete(node)) this.#store.dropMember(group.id, node);
  }

  /** Makes these the members, and no others. */
  replace(group: LedgerGroup, nodes: ReadonlySet<NodeNumber>): void {
    this.remove(
      group,
      [...group.members].filter((node) => !nodes.has(node)),
    );
    this.add(group, nodes);
  }

  /** Takes a group away; its sub-groups must have gone before. Jobs that were made for it keep their targets. */
  drop(group: LedgerGroup): void {
    this.#groups.delete(group.id);
    this.#store.dropGroup(group.id);
  }

  subGroupsOf(group: LedgerGroup): readonly LedgerGroup[] {
    return this.all.filter(({ parentId }) => parentId === group.id);
  }

  /** The members of a group and of all groups below it. A parent is older than its child, so there is no circle. */
  membersOf(group: LedgerGroup): ReadonlySet<NodeNumber> {
    const members = new Set(group.members);
    const whole = new Set([group.id]);
    // In the order in which they were made, so one look at each is enough, however deep they lie.
    for (const { id, parentId, members: own } of this.#groups.values()) {
      if (parentId === undefined || !whole.has(parentId)) continue;
      whole.add(id);
      for (const node of own) members.add(node);
    }
    return members;
  }

  /** Puts a group back as a store kept it. */
  restore(stored: StoredGroup, members: Iterable<NodeNumber>): LedgerGroup {
    const group = { ...stored, members: new Set(members) };
    this.#groups.set(group.id, group);
    return group;
  }
}

/** A group's conditions as RainMaker writes them: `node_type: X && node_model: Y`. */
export function conditionsText({ type, model, version }: DynamicTargets): string {
  const parts = [
    ["node_type", type],
    ["node_model", model],
    ["node_fw_version", version],
  ].filter(([, value]) => value !== undefined);
  return parts.map(([name, value]) => `${name}: ${value}`).join(" && ");
}
