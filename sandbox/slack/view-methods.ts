import type { MethodArguments } from './method-arguments.ts';
import { readView, toView } from './read-view.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { TriggerIds } from './trigger-ids.ts';
import type { SlackView } from './view-store.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackWorkspace } from './workspace.ts';

/** Modals and App Homes. */
export function viewMethods(workspace: () => SlackWorkspace, triggers: () => TriggerIds): MethodTable {
  const answer = (view: SlackView) => ({ view: toView(view, workspace()) });
  /** The view is checked first: a trigger is not used up by a view that Slack would refuse. */
  const user = (given: MethodArguments) => triggers().exchange(given.required('trigger_id'));

  const open: Method = ({ arguments: given }) => {
    const content = readView(given, 'modal');
    return answer(workspace().views.open(user(given), content));
  };

  const push: Method = ({ arguments: given }) => {
    const content = readView(given, 'modal');
    const { views } = workspace();
    const userId = user(given);
    const top = views.modalsOf(userId).at(-1);
    if (!top) throw new SlackRefusal('not_found');
    return answer(views.open(userId, content, top));
  };

  const update: Method = ({ arguments: given }) => {
    const { views } = workspace();
    const view = views.find(given.text('view_id') ?? given.text('external_id'));
    views.update(view, readView(given, view.content.type), given.text('hash'));
    return answer(view);
  };

  const publish: Method = ({ arguments: given }) => {
    const { views, members } = workspace();
    const userId = given.required('user_id');
    if (!members.some(({ id }) => id === userId)) throw new SlackRefusal('user_not_found');
    return answer(views.publish(userId, readView(given, 'home'), given.text('hash')));
  };

  return { 'views.open': open, 'views.push': push, 'views.update': update, 'views.publish': publish };
}
