/** The contract of the files that a sweep or a search leaves: each is a pure function of its result. */

export interface PlansReporter<Result> {
  readonly fileName: string;
  readonly render: (result: Result) => string;
}
