import { fieldDefinitions, fieldIds, isCustom, type FieldDefinition } from './fields.ts';
import type { ChangeItem, Component, FieldId, IssueValues } from './model.ts';

/** The changelog items that lead from one set of values to another. */
export function diffValues(before: Readonly<IssueValues>, after: Readonly<IssueValues>): ChangeItem[] {
  return fieldIds.flatMap((id) => diffValue(id, before, after));
}

function diffValue<K extends FieldId>(
  id: K,
  before: Readonly<IssueValues>,
  after: Readonly<IssueValues>,
): ChangeItem[] {
  if (before[id] === after[id]) return [];
  const definition: FieldDefinition<IssueValues[K]> = fieldDefinitions[id];
  const { each } = definition;
  if (each) return diffList({ id, field: each.field }, each.of(before[id]), each.of(after[id]));
  const side = (values: Readonly<IssueValues>) => ({
    id: definition.toId(values[id]),
    text: definition.toText(values[id]),
  });
  const [from, to] = [side(before), side(after)];
  if (from.text === to.text && from.id === to.id) return [];
  const item = {
    field: isCustom(id) ? definition.name : id,
    fieldtype: isCustom(id) ? ('custom' as const) : ('jira' as const),
    fieldId: id,
    from: from.id,
    fromString: from.text,
    to: to.id,
    toString: to.text,
  };
  return [item];
}

function diffList(
  { id, field }: { readonly id: FieldId; readonly field: string },
  before: readonly Component[],
  after: readonly Component[],
): ChangeItem[] {
  const base = { field, fieldtype: 'jira' as const, fieldId: id };
  const nothing = { from: null, fromString: null, to: null, toString: null };
  const missingIn = (list: readonly Component[]) => (one: Component) =>
    !list.some(({ id: own }) => own === one.id);
  return [
    ...before
      .filter(missingIn(after))
      .map((gone) => ({ ...base, ...nothing, from: gone.id, fromString: gone.name })),
    ...after
      .filter(missingIn(before))
      .map((come) => ({ ...base, ...nothing, to: come.id, toString: come.name })),
  ];
}
