import { beforeAll, expect, test } from "vitest";
import { SECOND_US } from "../../../../src/base/instant.ts";
import { UserError } from "../../../../src/base/user-error.ts";
import { MessageServers } from "../../../../src/drivers/virtual/models/message-servers.ts";
import { readyHistograms } from "../../../../src/measure/histogram.ts";
import { NO_LIMITS, worldScenario } from "../model-world.ts";

beforeAll(readyHistograms);

const ONE = { servers: 1, serviceUs: { kind: "fixed", value: SECOND_US }, queueMax: undefined } as const;

test("a status waits behind its node's question, whether or not statuses have servers of their own", () => {
  const servers = serversOf({ fetch: ONE });

  expect(servers.arrive("fetch", 3, 0)).toBe(SECOND_US);
  expect(servers.arrive("report", 3, 10)).toBe(SECOND_US + 1);
  expect(servers.arrive("report", 4, 10)).toBe(10);
});

test("a queue without an end in which more wait than memory is for is an error that says what would be right", () => {
  const servers = serversOf({ statuses: ONE });
  const max = 1_000_000 + 16 * 20;
  // The first of them is served, and does not wait.
  for (let job = 0; job <= max; job++) servers.arrive("report", job % 20, 1_000);

  const error = errorOf(() => servers.arrive("report", 0, 600_000));
  expect(error).toBeInstanceOf(UserError);
  expect(String(error)).toContain("model.statuses.queue has no end, and 1000320 statuses wait in it 1s after");
  expect(String(error)).toContain("more model.statuses.servers or a shorter model.statuses.service");
});

function serversOf(model: Partial<typeof NO_LIMITS>): MessageServers {
  return new MessageServers({ ...NO_LIMITS, ...model }, worldScenario({ model: undefined }));
}

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
