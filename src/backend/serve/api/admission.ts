/** Who may ask what: each part of the API has one kind of token, and says so in the document. */
import type { Context, Next } from "hono";
import { isSameSecret } from "../credentials.ts";
import type { Ledger } from "../ledger.ts";
import type { ServeCounters } from "../serve-counters.ts";
import { CODES, Failure } from "./failure.ts";

/** The parts that an operator's token opens: how it stands in the header, and how OpenAPI says that. */
export const OPERATOR_PARTS = [
  {
    prefix: "/v1/",
    scheme: "operatorToken",
    // RainMaker's header carries the bare token.
    tokenForm: /^(\S+)$/,
    described: { type: "apiKey", in: "header", name: "Authorization", description: "The operator's token, bare." },
  },
  {
    prefix: "/admin/",
    scheme: "operatorBearer",
    tokenForm: /^Bearer (\S+)$/,
    described: { type: "http", scheme: "bearer", description: "The operator's token." },
  },
] as const;

/** Nodes that poll show their own secret; `/poll` itself compares it, for it hangs on the node. */
export const NODE_PART = {
  prefix: "/poll/",
  scheme: "nodeSecret",
  described: { type: "http", scheme: "bearer", description: "The secret of the node that the path names." },
} as const;

/** Lets whoever shows the operator's token pass. */
export function admitOperator(ledger: Ledger, counters: ServeCounters, tokenForm: RegExp) {
  return async (context: Context, next: Next): Promise<void> => {
    counters.apiRequests++;
    const shown = tokenForm.exec(context.req.header("Authorization") ?? "")?.[1] ?? "";
    if (!isSameSecret(shown, ledger.operatorToken)) {
      throw new Failure(401, CODES.notAuthorised, "Authorization: must be the operator's token.");
    }
    await next();
  };
}
