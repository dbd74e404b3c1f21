import { createFailure } from '../../workflows/shared/failures.ts';

const longest = 64;

/**
 * A RoleSessionName as STS takes it: 2 to 64 of `A-Za-z0-9_+=,.@-`; emulators take anything. Other characters become `-`.
 * @throws InvalidInput when fewer than two characters are left
 */
export function toSessionName(name: string): string {
  const usable = name.replace(/[^\w+=,.@-]/g, '-').slice(0, longest);
  if (usable.length < 2)
    throw createFailure(
      'InvalidInput',
      `sessionName: "${name}" is too short: use 2 to ${longest} characters`,
    );
  return usable;
}
