/** A scenario between its two steps: the text is read and right, the image is not known yet. */
import type { Adapter } from "../adapters/adapter.ts";
import type { Mistake } from "../base/user-error.ts";
import type { FleetBook } from "../fleet/fleet-book.ts";
import type { FilledTraits } from "./cohort-traits.ts";
import type { Places } from "./mistakes.ts";
import type { GivenScenario } from "./schema.ts";

/** What a scenario must know of a kind of backend. */
export type AdapterFacts = Pick<Adapter, "kind" | "link" | "can" | "generations" | "defaultGeneration">;

export interface DraftCohort {
  readonly name: string;
  readonly firstNode: number;
  readonly nodes: number;
  readonly traits: FilledTraits;
  /** Where its nodes come from; undefined = they are drawn. */
  readonly from: DraftFile | undefined;
}

/** The rows of a cohort's file, as many as it has nodes. */
export interface DraftFile {
  readonly book: FleetBook;
  readonly rowsInFile: number;
}

/** A scenario whose text is right; the image is not known yet. */
export interface ScenarioDraft {
  readonly given: GivenScenario;
  readonly nodes: number;
  readonly cohorts: readonly DraftCohort[];
  readonly adapter: AdapterFacts;
  /** What is allowed and most likely not meant. */
  readonly warnings: readonly Mistake[];
  readonly places: Places;
  readonly file: string;
}
