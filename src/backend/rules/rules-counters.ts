/**
 * What the rules have counted since they began. For the laws:
 * fetches = fetchesAnswered + fetchesUnanswered; offers sent = fetchesAnswered + pushes;
 * statuses = the sum of the eight that follow it, down to statusesUnreadable.
 */
export interface RulesCounters {
  fetches: number;
  /** Answered with a job. */
  fetchesAnswered: number;
  /** Nothing was pending: the node hears nothing. */
  fetchesUnanswered: number;
  /** Offers sent unasked: at the creation of a job, again on an operator's word, and on a user's approval. */
  pushes: number;
  /** Those of a user's approval. */
  approvals: number;
  statuses: number;
  statusesApplied: number;
  /** The node was already done with the job. */
  statusesLate: number;
  /** The job was cancelled before. */
  statusesAfterCancel: number;
  /** The job's timeout was over. */
  statusesAfterExpiry: number;
  statusesUnknownJob: number;
  statusesUnknownStatus: number;
  statusesNotATarget: number;
  /** The message could not be read; counted by the rules' caller through `countUnreadable`. */
  statusesUnreadable: number;
  appliedInProgress: number;
  appliedDelayed: number;
  appliedSuccess: number;
  appliedFailed: number;
  appliedRejected: number;
  jobsCreated: number;
  jobsFinished: number;
  jobsCancelled: number;
  jobsExpired: number;
}

/** All at zero. */
export function newRulesCounters(): RulesCounters {
  return {
    fetches: 0,
    fetchesAnswered: 0,
    fetchesUnanswered: 0,
    pushes: 0,
    approvals: 0,
    statuses: 0,
    statusesApplied: 0,
    statusesLate: 0,
    statusesAfterCancel: 0,
    statusesAfterExpiry: 0,
    statusesUnknownJob: 0,
    statusesUnknownStatus: 0,
    statusesNotATarget: 0,
    statusesUnreadable: 0,
    appliedInProgress: 0,
    appliedDelayed: 0,
    appliedSuccess: 0,
    appliedFailed: 0,
    appliedRejected: 0,
    jobsCreated: 0,
    jobsFinished: 0,
    jobsCancelled: 0,
    jobsExpired: 0,
  };
}
