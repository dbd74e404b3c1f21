import { toPolicyText } from './plan-policy-text.ts';

/**
 * JSON whose text is the same for equal values: members sorted, absent values left out, policies in their normal form.
 * @param value plain data as JSON.parse makes it
 */
export function normalJson(value: unknown): string {
  return JSON.stringify(toNormalForm(value)) ?? 'null';
}

/** Most values are in it already, as Terraform sorts its members: those are not copied. */
function toNormalForm(value: unknown): unknown {
  if (typeof value === 'string') return toPolicyText(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return mapIfChanged(value);
  return normalMembers(value as Readonly<Record<string, unknown>>);
}

function mapIfChanged(items: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  items.forEach((item, index) => {
    const normal = toNormalForm(item);
    if (normal === item) return;
    copy ??= [...items];
    copy[index] = normal;
  });
  return copy ?? items;
}

function normalMembers(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const names = Object.keys(members);
  let isNormal = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  const entries = names.map((name) => {
    const normal = toNormalForm(members[name]);
    isNormal &&= normal === members[name];
    return [name, normal] as const;
  });
  if (isNormal) return members;
  // numbers come first whatever the order is, the same in each run
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
