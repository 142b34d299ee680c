/**
 * The whole HTTP API of the backend: for operators under `/v1/admin` and `/admin`, for users of nodes under
 * `/v1/user`, for polling nodes under `/poll`.
 */
import { BackendFaultDraws } from "../../../faults/backend/fault-draws.ts";
import { quantile } from "../../../fleet/distribution.ts";
import { Hono } from "hono";
import { z } from "zod";
import { FleetClock } from "../fleet-clock.ts";
import { Ledger } from "../ledger.ts";
import { ServeCounters } from "../serve-counters.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { StoreFailure } from "../store/store.ts";
import { admitOperator, OPERATOR_PARTS } from "./admission.ts";
import { declarationOf, declared } from "./declared.ts";
import { openApiDocument } from "./openapi.ts";
import { COUNTERS, plainAdminApi } from "./plain-admin.ts";
import type { PlainAdminOptions } from "./plain-admin.ts";
import { Failure, failureAnswer } from "./failure.ts";
import { imagesApi } from "./images.ts";
import { jobsApi } from "./jobs.ts";
import { nodeGroupsApi } from "./node-groups.ts";
import { nodesApi } from "./nodes.ts";
import { pollApi } from "./poll.ts";
import type { PollApiOptions } from "./poll.ts";
import { userNodesApi } from "./user-nodes.ts";

export interface ApiOptions extends PlainAdminOptions, PollApiOptions {}

const VERSIONS = declared({
  about: "Names the versions of the API that are served.",
  answer: z.object({ supported_versions: z.array(z.string()), additional_info: z.array(z.unknown()) }),
});

const DOCUMENT = declared({ about: "This document.", answer: z.looseObject({ openapi: z.string() }) });

const ALL_COUNTERS = declared({
  about: "Gives the backend's own counters.",
  answer: z.object({ counters: COUNTERS }),
});

export function makeApi(options: ApiOptions): Hono {
  const { ledger, counters, allCounters } = options;
  const api = new Hono();

  api.onError((error, context) => {
    if (error instanceof StoreFailure) {
      return context.json({ status: "failure", error_code: 100000, description: error.message }, 503);
    }
    if (!(error instanceof Failure)) {
      return context.json({ status: "failure", error_code: 100000, description: "The backend itself is broken." }, 500);
    }
    counters.apiRequestsRefused++;
    // What is left of a body that nobody reads must not be taken for the next request.
    if (error.status === 413) context.header("Connection", "close");
    return failureAnswer(context, error);
  });
  api.notFound((context) => {
    const methods = methodsOf(api, context.req.path);
    if (methods.length === 0) return failureAnswer(context, new Failure(404, 100002, "There is no such path."));
    context.header("Allow", methods.join(", "));
    const words = `This path takes ${methods.join(", ")}, and no ${context.req.method}.`;
    return failureAnswer(context, new Failure(405, 100002, words));
  });

  api.get("/apiversions", VERSIONS, (context) => context.json({ supported_versions: ["v1"], additional_info: [] }));
  api.get("/openapi.json", DOCUMENT, (context) => context.json(openApiDocument(api)));

  for (const part of OPERATOR_PARTS) {
    api.use(`${part.prefix}*`, admitOperator(ledger, counters, part));
  }
  api.route("/v1/admin/nodes", nodesApi(ledger, options.isOnline));
  api.route("/v1/admin/node_group", nodeGroupsApi(ledger, options.isOnline));
  api.route("/v1/admin/otaimage", imagesApi(ledger));
  api.route("/v1/admin/otajob", jobsApi(options));
  api.route("/v1/user/nodes", userNodesApi(options));
  api.get("/v1/admin/counters", ALL_COUNTERS, (context) => context.json({ counters: allCounters() }));
  api.route("/admin", plainAdminApi(options));
  api.route("/poll", pollApi(options));
  return api;
}

/** The methods that a path is served with; none = there is no such path. */
function methodsOf(api: Hono, path: string): string[] {
  const isAt = (pattern: string): boolean =>
    new RegExp(`^${pattern.replace(/\/$/, "").replaceAll(/:\w+/g, "[^/]+")}/?$`).test(path);
  const methods = api.routes
    .filter(({ handler, path: pattern }) => declarationOf(handler) !== undefined && isAt(pattern))
    .map(({ method }) => method);
  // The router answers HEAD wherever it answers GET.
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}

/** The API's OpenAPI document, without a backend behind it. */
export function describeApi(): Readonly<Record<string, unknown>> {
  return openApiDocument(unansweredApi());
}

/** The routes alone: whoever asks one of them is an error of ours. */
export function unansweredApi(): Hono {
  const unasked = (): never => {
    throw new Error("an API that is only described answers nobody");
  };
  return makeApi({
    ledger: new Ledger(new MemoryStore(), new FleetClock(0), {}),
    counters: new ServeCounters(),
    allCounters: unasked,
    isOnline: unasked,
    push: unasked,
    urlOf: unasked,
    faults: new BackendFaultDraws([], 0, quantile),
  });
}
