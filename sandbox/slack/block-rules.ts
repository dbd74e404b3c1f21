import { randomBytes } from 'node:crypto';

type Fields = Readonly<Record<string, unknown>>;

/** Where blocks are shown: fifty in a message, a hundred in a view. */
export type Surface = 'message' | 'modal' | 'home';

const mostBlocks: Readonly<Record<Surface, number>> = { message: 50, modal: 100, home: 100 };

/** `longest` characters of the text object in a field; `kind` where only one kind is taken. */
const texts: Readonly<Record<string, readonly { field: string; longest: number; kind?: string }[]>> = {
  header: [{ field: 'text', longest: 150, kind: 'plain_text' }],
  section: [{ field: 'text', longest: 3000 }],
  input: [
    { field: 'label', longest: 2000, kind: 'plain_text' },
    { field: 'hint', longest: 2000, kind: 'plain_text' },
  ],
  button: [{ field: 'text', longest: 75, kind: 'plain_text' }],
};

const lists: Readonly<Record<string, { field: string; most: number; longest?: number }>> = {
  section: { field: 'fields', most: 10, longest: 2000 },
  context: { field: 'elements', most: 10 },
  actions: { field: 'elements', most: 25 },
};

const blockTypes = [
  ...['header', 'section', 'context', 'actions', 'divider', 'input', 'image', 'rich_text'],
  ...['markdown', 'video', 'file', 'table'],
];

/** What Slack would refuse these blocks for, in its own form; empty when it would take them. */
export function faultsOf(blocks: readonly object[], surface: Surface): string[] {
  const faults = blocks.flatMap((block, index) => blockFaults(block as Fields, `/blocks/${index}`));
  if (blocks.length > mostBlocks[surface])
    faults.push(fault(`no more than ${mostBlocks[surface]} items allowed`, '/blocks'));
  const ids = blocks.flatMap((block) => (block as Fields)['block_id'] ?? []);
  if (new Set(ids).size < ids.length) faults.push(fault('block_id must be unique', '/blocks'));
  return faults;
}

function blockFaults(block: Fields, at: string): string[] {
  const type = String(block['type']);
  if (!blockTypes.includes(type)) return [fault(`unsupported type: ${type}`, at)];
  const faults = [...textFaults(type, block, at), ...listFaults(type, block, at)];
  if (tooLong(block['block_id'], 255))
    faults.push(fault('must be less than 256 characters', `${at}/block_id`));
  if (type === 'section' && !block['text'] && !block['fields'])
    faults.push(fault('must define `text` or `fields`', at));
  if (type === 'input' && !block['label']) faults.push(fault('missing required field: label', at));
  if (type === 'input' && !isFields(block['element']))
    faults.push(fault('missing required field: element', at));
  return [...faults, ...elementsOf(block).flatMap((element) => elementFaults(element, `${at}/elements`))];
}

function textFaults(type: string, fields: Fields, at: string): string[] {
  return (texts[type] ?? []).flatMap(({ field, longest, kind }) => {
    const text = fields[field];
    return text === undefined ? [] : textFault(text, longest, kind, `${at}/${field}`);
  });
}

function textFault(value: unknown, longest: number, kind: string | undefined, at: string): string[] {
  if (!isFields(value) || typeof value['text'] !== 'string') return [fault('must be a text object', at)];
  const { type, text } = value;
  if (type !== 'plain_text' && (kind !== undefined || type !== 'mrkdwn'))
    return [fault(`failed to match type ${kind ?? 'mrkdwn'}`, at)];
  if (text === '') return [fault('must be more than 0 characters', at)];
  return tooLong(text, longest) ? [fault(`must be less than ${longest + 1} characters`, at)] : [];
}

function listFaults(type: string, block: Fields, at: string): string[] {
  const rule = lists[type];
  const list = rule && block[rule.field];
  if (!rule || (list === undefined && type === 'section')) return [];
  const path = `${at}/${rule.field}`;
  if (!Array.isArray(list) || list.length === 0) return [fault('must be a non-empty list', path)];
  const { most, longest } = rule;
  const faults = list.length > most ? [fault(`no more than ${most} items allowed`, path)] : [];
  if (longest === undefined) return faults;
  return [...faults, ...list.flatMap((item) => textFault(item, longest, undefined, path))];
}

function elementFaults(element: Fields, at: string): string[] {
  const faults = textFaults(String(element['type']), element, at);
  for (const [field, longest] of [
    ['action_id', 255],
    ['value', 2000],
    ['url', 3000],
  ] as const)
    if (tooLong(element[field], longest))
      faults.push(fault(`must be less than ${longest + 1} characters`, `${at}/${field}`));
  const { type, style } = element;
  if (type === 'button' && style !== undefined && style !== 'primary' && style !== 'danger')
    faults.push(fault(`unsupported style: ${JSON.stringify(style)}`, at));
  return faults;
}

/** The interactive elements of a block: of actions, a section's accessory, an input's element. */
export function elementsOf(block: object): Fields[] {
  const { type, elements, accessory, element } = block as Fields;
  const listed = type === 'actions' && Array.isArray(elements) ? (elements as unknown[]) : [];
  return [...listed, accessory, element].filter(isFields);
}

/** Slack names the blocks and elements that the app left without a name. */
export function named(blocks: readonly object[]): readonly object[] {
  return blocks.map((block) => {
    const { type, elements, accessory, element } = block as Fields;
    const isActions = type === 'actions' && Array.isArray(elements);
    return {
      ...block,
      block_id: (block as Fields)['block_id'] ?? newName(),
      ...(isActions ? { elements: elements.map(withActionId) } : {}),
      ...(isFields(accessory) ? { accessory: withActionId(accessory) } : {}),
      ...(isFields(element) ? { element: withActionId(element) } : {}),
    };
  });
}

const withActionId = (element: Fields) =>
  element['type'] === 'image' ? element : { ...element, action_id: element['action_id'] ?? newName() };

const newName = () => randomBytes(4).toString('base64url').slice(0, 5);
const fault = (text: string, at: string) => `[ERROR] ${text} [json-pointer:${at}]`;
const tooLong = (value: unknown, most: number) => typeof value === 'string' && value.length > most;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
