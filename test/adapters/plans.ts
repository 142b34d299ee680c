import type { EnrolNode, JobPlan } from "../../src/adapters/adapter.ts";

/** A node as an operator enrols it. */
export function nodeNamed(id: string, changes: Partial<EnrolNode> = {}): EnrolNode {
  const project = changes.project ?? "thermostat";
  return { id, project, version: "1.0.0", type: project, model: project, ...changes };
}

/** A plain job of named nodes. */
export function jobFor(ids: readonly string[], changes: Partial<JobPlan> = {}): JobPlan {
  return {
    name: "spring",
    imageId: "image",
    targets: { kind: "nodes", ids },
    trigger: "default",
    window: undefined,
    validity: undefined,
    metadata: {},
    priority: undefined,
    timeoutSeconds: undefined,
    ...changes,
  };
}
