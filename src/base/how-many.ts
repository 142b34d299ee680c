/** `1 node`, `2000 nodes`: a count as it is, without separators, and its noun. `many` where it is not `one` with an s. */
export function howMany(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
