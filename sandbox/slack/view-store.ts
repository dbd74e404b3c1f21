import { randomBytes } from 'node:crypto';
import type { StateValues } from './element-state.ts';
import { SlackRefusal } from './slack-refusal.ts';

/** What an app gives for a view, checked (see read-view.ts). */
export interface ViewContent {
  readonly type: 'modal' | 'home';
  readonly blocks: readonly object[];
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly external_id: string;
  readonly title: object | null;
  readonly submit: object | null;
  readonly close: object | null;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
}

/** One modal or App Home of one person. */
export interface SlackView {
  readonly id: string;
  readonly userId: string;
  readonly rootViewId: string;
  readonly previousViewId: string | null;
  content: ViewContent;
  hash: string;
  /** What the person typed last, and what the app found wrong with it. */
  typed: StateValues;
  errors: Readonly<Record<string, string>>;
}

/** A person sees the last modal of his stack; three are the limit. */
export interface ViewStore {
  modalsOf(userId: string): readonly SlackView[];
  homeOf(userId: string): SlackView | undefined;
  all(): readonly SlackView[];
  /** By id or the app's own external id; throws `not_found`. */
  find(reference: string | undefined): SlackView;
  /** A new stack, or throws `push_limit_reached` when `onTopOf` is the third. */
  open(userId: string, content: ViewContent, onTopOf?: SlackView): SlackView;
  publish(userId: string, content: ViewContent, hash: string | undefined): SlackView;
  /** Throws `hash_conflict` when the view has changed since the app saw it. */
  update(view: SlackView, content: ViewContent, hash: string | undefined): void;
  /** `all` closes the person's whole stack. */
  close(view: SlackView, all?: boolean): void;
}

const mostModals = 3;

export function createViewStore(now: () => Date): ViewStore {
  const stacks = new Map<string, SlackView[]>();
  const homes = new Map<string, SlackView>();
  let last = 0;

  const newHash = () => `${Math.floor(now().getTime() / 1000)}.${randomBytes(4).toString('hex')}`;
  const newId = () => `V${(++last).toString(36).toUpperCase().padStart(8, '0')}`;
  const all = () => [...[...stacks.values()].flat(), ...homes.values()];

  function create(userId: string, content: ViewContent, below: SlackView | undefined): SlackView {
    const { external_id: externalId } = content;
    if (externalId !== '' && all().some((view) => view.content.external_id === externalId))
      throw new SlackRefusal('duplicate_external_id');
    const id = newId();
    const place = { rootViewId: below?.rootViewId ?? id, previousViewId: below?.id ?? null };
    return { id, userId, ...place, content, hash: newHash(), typed: {}, errors: {} };
  }

  function update(view: SlackView, content: ViewContent, hash: string | undefined): void {
    if (hash !== undefined && hash !== view.hash) throw new SlackRefusal('hash_conflict');
    Object.assign(view, { content, hash: newHash(), errors: {} });
  }

  return {
    all,
    update,
    modalsOf: (userId) => stacks.get(userId) ?? [],
    homeOf: (userId) => homes.get(userId),
    find(reference) {
      const found = all().find(
        ({ id, content }) =>
          id === reference || (content.external_id !== '' && content.external_id === reference),
      );
      if (!found) throw new SlackRefusal('not_found');
      return found;
    },
    open(userId, content, onTopOf) {
      const stack = onTopOf ? (stacks.get(userId) ?? []) : [];
      if (stack.length >= mostModals) throw new SlackRefusal('push_limit_reached');
      const view = create(userId, content, onTopOf);
      stacks.set(userId, [...stack, view]);
      return view;
    },
    publish(userId, content, hash) {
      const before = homes.get(userId);
      if (before) update(before, content, hash);
      const view = before ?? create(userId, content, undefined);
      homes.set(userId, view);
      return view;
    },
    close(view, whole = false) {
      const left = (stacks.get(view.userId) ?? []).filter(({ id }) => !whole && id !== view.id);
      stacks.set(view.userId, left);
    },
  };
}
