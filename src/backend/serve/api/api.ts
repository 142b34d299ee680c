/** The whole HTTP API of the backend: for operators under `/v1/admin` and `/admin`, for polling nodes under `/poll`. */
import { Hono } from "hono";
import type { Context, Next } from "hono";
import { isSameSecret } from "../credentials.ts";
import { StoreFailure } from "../store/store.ts";
import { plainAdminApi } from "./plain-admin.ts";
import type { PlainAdminOptions } from "./plain-admin.ts";
import { CODES, Failure, failureAnswer } from "./failure.ts";
import { imagesApi } from "./images.ts";
import { jobsApi } from "./jobs.ts";
import { nodesApi } from "./nodes.ts";
import { pollApi } from "./poll.ts";
import type { PollApiOptions } from "./poll.ts";

export interface ApiOptions extends PlainAdminOptions, PollApiOptions {}

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
  api.notFound((context) => failureAnswer(context, new Failure(404, 100002, "There is no such path.")));

  api.get("/apiversions", (context) => context.json({ supported_versions: ["v1"], additional_info: [] }));

  const admit = (tokenForm: RegExp) => async (context: Context, next: Next) => {
    counters.apiRequests++;
    const shown = tokenForm.exec(context.req.header("Authorization") ?? "")?.[1] ?? "";
    if (!isSameSecret(shown, ledger.operatorToken)) {
      throw new Failure(401, CODES.notAuthorised, "Authorization: must be the operator's token.");
    }
    await next();
  };
  // RainMaker's header carries the bare token.
  api.use("/v1/*", admit(/^(\S+)$/));
  api.use("/admin/*", admit(/^Bearer (\S+)$/));
  api.route("/v1/admin/nodes", nodesApi(ledger));
  api.route("/v1/admin/otaimage", imagesApi(ledger));
  api.route("/v1/admin/otajob", jobsApi(options));
  api.get("/v1/admin/counters", (context) => context.json({ counters: allCounters() }));
  api.route("/admin", plainAdminApi(options));
  api.route("/poll", pollApi(options));
  return api;
}
