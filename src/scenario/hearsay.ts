/**
 * Which mistakes in a scenario's sense only follow from mistakes in its values: a job's name that cannot be read makes
 * every mention of that job look wrong. They are not told; whoever mends the value hears of what is left.
 */
import { nearestWord } from "../base/nearest-word.ts";
import type { Mistake } from "../base/user-error.ts";
import { fieldOf } from "./mistakes.ts";

type Path = readonly PropertyKey[];

/** Where a value of `of` was taken away, a mistake at `at` is hearsay; only with such words, where `words` are given. */
interface Consequence {
  readonly of: RegExp;
  readonly at: RegExp;
  readonly words?: RegExp;
}

const COHORT = /^fleet$|^fleet\.cohorts$|^fleet\.cohorts\[\d+\](?:\.name)?$/;
const JOB = /^jobs$|^jobs\[\d+\](?:\.name)?$/;
const ZONES = /^fleet(?:\.cohorts(?:\[\d+\](?:\.(?:zones|from|like)\b.*)?)?)?$/;

const CONSEQUENCES: readonly Consequence[] = [
  // Names that cannot be read may be those that are meant elsewhere.
  { of: COHORT, at: /\.(?:like|cohorts\[\d+\])$/ },
  { of: COHORT, at: /^thresholds\./, words: /tag "cohort:/ },
  { of: JOB, at: /^timeline\[\d+\]\.(?:when|do)/ },
  { of: JOB, at: /^thresholds\./, words: /tag "job:/ },
  { of: ZONES, at: /^timeline\[\d+\]\..*\.zones\[\d+\]$/ },
  { of: ZONES, at: /^thresholds\./, words: /tag "zone:/ },
  { of: /^fleet$|^fleet\.groups(?:\[\d+\](?:\.name)?)?$/, at: /\.groups\[\d+\]$/ },
  // What is inherited is not known.
  { of: /^fleet$|^fleet\.cohorts(?:\[\d+\](?:\.(?:name|like|autofetch)\b.*)?)?$/, at: /\.autofetch\.(?:every|phase)$/ },
  // What starts a job, and whether it has stages and a rule to stop by.
  { of: /^jobs\[\d+\]\.(?:starts|rollout)\b/, at: /^timeline/, words: /^the job / },
  { of: JOB, at: /^jobs\[\d+\]\.starts$/, words: /^no entry / },
  { of: /^timeline/, at: /^jobs\[\d+\]\.starts$/, words: /^no entry / },
  // What a kind of backend can do.
  { of: /^backend(?:\.adapter)?$/, at: /^backend\b|^model\b|\.generation$|\.(?:restart|stop)$/ },
  { of: /^backend(?:\.url\b.*)?$/, at: /^backend\.(?:url|broker|faults)\b|\.(?:restart|stop)$/ },
];

/** What says of a cohort how many nodes it has. */
const OF_SIZE: ReadonlySet<string> = new Set(["nodes", "from", "links", "lastSeen"]);

/** How many nodes there are hangs on these. */
const SIZES = /^nodes$|^fleet$|^fleet\.cohorts(?:\[\d+\](?:\.(?:nodes|from|links|lastSeen)\b.*)?)?$/;

export class Hearsay {
  readonly #taken = new Set<string>();
  /** What was taken and all that holds any of it: a text can have thousands of mistakes. */
  readonly #around = new Set<string>();
  #consequences: readonly Consequence[] | undefined;

  addTaken(path: Path): void {
    const field = fieldOf(path);
    if (this.#taken.has(field)) return;
    this.#taken.add(field);
    for (const outer of outwards(field)) this.#around.add(outer);
    this.#consequences = undefined;
  }

  /**
   * A block has keys that nobody knows: each may be meant for one that the block lacks, most likely for the nearest.
   *
   * @param there all keys of the block
   * @param known those that it could have
   */
  addLacking(block: Path, unknown: readonly string[], there: readonly string[], known: readonly string[]): void {
    const hasNodes = there.includes("nodes") || there.includes("from");
    const lacking = known.filter((key) => !there.includes(key) && !(hasNodes && OF_SIZE.has(key)));
    for (const key of unknown) {
      const nearest = nearestWord(key, lacking);
      for (const meant of nearest === undefined ? lacking : [nearest]) this.addTaken([...block, meant]);
    }
  }

  isTaken(field: string): boolean {
    return outwards(field).some((outer) => this.#taken.has(outer));
  }

  /** Whether nobody can say how many nodes there are. */
  get hidesSizes(): boolean {
    return [...this.#taken].some((taken) => SIZES.test(taken));
  }

  /** Whether a mistake says nothing new, or nothing certain, beside what was taken away. */
  covers({ field, seen, expected }: Mistake): boolean {
    if (field === undefined) return false;
    this.#consequences ??= CONSEQUENCES.filter(({ of }) => [...this.#taken].some((taken) => of.test(taken)));
    return (
      this.isTaken(field) ||
      this.#isPartOfTaken(field) ||
      this.#consequences.some(
        ({ at, words }) => at.test(field) && (words === undefined || words.test(expected) || words.test(seen)),
      )
    );
  }

  /** It holds something that was taken, or only makes sense together with it. */
  #isPartOfTaken(field: string): boolean {
    const whole = WHOLE.exec(field)?.[0];
    if (whole !== undefined && this.#around.has(whole)) return true;
    // A list of cohorts is judged by its sizes, and a threshold's key by itself, whatever else is wrong in them.
    return field !== "fleet.cohorts" && !/^thresholds\.|^jobs\[\d+\]$/.test(field) && this.#around.has(field);
  }
}

/** Parts that only hold together. */
const WHOLE = /^(?:model|backend\.faults|jobs\[\d+\]\.rollout\.stages|fleet\.cohorts\[\d+\]\.faults)(?:\.[^.[]+)?/;

/** A field and all that it lies in: `jobs[0].window`, `jobs[0]`, `jobs`. */
function outwards(field: string): string[] {
  const ends = [...field.matchAll(/[.[]/g)].map(({ index }) => index);
  return [field, ...ends.map((end) => field.slice(0, end))];
}
