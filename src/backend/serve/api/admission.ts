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
    formWords: "the operator's token alone, without Bearer before it",
    described: { type: "apiKey", in: "header", name: "Authorization", description: "The operator's token, bare." },
  },
  {
    prefix: "/admin/",
    scheme: "operatorBearer",
    tokenForm: /^Bearer (\S+)$/,
    formWords: "the word Bearer, a space and the operator's token",
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
export function admitOperator(ledger: Ledger, counters: ServeCounters, part: (typeof OPERATOR_PARTS)[number]) {
  return async (context: Context, next: Next): Promise<void> => {
    counters.apiRequests++;
    const shown = part.tokenForm.exec(context.req.header("Authorization") ?? "")?.[1] ?? "";
    if (!isSameSecret(shown, ledger.operatorToken)) {
      throw new Failure(401, CODES.notAuthorised, `Authorization: must be ${part.formWords}.`);
    }
    await next();
  };
}
