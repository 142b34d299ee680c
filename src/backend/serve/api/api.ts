/** The whole HTTP API of the backend: for operators under `/v1/admin`, for polling nodes under `/poll`. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isSameSecret } from "../credentials.ts";
import { StoreFailure } from "../store/store.ts";
import { CODES, Failure, failureAnswer } from "./failure.ts";
import { imagesApi } from "./images.ts";
import { jobsApi } from "./jobs.ts";
import type { JobsApiOptions } from "./jobs.ts";
import { nodesApi } from "./nodes.ts";
import { pollApi } from "./poll.ts";
import type { PollApiOptions } from "./poll.ts";

/** A job that names a million nodes by ids of up to 64 characters. */
const BODY_BYTES_MAX = 80_000_000;
const POLL_BODY_BYTES_MAX = 64 * 1024;

export interface ApiOptions extends JobsApiOptions, PollApiOptions {
  readonly allCounters: () => Readonly<Record<string, number>>;
}

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
    return failureAnswer(context, error);
  });
  api.notFound((context) => failureAnswer(context, new Failure(404, 100002, "There is no such path.")));

  api.get("/apiversions", (context) => context.json({ supported_versions: ["v1"], additional_info: [] }));

  api.use("/v1/*", async (context, next) => {
    counters.apiRequests++;
    // RainMaker's header carries the bare token.
    if (!isSameSecret(context.req.header("Authorization") ?? "", ledger.operatorToken)) {
      throw new Failure(401, CODES.notAuthorised, "Authorization: must be the operator's token.");
    }
    await next();
  });
  for (const path of ["/v1/admin/otajob", "/v1/admin/nodes"]) api.use(path, limitTo(BODY_BYTES_MAX));
  api.use("/poll/*", limitTo(POLL_BODY_BYTES_MAX));
  api.route("/v1/admin/nodes", nodesApi(ledger));
  api.route("/v1/admin/otaimage", imagesApi(ledger));
  api.route("/v1/admin/otajob", jobsApi(options));
  api.get("/v1/admin/counters", (context) => context.json({ counters: allCounters() }));
  api.route("/poll", pollApi(options));
  return api;
}

function limitTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: (context) =>
      failureAnswer(context, new Failure(413, CODES.badBody, `The body: must be at most ${maxSize} bytes.`)),
  });
}
