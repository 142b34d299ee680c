/** Numbers by place, at most 256, of which the least is asked for all the time: two steps of sixteen. */
const GROUP = 16;

/** Most numbers that a table holds. */
export const MIN_TABLE_PLACES = GROUP * GROUP;

export class MinTable {
  readonly #values = new Float64Array(MIN_TABLE_PLACES).fill(Infinity);
  readonly #groups = new Float64Array(GROUP).fill(Infinity);
  #least = Infinity;

  /** Infinity where no number is set. */
  get least(): number {
    return this.#least;
  }

  /** The first place that holds the least number; -1 where no number is set. */
  get place(): number {
    if (this.#least === Infinity) return -1;
    const group = this.#groups.indexOf(this.#least);
    return this.#values.indexOf(this.#least, group * GROUP);
  }

  set(place: number, value: number): void {
    const values = this.#values;
    if (values[place] === value) return;
    values[place] = value;
    const group = Math.floor(place / GROUP);
    let least = Infinity;
    for (let at = group * GROUP; at < (group + 1) * GROUP; at++) {
      if ((values[at] as number) < least) least = values[at] as number;
    }
    const groups = this.#groups;
    if (groups[group] === least) return;
    groups[group] = least;
    this.#least = Infinity;
    for (let at = 0; at < GROUP; at++) if ((groups[at] as number) < this.#least) this.#least = groups[at] as number;
  }
}
