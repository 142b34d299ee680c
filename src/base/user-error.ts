/** Where a mistake stands. Lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The field as the user wrote it: `fleet.cohorts[0].nodes`. */
  readonly field?: string;
}

/** One mistake of the user: where, what was seen, what would be right. */
export interface Mistake extends Place {
  readonly seen: string;
  readonly expected: string;
  /** How many mistakes it stands for, where it is a word about those that are not shown; left out: 1. */
  readonly standsFor?: number;
}

/**
 * Something that the user can mend: shown without a stack trace, exit code 2.
 * It carries every mistake that was found, so that one look is enough to mend all of them.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: Mistake | readonly Mistake[]) {
    const all = "seen" in mistakes ? [mistakes] : mistakes;
    super(all.map(describeMistake).join("\n"));
    this.mistakes = all;
  }
}

/** `scenarios/x.yaml:14:3: arrivals.rate is "fast"; must be a number above 0` */
export function describeMistake(mistake: Mistake): string {
  const at = [mistake.file, mistake.line, mistake.column].filter((part) => part !== undefined).join(":");
  const what = [mistake.field, mistake.seen].filter((part) => part !== undefined && part !== "").join(" ");
  return `${at === "" ? "" : `${at}: `}${what}; ${mistake.expected}`;
}
