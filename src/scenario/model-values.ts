/** The values of a model one by one, each by its name and in the words of a scenario. */
import { printedDistribution } from "./printed-distribution.ts";
import { printedModel } from "./model-sense.ts";
import { MODEL_VALUES, type ServerModel } from "./server-model.ts";
import { DURATION } from "./units.ts";

/** What the model states, in the order of `MODEL_VALUES`: `fetch.service` is `{exponential: {mean: 4ms}}`. */
export function modelValues(model: ServerModel): readonly { readonly name: string; readonly text: string }[] {
  const printed = printedModel(model, (us) => printedDistribution(us, DURATION));
  return MODEL_VALUES.flatMap((name) => {
    const [part = "", key = ""] = name.split(".");
    const value = printed?.[part as "fetch"]?.[key];
    return value === undefined ? [] : [{ name, text: plainText(value) }];
  });
}

function plainText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${plainText(inner)}`);
  return `{ ${entries.join(", ")} }`;
}
