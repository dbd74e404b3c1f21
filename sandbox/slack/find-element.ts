import { elementsOf } from './block-rules.ts';
import { stateOf } from './element-state.ts';
import { SlackRefusal } from './slack-refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Which element is pressed: by action id, where several share it also by block id or value. */
export interface ElementChoice {
  readonly actionId: string;
  readonly blockId?: string | undefined;
  /** A button's value, or the chosen option's or text of anything else. */
  readonly value?: string | undefined;
}

/**
 * The entry of `actions` for a press. A person cannot press what is not there: throws `action_not_found`.
 * @param forged the value may be any
 */
export function pressElement(blocks: readonly object[], choice: ElementChoice, forged = false): Fields {
  for (const block of blocks) {
    const { block_id: blockId } = block as Fields;
    if (choice.blockId !== undefined && choice.blockId !== blockId) continue;
    const element = elementsOf(block).find((candidate) => isChosen(candidate, choice, forged));
    if (element) return { ...pressed(block, element, choice, forged), block_id: blockId };
  }
  throw new SlackRefusal('action_not_found');
}

function isChosen(element: Fields, { actionId, value }: ElementChoice, forged: boolean): boolean {
  if (element['action_id'] !== actionId) return false;
  return value === undefined || forged || element['type'] !== 'button' || element['value'] === value;
}

function pressed(
  block: object,
  element: Fields,
  { actionId, value }: ElementChoice,
  forged: boolean,
): Fields {
  const { type, text, style, url } = element;
  if (type !== 'button') {
    const values = { [String((block as Fields)['block_id'])]: { [actionId]: value ?? '' } };
    const held = Object.values(stateOf([block], values)).map((row) => row[actionId]);
    return { action_id: actionId, type, ...held[0] };
  }
  const carried = forged && value !== undefined ? value : element['value'];
  return {
    ...{ action_id: actionId, text },
    ...(carried === undefined ? {} : { value: carried }),
    ...(style === undefined ? {} : { style }),
    ...(url === undefined ? {} : { url }),
    type,
  };
}
