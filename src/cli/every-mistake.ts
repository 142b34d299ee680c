/** One look is enough to mend all mistakes of a command: those of its flags beside those of its files. */
import { type Mistake, UserError } from "../base/user-error.ts";

/** Steps that do not need one another. */
type Steps = Readonly<Record<string, () => unknown>>;

/** What the steps give, by name. Throws one `UserError` with the mistakes of all steps, in their order. */
export function everyMistakeOf<S extends Steps>(steps: S): { readonly [name in keyof S]: ReturnType<S[name]> } {
  const mistakes: Mistake[] = [];
  const results = Object.entries(steps).map(([name, step]) => {
    try {
      return [name, step()] as const;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(...error.mistakes);
      return [name, undefined] as const;
    }
  });
  if (mistakes.length > 0) throw new UserError(mistakes);
  return Object.fromEntries(results) as { readonly [name in keyof S]: ReturnType<S[name]> };
}
