/**
 * What a draw is for. Each number belongs to one question for ever, so that a new trait moves no other draw.
 * 1 to 63 belong to a node's birth, and to the user behind it; 64 to 255 to its life, and are listed in node/.
 */
export const PURPOSE = {
  zone: 1,
  generation: 2,
  throughput: 3,
  latency: 4,
  flash: 5,
  boot: 6,
  autofetchPhase: 7,
  startsOffline: 8,
  startSpellLength: 9,
  startSpellPosition: 10,
  uptime: 14,
  firstSpellGap: 15,
  fault: 16,
  /** Of the user behind a node; the count is the job's number. */
  approves: 17,
  approvalDelay: 18,
  forgets: 19,
  reminderDelay: 20,
  /** Of a node among the targets of a job that is released in stages; the count is the job's number. */
  rolloutPlace: 21,
  hardware: 40,
  /** Of a row of a fleet file, where only some are taken; the count is the cohort's place. */
  row: 41,
  /** Of its name, which is for people; the count is the word's place. */
  name: 42,
} as const;
