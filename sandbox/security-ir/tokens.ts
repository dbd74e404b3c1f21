import { canonicalJson } from '../../config/canonical-json.ts';
import { conflict } from './sir-refusal.ts';

/** Client tokens of one operation: a repeat is answered as the first call was, another call with the same token is refused. */
export function createClientTokens<Result>() {
  const first = new Map<string, { readonly order: string; readonly result: Result }>();
  return {
    /** @throws ConflictException on a token that was used for something else */
    once(
      token: string | undefined,
      scope: string,
      order: object,
      make: () => Result,
      idOf: (result: Result) => string,
    ): Result {
      if (token === undefined) return make();
      const key = `${scope} ${token}`;
      const text = canonicalJson(order);
      const known = first.get(key);
      if (known && known.order !== text)
        throw conflict('clientToken was used with other parameters', idOf(known.result));
      if (known) return known.result;
      const result = make();
      first.set(key, { order: text, result });
      return result;
    },
    clear: () => first.clear(),
  };
}
