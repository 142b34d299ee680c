/** Questions for every operation of the API: good ones by hand, bad ones made from the document's own schemas. */
import type { Ledger } from "../../src/backend/serve/ledger.ts";
import type { rollout } from "./embedded.ts";
import { newJob } from "./new-job.ts";

interface Schema {
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly items?: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

export interface Operation {
  /** `GET /v1/admin/nodes` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
  readonly takesBytes: boolean;
}

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method,
      path,
      operation,
      takesBytes: operation.requestBody?.content?.["application/octet-stream"] !== undefined,
    })),
  );
}

type Made = Awaited<ReturnType<typeof rollout>>;

export function filledPath(path: string, made: Made): string {
  return path
    .replace("{node}", made.nodes[0] ?? "")
    .replace("{job}", made.jobId)
    .replace("{name}", "some-name");
}

/** At least one good question for each operation, in an order in which they can be asked. */
export function questions(made: Made, ledger: Ledger) {
  const bare = { Authorization: ledger.operatorToken };
  const bearer = { Authorization: `Bearer ${ledger.operatorToken}` };
  const node = { Authorization: `Bearer ${made.secrets[0] ?? ""}` };
  const json = (value: unknown) => JSON.stringify(value);
  const { imageId, jobId } = made;
  const image = ledger.imageOf(imageId)!;
  const madeJob = (changes: Parameters<typeof newJob>[1]) => ledger.createJob(newJob(image, changes), () => false).job;
  const other = madeJob({ name: "to be withdrawn", targets: [0] }).id;
  const waiting = madeJob({ name: "to be approved", targets: [0, 1], trigger: "user-approved" });
  const over = madeJob({ name: "to be archived", dynamic: { type: "thermostat" } });
  ledger.cancelJob(over);
  const group = { name: "house", type: "", description: "", parentId: undefined, conditions: undefined };
  const kept = ledger.groups.make(group, [0, 1]);
  ledger.groups.make({ ...group, parentId: kept.id }, [0]);
  const dropped = ledger.groups.make(group, []);
  const put = ledger.addImage({ name: "old", project: "p", version: "1", bytes: Uint8Array.of(1) });
  const job = {
    ota_job_name: "api",
    ota_image_id: imageId,
    nodes: made.nodes,
    priority: 3,
    timeout: 60,
    metadata: { a: { b: 1 } },
  };
  const base64 = Buffer.from("firmware").toString("base64");
  const ask = (name: string, path: string, headers: Record<string, string>, body?: string) => ({
    name,
    path,
    headers,
    body,
  });
  return [
    ask("GET /apiversions", "/apiversions", {}),
    ask("GET /openapi.json", "/openapi.json", {}),
    ask(
      "POST /v1/admin/nodes",
      "/v1/admin/nodes",
      bare,
      json({ nodes: [{ node_id: "n", project: "p", fw_version: "1" }] }),
    ),
    ask("GET /v1/admin/nodes", "/v1/admin/nodes", bare),
    ask("GET /v1/admin/nodes", "/v1/admin/nodes?node_id=n", bare),
    ask("GET /v1/admin/nodes", "/v1/admin/nodes?type=p&model=p&fw_version=1&node_status=offline&num_records=1", bare),
    ask(
      "POST /v1/admin/node_group",
      "/v1/admin/node_group",
      bare,
      json({ group_name: "flat", parent_group_id: kept.id, nodes: made.nodes }),
    ),
    ask("POST /v1/admin/node_group", "/v1/admin/node_group", bare, json({ group_name: "all p", node_model: "p" })),
    ask(
      "PUT /v1/admin/node_group",
      `/v1/admin/node_group?group_id=${kept.id}`,
      bare,
      json({ operation: "REMOVE", nodes: made.nodes.slice(0, 1) }),
    ),
    ask("GET /v1/admin/node_group", `/v1/admin/node_group?group_id=${kept.id}&node_details=true&sub_groups=true`, bare),
    ask("GET /v1/admin/node_group", "/v1/admin/node_group?num_records=1", bare),
    ask("DELETE /v1/admin/node_group", `/v1/admin/node_group?group_id=${dropped.id}`, bare),
    ask("PUT /v1/admin/otaimage", `/v1/admin/otaimage?ota_image_id=${put.id}&archive=true`, bare),
    ask("GET /v1/user/nodes/ota_update", "/v1/user/nodes/ota_update?node_id=node-a", bare),
    ask("GET /v1/user/nodes/ota_update", "/v1/user/nodes/ota_update?node_id=n", bare),
    ask(
      "POST /v1/user/nodes/ota_update",
      "/v1/user/nodes/ota_update",
      bare,
      json({ ota_job_id: waiting.id, node_id: "node-b" }),
    ),
    ask("GET /v1/user/nodes/ota_status", `/v1/user/nodes/ota_status?node_id=node-b&ota_job_id=${waiting.id}`, bare),
    ask("GET /v1/admin/otajob", `/v1/admin/otajob?ota_job_id=${over.id}`, bare),
    ask("PUT /v1/admin/otajob", "/v1/admin/otajob", bare, json({ ota_job_id: over.id, archive: "true" })),
    ask("POST /v1/admin/otajob/retrigger", "/v1/admin/otajob/retrigger", bare, json({ ota_job_id: jobId })),
    ask("GET /v1/admin/otajob/status/summary", `/v1/admin/otajob/status/summary?ota_job_id=${jobId}`, bare),
    ask(
      "POST /v1/admin/otaimage/upload",
      "/v1/admin/otaimage/upload?image_name=x&fw_version=3&project=p",
      bare,
      "bytes",
    ),
    ask(
      "POST /v1/admin/otaimage",
      "/v1/admin/otaimage",
      bare,
      json({ image_name: "x", base64_fwimage: base64, fw_version: "3" }),
    ),
    ask("GET /v1/admin/otaimage", "/v1/admin/otaimage", bare),
    ask("GET /v1/admin/otaimage", "/v1/admin/otaimage?num_records=1&start_id=0", bare),
    ask("POST /v1/admin/otajob", "/v1/admin/otajob?force_push=true", bare, json(job)),
    ask("GET /v1/admin/otajob", "/v1/admin/otajob?num_records=1&start_id=", bare),
    ask("GET /v1/admin/otajob", `/v1/admin/otajob?ota_job_id=${jobId}`, bare),
    ask("GET /v1/admin/otajob/status", `/v1/admin/otajob/status?ota_job_id=${jobId}`, bare),
    ask("GET /v1/admin/otajob/status", `/v1/admin/otajob/status?ota_job_id=${jobId}&num_records=1`, bare),
    ask("GET /v1/admin/otajob/status", `/v1/admin/otajob/status?ota_job_id=${jobId}&node_id=node-a`, bare),
    ask("GET /v1/admin/otajob/status", `/v1/admin/otajob/status?ota_job_id=${jobId}&summary=true`, bare),
    ask("GET /v1/admin/counters", "/v1/admin/counters", bare),
    ask("GET /poll/{node}", "/poll/node-a?version=1.0.0", node),
    ask(
      "POST /poll/{node}/status",
      "/poll/node-a/status",
      node,
      json({ job: jobId, status: "success", colour: "blue" }),
    ),
    ask("PUT /v1/admin/otajob", "/v1/admin/otajob", bare, json({ ota_job_id: jobId })),
    ask("POST /admin/nodes", "/admin/nodes", bearer, json({ nodes: [{ id: "m", project: "p", version: "1" }] })),
    ask("PUT /admin/images/{name}", "/admin/images/i?version=2&project=p", bearer, "bytes"),
    ask(
      "PUT /admin/manifests/{name}",
      "/admin/manifests/m",
      bearer,
      json({ image: imageId, targets: ["m"], window: { start: 0, end: 5 } }),
    ),
    ask("GET /admin/manifests/{job}/statuses", `/admin/manifests/${jobId}/statuses?from=0`, bearer),
    ask("DELETE /admin/manifests/{job}", `/admin/manifests/${other}`, bearer),
    ask("DELETE /v1/admin/nodes", "/v1/admin/nodes?prefix=nobody", bare),
    ask("DELETE /admin/nodes", "/admin/nodes?prefix=nobody", bearer),
    ask("GET /admin/counters", "/admin/counters", bearer),
  ];
}

/** Queries of which each breaks the schema of one parameter. */
export function badQueries({ operation }: Operation): string[] {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
  const good = parameters.filter(({ required }) => required === true).map(({ name }) => `${name}=1`);
  return parameters.flatMap((parameter) => {
    const { name, required, schema } = parameter;
    const others = good.filter((pair) => !pair.startsWith(`${name}=`));
    const bad = badTexts(schema).map((text) => `?${[...others, `${name}=${encodeURIComponent(text)}`].join("&")}`);
    return required === true ? [...bad, `?${others.join("&")}`] : bad;
  });
}

function badTexts({ type, minimum, maximum, maxLength }: Schema): string[] {
  if (type === "integer") return ["one", "1.5", String((minimum ?? 0) - 1), String((maximum ?? 0) + 2)];
  if (type === "boolean") return ["yes", "1", "TRUE"];
  return maxLength === undefined ? [] : ["x".repeat(maxLength + 1)];
}

/** JSON bodies of which each breaks one rule of the schema; the other fields are of the right kind. */
export function badBodies({ operation }: Operation): unknown[] {
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  if (schema === undefined) return [];
  return ["text", [], null, 7, ...badValues(schema)];
}

function badValues(schema: Schema): unknown[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const good = Object.fromEntries(required.map((name) => [name, goodValue(properties[name] ?? {})]));
  const lacking = required.map((name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
  const wrong = Object.entries(properties).flatMap(([name, property]) =>
    wrongValues(property).map((value) => ({ ...good, [name]: value })),
  );
  return [...lacking, ...wrong, ...(additionalProperties === false ? [{ ...good, another: 1 }] : [])];
}

function goodValue({ type, minimum, items, properties = {}, required = [], minItems }: Schema): unknown {
  if (type === "integer") return minimum ?? 1;
  if (type === "array") return Array.from({ length: minItems ?? 0 }, () => goodValue(items ?? {}));
  if (type === "object") return Object.fromEntries(required.map((name) => [name, goodValue(properties[name] ?? {})]));
  return "aaaa";
}

function wrongValues({ type, minimum, maximum, maxLength, minItems, items, properties }: Schema): unknown[] {
  switch (type) {
    case "string":
      return [7, null, {}, ...(maxLength === undefined ? [] : ["a".repeat(maxLength + 4)])];
    case "integer":
      return [
        "7",
        1.5,
        ...(minimum === undefined ? [] : [minimum - 1]),
        ...(maximum === undefined ? [] : [maximum + 1]),
      ];
    case "array":
      return ["text", {}, ...(minItems === undefined ? [] : [[]]), ...wrongItems(items)];
    case "object":
      return ["text", 7, ...(properties === undefined ? [] : badValues({ properties }))];
    default:
      return [];
  }
}

function wrongItems(items: Schema | undefined): unknown[] {
  if (items === undefined) return [];
  const values = items.properties === undefined ? wrongValues(items) : badValues(items);
  return values.map((value) => [value]);
}
