import type { ConfigFault } from './fault.ts';

/** A field whose value must be unlike in every element of a list. */
export function findDuplicates<F extends string>(
  path: string,
  field: F,
  elements: readonly Readonly<Record<F, string | undefined>>[],
): ConfigFault[] {
  return elements.flatMap((element, index) => {
    const value = element[field];
    const first = elements.findIndex((other) => other[field] === value);
    if (value === undefined || first === index) return [];
    const problem = `"${value}" stands at ${path}[${first}].${field} already`;
    return [{ path: `${path}[${index}].${field}`, problem, fix: 'give each its own' }];
  });
}
