import { expect, test } from "vitest";
import { Book } from "../../../src/base/book.ts";
import { ShardImages } from "../../../src/drivers/live/shard-images.ts";
import { ShardJobs } from "../../../src/drivers/live/shard-jobs.ts";
import { NO_JOB } from "../../../src/measure/event-record.ts";
import type { ImageIdentity } from "../../../src/node/image-identity.ts";
import { PLAIN_JOB } from "../../scenario/plain.ts";
import { liveScenario } from "./live-run.ts";

const SIZE = 65_536;

test("an offer that comes before the job's id is told belongs to the job that is expected", () => {
  const { jobs, mistaken } = run();

  jobs.expected(1);
  jobs.heard("new", SIZE);

  expect(jobs.jobOfId("new")).toBe(1);
  jobs.created(1, "new");
  expect(jobs.jobOfId("new")).toBe(1);
  expect(mistaken).toEqual([]);
});

test("an id of which nothing was expected is none of the run's", () => {
  const { jobs } = run();

  jobs.heard("strange", SIZE);

  expect(jobs.jobOfId("strange")).toBe(NO_JOB);
});

test("an offer of another image is not taken for the expected job's", () => {
  const { jobs } = run();
  jobs.expected(0);

  jobs.heard("strange", SIZE + 1);

  expect(jobs.jobOfId("strange")).toBe(NO_JOB);
});

test("an offer that was taken for the expected job's and was another's is told, and taken for it no longer", () => {
  const { jobs, mistaken } = run();
  jobs.expected(0);
  jobs.heard("strange", SIZE);

  jobs.created(0, "own");

  expect([jobs.jobOfId("strange"), jobs.jobOfId("own")]).toEqual([NO_JOB, 0]);
  expect(mistaken).toEqual([0]);
});

test("only one unknown id is taken for the expected job's, and none once the job was refused", () => {
  const { jobs, mistaken } = run();
  jobs.expected(0);
  jobs.heard("first", SIZE);
  jobs.heard("second", SIZE);
  expect(jobs.jobOfId("second")).toBe(NO_JOB);

  jobs.notCreated(0);
  jobs.heard("third", SIZE);

  expect(["first", "third"].map((id) => jobs.jobOfId(id))).toEqual([NO_JOB, NO_JOB]);
  expect(mistaken).toEqual([0]);
});

test("jobs that are made one after the other keep their ids apart", () => {
  const { jobs } = run();
  for (const job of [0, 1]) {
    jobs.expected(job);
    jobs.heard(`job-${job}`, SIZE);
    jobs.created(job, `job-${job}`);
  }

  expect(["job-0", "job-1"].map((id) => jobs.jobOfId(id))).toEqual([0, 1]);
});

function run() {
  const scenario = { ...liveScenario(), jobs: [PLAIN_JOB, { ...PLAIN_JOB, name: "other" }] };
  const images = new ShardImages(new Book<ImageIdentity>(), scenario, [{ sha256: "", md5: "", sizeBytes: SIZE }]);
  const mistaken: number[] = [];
  return { jobs: new ShardJobs(images, (job) => mistaken.push(job)), mistaken };
}
