import { parseQuery, type Query, type Selection, type Value } from './parse-query.ts';

export type Arguments = Readonly<Record<string, unknown>>;

/** A field without a type is a scalar. */
export interface Field {
  readonly args?: readonly string[];
  readonly type?: () => ObjectType;
  resolve(source: never, args: Arguments): unknown;
}

export interface ObjectType {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Arguments;
}

/**
 * Runs a query over the types of the stand-in: the fields that exist, by their names, with variables and aliases.
 * @throws for a query that cannot be read, an unknown field or argument, a missing variable; the message is GitLab's
 */
export function runQuery({ query, variables }: GraphqlRequest, root: ObjectType): object {
  const parsed = parseQuery(query);
  checkVariables(parsed, variables);
  return select(parsed.fields, { type: root, source: undefined, variables });
}

function checkVariables({ variables: declared }: Query, given: Arguments) {
  for (const [name, type] of Object.entries(declared)) {
    const value = given[name] ?? null;
    if (type.endsWith('!') && value === null)
      throw new Error(`Variable $${name} of type ${type} was provided invalid value`);
    if (value !== null && type.startsWith('[') && !Array.isArray(value))
      throw new Error(`Variable $${name} of type ${type} was provided invalid value`);
  }
}

interface Place {
  readonly type: ObjectType;
  readonly source: unknown;
  readonly variables: Arguments;
}

function select(selections: readonly Selection[], place: Place): object {
  const entries = selections.map((selection) => [selection.key, valueOf(selection, place)] as const);
  return Object.fromEntries(entries);
}

function valueOf(selection: Selection, { type, source, variables }: Place): unknown {
  const { name } = selection;
  if (name === '__typename') return type.name;
  const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  if (!field) throw new Error(`Field '${name}' doesn't exist on type '${type.name}'`);
  const unknown = Object.keys(selection.args).find((arg) => !field.args?.includes(arg));
  if (unknown) throw new Error(`Field '${name}' doesn't accept argument '${unknown}'`);
  const args = Object.entries(selection.args).map(
    ([arg, value]) => [arg, toValue(value, variables)] as const,
  );
  const value = field.resolve(source as never, Object.fromEntries(args));
  if (!field.type) return value;
  if (selection.fields.length === 0)
    throw new Error(
      `Field must have selections (field '${name}' returns ${field.type().name} but has no selections.)`,
    );
  return shape(value, selection, { type: field.type(), source: undefined, variables });
}

function shape(value: unknown, selection: Selection, place: Place): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => shape(item, selection, place));
  return select(selection.fields, { ...place, source: value });
}

function toValue(value: Value, variables: Arguments): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return 'variable' in value ? variables[value.variable] : value.map((item) => toValue(item, variables));
}
