/** Takes rows one by one and keeps them as a book has them: codes in columns that grow, and each word once. */
import { type BookColumns, FleetBook, type RowKind } from "../fleet-book.ts";
import { IdSet } from "./id-set.ts";

/** A row as the file says it; "" = it does not say. */
export interface FleetRow {
  readonly id: string;
  readonly zone: string;
  readonly project: string;
  readonly version: string;
  readonly hardware: string;
  readonly link: string;
  /** Whole seconds since 1970; 0 = it does not say. */
  readonly lastSeenSeconds: number;
}

const ROWS_AT_FIRST = 1_024;

export class BookBuilder {
  readonly #zones = new Words();
  readonly #links: Words;
  readonly #projects = new Words();
  readonly #versions = new Words();
  readonly #hardware = new Words();
  readonly #kinds: RowKind[] = [];
  readonly #kindNumbers = new Map<number, number>();
  readonly #ids = new IdSet();
  #columns = columnsOf(ROWS_AT_FIRST);
  #rows = 0;

  /** @param links words that have their codes already, in their order */
  constructor(links: readonly string[]) {
    this.#links = new Words(links);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Different pairs of project, version and hardware so far. */
  get kinds(): number {
    return this.#kinds.length;
  }

  get links(): number {
    return this.#links.size;
  }

  /** Adds a row; answers the row that has its id already, and then adds none. */
  add(row: FleetRow): number | undefined {
    const twin = this.#ids.add(row.id);
    if (twin !== undefined) return twin;
    if (this.#rows === this.#columns.zones.length) this.#columns = grown(this.#columns);
    const { zones, kinds, links, lastSeenSeconds } = this.#columns;
    zones[this.#rows] = this.#zones.codeOf(row.zone);
    kinds[this.#rows] = this.#kindOf(row);
    links[this.#rows] = this.#links.codeOf(row.link);
    lastSeenSeconds[this.#rows] = row.lastSeenSeconds;
    this.#rows++;
    return undefined;
  }

  book(): FleetBook {
    const words = { zones: this.#zones.list, kinds: this.#kinds, links: this.#links.list };
    return FleetBook.packed(this.#rows, words, { ...this.#columns, ids: this.#ids.bytes, idEnds: this.#ids.ends });
  }

  #kindOf({ project, version, hardware }: FleetRow): number {
    // Codes are far below 2^17: the file's own limit of kinds bounds each.
    const key = (this.#projects.codeOf(project) * 2 ** 17 + this.#versions.codeOf(version)) * 2 ** 17;
    const whole = key + this.#hardware.codeOf(hardware);
    const known = this.#kindNumbers.get(whole);
    if (known !== undefined) return known;
    const said = (text: string): string | undefined => (text === "" ? undefined : text);
    const number = this.#kinds.push({ project: said(project), version: said(version), hardware: said(hardware) }) - 1;
    this.#kindNumbers.set(whole, number);
    return number;
  }
}

/** Words by code from 1; "" has the code 0. */
class Words {
  readonly #codes: Map<string, number>;

  constructor(words: readonly string[] = []) {
    this.#codes = new Map(words.map((word, place) => [word, place + 1]));
  }

  get size(): number {
    return this.#codes.size;
  }

  get list(): readonly string[] {
    return [...this.#codes.keys()];
  }

  codeOf(word: string): number {
    if (word === "") return 0;
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    this.#codes.set(word, this.#codes.size + 1);
    return this.#codes.size;
  }
}

type Codes = Omit<BookColumns, "ids" | "idEnds">;

function columnsOf(rows: number): Codes {
  return {
    lastSeenSeconds: new Uint32Array(rows),
    zones: new Uint16Array(rows),
    kinds: new Uint16Array(rows),
    links: new Uint8Array(rows),
  };
}

function grown(old: Codes): Codes {
  const next = columnsOf(old.zones.length * 2);
  next.lastSeenSeconds.set(old.lastSeenSeconds);
  next.zones.set(old.zones);
  next.kinds.set(old.kinds);
  next.links.set(old.links);
  return next;
}
