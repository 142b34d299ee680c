/** A job whose validity is over: no node may begin it any more, and those that have not are settled. */
import { STAGE } from "./columns.ts";
import type { RunState } from "./run-state.ts";

/** Expires what is over at `nowUs` (fleet time), once a job; for an end rule that asks often. */
export function passTime(state: RunState, nowUs: number): void {
  state.plan.jobs.forEach(({ validUntilUs }, job) => {
    if (validUntilUs === undefined || nowUs <= validUntilUs || state.isExpired[job] === 1) return;
    state.isExpired[job] = 1;
    expireJob(state, job, validUntilUs);
  });
}

/** Expires every job that is over, again where records came late. What it does depends on records alone. */
export function expireJobs(state: RunState, endedAtUs: number): void {
  state.plan.jobs.forEach(({ validUntilUs }, job) => {
    if (validUntilUs !== undefined && endedAtUs > validUntilUs) expireJob(state, job, validUntilUs);
  });
}

function expireJob(state: RunState, job: number, atUs: number): void {
  const { nodes, stage, startAtUs } = state.columns;
  for (let node = 0; node < nodes; node++) {
    const pair = job * nodes + node;
    const isWaiting = stage.get(pair) <= STAGE.delayed && Number.isNaN(startAtUs.get(pair));
    if (!isWaiting) continue;
    stage.set(pair, STAGE.expired);
    state.standing.update(job, node, atUs);
  }
}
