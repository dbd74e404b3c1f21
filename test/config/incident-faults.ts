import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { exampleWith, faultsOf } from './example-config.ts';
import { sound } from './incident-config.ts';

export type Changes = Readonly<Record<string, unknown>>;
export type Faulty = readonly [what: string, changes: Changes, path: string, says: RegExp];

/** A change of the one connection of the sound configuration. */
export const one = (key: string, value: unknown): Changes => ({
  [`processes.incidents.connections.0.${key}`]: value,
});

/** The sound configuration with some values set. */
export function changed(changes: Changes): string {
  return exampleWith({ ...structuredClone(sound), ...structuredClone(changes) });
}

/** A test for each: that what is changed is named where it stands, with what to do. */
export function itNames(faulty: readonly Faulty[]): void {
  for (const [what, changes, at, says] of faulty)
    it(`names ${what}`, () => {
      const faults = faultsOf(changed(changes));
      const found = faults.filter((fault) => fault.path === at);
      assert.ok(found.length > 0, `no fault at ${at}:\n${formatFaults(faults)}`);
      assert.match(formatFaults(found), says);
    });
}
