import { faultsOf, named } from './block-rules.ts';
import type { MethodArguments } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { SlackView, ViewContent } from './view-store.ts';
import { stateOf } from './element-state.ts';
import type { SlackWorkspace } from './workspace.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The argument `view`; throws `invalid_arguments`, with what is wrong. */
export function readView(given: MethodArguments, type: ViewContent['type']): ViewContent {
  return checkView(given.json('view', 'invalid_arguments'), type);
}

/** A view from a method's arguments or from an answer to a submission. */
export function checkView(value: unknown, type: ViewContent['type']): ViewContent {
  if (typeof value !== 'object' || value === null)
    throw new SlackRefusal('invalid_arguments', ['[ERROR] missing required field: view']);
  const view = value as Fields;
  const blocks = Array.isArray(view['blocks']) ? (view['blocks'] as object[]) : [];
  const faults = [...shapeFaults(view, type, blocks), ...faultsOf(blocks, type)];
  if (faults.length > 0) throw new SlackRefusal('invalid_arguments', faults);
  const text = (name: string) => textOf(view[name]);
  const part = (name: string) => (typeof view[name] === 'object' ? view[name] : null);
  return {
    ...{ type, blocks: named(blocks), callback_id: text('callback_id') },
    ...{ private_metadata: text('private_metadata'), external_id: text('external_id') },
    ...{ title: part('title'), submit: part('submit'), close: part('close') },
    clear_on_close: view['clear_on_close'] === true,
    notify_on_close: view['notify_on_close'] === true,
  };
}

function shapeFaults(view: Fields, type: ViewContent['type'], blocks: readonly object[]): string[] {
  const faults: string[] = [];
  const wrong = (is: boolean, text: string) => is && faults.push(`[ERROR] ${text}`);
  const longer = (field: string, most: number) => textOf(view[field]).length > most;
  const words = (field: string) => textOf((view[field] as Fields | undefined)?.['text']);
  wrong(view['type'] !== type, `type must be ${type} [json-pointer:/view/type]`);
  wrong(!Array.isArray(view['blocks']), 'missing required field: blocks');
  wrong(longer('private_metadata', 3000), 'private_metadata: must be less than 3001 characters');
  wrong(longer('callback_id', 255), 'callback_id: must be less than 256 characters');
  if (type === 'home') return faults;
  const hasInput = blocks.some((block) => (block as Fields)['type'] === 'input');
  wrong(words('title') === '', 'missing required field: title');
  wrong(
    ['title', 'submit', 'close'].some((field) => words(field).length > 24),
    'must be less than 25 characters',
  );
  wrong(hasInput && words('submit') === '', '`submit` is required with input blocks');
  return faults;
}

/** The view as Slack shows it in answers and payloads. */
export function toView(view: SlackView, { teamId, app }: SlackWorkspace) {
  const { id, content, hash, typed, previousViewId, rootViewId } = view;
  const values = Object.keys(typed).length > 0 ? typed : stateOf(content.blocks);
  return {
    ...{ id, team_id: teamId, ...content, state: { values }, hash },
    ...{ previous_view_id: previousViewId, root_view_id: rootViewId },
    ...{ app_id: app.appId, app_installed_team_id: teamId, bot_id: app.botId },
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
