import { elementsOf } from './block-rules.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Block id → action id → what the element holds, as in a payload's `state.values`. */
export type StateValues = Readonly<Record<string, Readonly<Record<string, Fields>>>>;

/** What a person gives: a text per block, or per element of a block. */
export type GivenValues = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const textField: Readonly<Record<string, string>> = {
  plain_text_input: 'value',
  number_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  users_select: 'selected_user',
};
const choices = ['static_select', 'radio_buttons'];
const manyChoices = ['checkboxes', 'multi_static_select'];

/** The state of everything that can hold a value. What is not given is as the app set it; many choices are commas apart. */
export function stateOf(blocks: readonly object[], given: GivenValues = {}): StateValues {
  const rows = blocks.flatMap((block) => {
    const blockId = String((block as Fields)['block_id']);
    const held = elementsOf(block).flatMap((element) => {
      const actionId = String(element['action_id']);
      const value = heldValue(element, givenFor(given[blockId], actionId));
      return value ? [[actionId, value] as const] : [];
    });
    return held.length === 0 ? [] : [[blockId, Object.fromEntries(held)] as const];
  });
  return Object.fromEntries(rows);
}

function givenFor(given: GivenValues[string] | undefined, actionId: string): string | undefined {
  return typeof given === 'string' ? given : given?.[actionId];
}

/** Undefined for an element that holds no value, such as a button. */
function heldValue(element: Fields, given: string | undefined): Fields | undefined {
  const type = String(element['type']);
  const field = textField[type];
  if (field !== undefined) {
    const initial = element[`initial_${field.replace('selected_', '')}`] ?? null;
    return { type, [field]: given === undefined ? initial : given === '' ? null : given };
  }
  const options = (element['options'] ?? []) as readonly Fields[];
  if (choices.includes(type)) {
    const chosen = options.find((option) => option['value'] === given);
    return { type, selected_option: chosen ?? (given ? null : (element['initial_option'] ?? null)) };
  }
  if (!manyChoices.includes(type)) return undefined;
  const wanted = given?.split(',');
  const chosen = options.filter((option) => wanted?.includes(String(option['value'])));
  return { type, selected_options: wanted ? chosen : (element['initial_options'] ?? []) };
}

/** What Slack itself asks for before it sends a modal to the app: block id → what is wrong. */
export function inputFaults(blocks: readonly object[], state: StateValues): Record<string, string> {
  const faults = blocks.flatMap((block) => {
    const { type, block_id: blockId, optional, element } = block as Fields;
    if (type !== 'input') return [];
    const { action_id: actionId, ...limits } = element as Fields;
    const held = state[String(blockId)]?.[String(actionId)];
    const fault = inputFault(held, limits, optional === true);
    return fault === undefined ? [] : [[String(blockId), fault] as const];
  });
  return Object.fromEntries(faults);
}

function inputFault(held: Fields | undefined, limits: Fields, optional: boolean): string | undefined {
  const [value] = Object.entries(held ?? {}).flatMap(([field, content]) =>
    field === 'type' ? [] : [content],
  );
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (isEmpty) return optional ? undefined : 'Please complete this required field.';
  if (typeof value !== 'string') return undefined;
  const { min_length: min, max_length: max } = limits;
  if (typeof min === 'number' && value.length < min) return `Must be at least ${min} characters.`;
  if (typeof max === 'number' && value.length > max) return `Must be at most ${max} characters.`;
  return undefined;
}
