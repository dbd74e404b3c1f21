interface TaggedAccount {
  readonly name: string | undefined;
  readonly purpose: string | undefined;
  readonly tags: Readonly<Record<string, unknown>>;
}

/**
 * The accounts of one wave: the named ones, or the production accounts that carry all its tags.
 * @param wave a list of names or `{tag: value}`; anything else has no accounts
 */
export function accountsOfWave(wave: unknown, accounts: readonly TaggedAccount[]): string[] {
  if (Array.isArray(wave)) return wave.filter((name): name is string => typeof name === 'string');
  if (typeof wave !== 'object' || wave === null) return [];
  const { accounts: named, tags } = wave as Readonly<Record<string, unknown>>;
  if (Array.isArray(named)) return accountsOfWave(named, accounts);
  const wanted = Object.entries(typeof tags === 'object' && tags !== null ? tags : wave);
  return accounts
    .filter(
      ({ purpose, tags }) => purpose === 'production' && wanted.every(([tag, value]) => tags[tag] === value),
    )
    .flatMap(({ name }) => name ?? []);
}
