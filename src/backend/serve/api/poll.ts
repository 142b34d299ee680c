/**
 * `/poll/<node>`: the same rules for nodes without MQTT. A node asks by GET and hears 204 or a manifest; it posts
 * what became of it. Each request carries the node's secret as a bearer token.
 */
import { Hono } from "hono";
import { z } from "zod";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { BackendFaultDraws } from "../../../faults/backend/fault-draws.ts";
import type { Distribution } from "../../../fleet/distribution.ts";
import type { NodeNumber } from "../../rules/job-plan.ts";
import type { Ledger } from "../ledger.ts";
import type { LedgerJob } from "../ledger-entries.ts";
import { isSameSecret } from "../credentials.ts";
import { NAME_CHARACTERS_MAX, nameOf, readObject, secondsOf, textOf } from "../node-messages.ts";
import { declared } from "./declared.ts";
import { readText } from "./request-body.ts";
import { timeLimitsOf } from "./time-limits.ts";
import type { ServeCounters } from "../serve-counters.ts";

/** A status is a few words. */
const STATUS_BYTES_MAX = 16_384;

const TimeLimit = z.record(z.string(), z.unknown());

const FETCH = declared({
  about: "A node asks whether there is an update for it: 204, or a manifest.",
  query: { version: z.string().optional().describe("The version that it runs.") },
  // Firmware in the field asks as it likes.
  takesOtherParameters: true,
  answer: z.object({
    version: z.string(),
    url: z.string(),
    size: z.int(),
    checksum: z.string().describe("SHA-256 of the image, lower hexadecimal."),
    job: z.string(),
    window: TimeLimit.optional(),
    validity: TimeLimit.optional(),
    metadata: TimeLimit.optional(),
  }),
  mayBeEmpty: true,
});

/** Firmware in the field writes what it likes beside the status; that is kept where it is text. */
const StatusBody = z.looseObject({
  status: z.string().max(NAME_CHARACTERS_MAX).describe("How far it is, in the words of RainMaker."),
  job: z.unknown().optional().describe("The job's id, as text."),
  info: z.unknown().optional().describe("A sentence for people, as text."),
  reason: z.unknown().optional().describe("Instead of info, as text."),
  error: z.unknown().optional().describe("Instead of info, as text, or beside the reason."),
  time: z.unknown().optional().describe("The node's clock, whole seconds since 1970."),
});

const REPORT = declared({
  about: "A node says how far it is.",
  body: StatusBody,
  mayBeEmpty: true,
  takesOtherParameters: true,
});

export interface PollApiOptions {
  readonly ledger: Ledger;
  readonly counters: ServeCounters;
  /** A fresh signed URL of the job's image for the node. */
  readonly urlOf: (nodeId: string, job: LedgerJob) => string;
  readonly faults: BackendFaultDraws<Distribution>;
}

export function pollApi(options: PollApiOptions): Hono {
  const { ledger, counters, urlOf, faults } = options;
  const api = new Hono();

  api.get("/:node", FETCH, async (context) => {
    const node = admit(context, options);
    if (node === undefined) return context.json({ error: "the token is not this node's" }, 401);
    const refusal = refuseOnPurpose(context, faults, node);
    if (refusal !== undefined) return refusal;
    const job = ledger.fetch(node, nameOf(FETCH.query(context).version) ?? "");
    await ledger.settled();
    await delay(faults.lateUs("fetch answer", node));
    if (job === undefined) return context.body(null, 204);
    return context.json({
      version: job.image.version,
      url: urlOf(ledger.idOfNode(node), job),
      size: job.image.bytes.length,
      checksum: job.image.sha256,
      job: job.id,
      ...timeLimitsOf(job.metadata),
    });
  });

  api.post("/:node/status", REPORT, async (context) => {
    const node = admit(context, options);
    if (node === undefined) return context.json({ error: "the token is not this node's" }, 401);
    const refusal = refuseOnPurpose(context, faults, node);
    if (refusal !== undefined) return refusal;
    const read = StatusBody.safeParse(readObject(await readText(context, STATUS_BYTES_MAX)));
    if (!read.success) {
      ledger.rules.countUnreadable();
      counters.messagesUnreadable++;
      return context.json({ error: "the body must be JSON with a text named status" }, 400);
    }
    // Late ones and those of unknown jobs are acknowledged like any other: the node has done its part.
    const { status, job, time } = read.data;
    ledger.takeStatus(node, nameOf(job) ?? "", status, describeStatus(read.data), secondsOf(time));
    await ledger.settled();
    await delay(faults.lateUs("status answer", node));
    return context.body(null, 204);
  });

  return api;
}

function refuseOnPurpose(
  context: Context,
  faults: BackendFaultDraws<Distribution>,
  node: NodeNumber,
): Response | undefined {
  const fault = faults.at("message", node);
  if (fault?.effect !== "error") return undefined;
  faults.fired(fault.name);
  return context.json({ error: "the backend refuses this on purpose" }, fault.status as ContentfulStatusCode);
}

/** So many microseconds, rounded up to what timers know; 0 = at once. */
function delay(us: number): Promise<void> | undefined {
  return us === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, Math.ceil(us / 1_000)));
}

/** One line for people: the node's own words, or its reason and error. */
function describeStatus(fields: Readonly<Record<string, unknown>>): string {
  const said = textOf(fields["info"]);
  const parts = [textOf(fields["reason"]), textOf(fields["error"])];
  return said !== "" ? said : textOf(parts.filter((part) => part !== "").join(": "));
}

function admit(context: Context, options: PollApiOptions): number | undefined {
  const { ledger, counters } = options;
  counters.pollRequests++;
  const id = context.req.param("node") ?? "";
  const shown = /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1] ?? "";
  const isRight = isSameSecret(shown, ledger.secretOf(id));
  const node = ledger.nodeOf(id);
  if (isRight && node !== undefined) return node;
  counters.pollRequestsRefused++;
  return undefined;
}
