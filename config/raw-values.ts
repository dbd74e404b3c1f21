/** What stands in a file whose form nobody has checked: what is not of the wanted type is undefined or empty. */

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((found, key) => (isObject(found) ? found[key] : undefined), value);
}

export function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function texts(value: unknown): (string | undefined)[] {
  return list(value).map((item) => text(item));
}

export function record(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
