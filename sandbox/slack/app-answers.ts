import type { AppAnswer } from './deliveries.ts';
import { checkView } from './read-view.ts';
import { answerAct, type ResponsePlace } from './response-urls.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { SlackView } from './view-store.ts';
import type { SlackWorkspace } from './workspace.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The app's answer, or why Slack did not even ask the app (`status` 0); `errors` by block id for a modal that stays open. */
export type ActAnswer = Omit<AppAnswer, 'delivery' | 'error'> & {
  readonly delivery?: number;
  readonly error?: string;
  readonly errors?: Readonly<Record<string, string>>;
};

/** What a submission's answer does to the modal: it closes, stays open with errors, changes, or gets another on top. */
export function applySubmissionAnswer(
  workspace: SlackWorkspace,
  view: SlackView,
  answer: AppAnswer,
): ActAnswer {
  const { views } = workspace;
  if (answer.error) return answer;
  const { response_action: action, errors, view: given } = fieldsOf(answer.body);
  try {
    if (action === 'errors') {
      view.errors = errorsFor(view, errors);
      return { ...answer, errors: view.errors };
    }
    if (action === 'update') views.update(view, checkView(given, 'modal'), undefined);
    else if (action === 'push') views.open(view.userId, checkView(given, 'modal'), view);
    else views.close(view, action === 'clear');
    return answer;
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return { ...answer, error: error.message };
  }
}

/** Slack shows an error under an input that it knows; for anything else it complains to the person. */
function errorsFor(view: SlackView, given: unknown): Record<string, string> {
  const inputs = view.content.blocks.flatMap((block) => {
    const { type, block_id: blockId } = block as Fields;
    return type === 'input' ? [String(blockId)] : [];
  });
  const errors = Object.entries(fieldsOf(given)).map(([blockId, text]) => [blockId, String(text)] as const);
  const unknown = errors.find(([blockId]) => !inputs.includes(blockId));
  if (unknown || errors.length === 0) throw new SlackRefusal('invalid_errors', [unknown?.[0] ?? 'none']);
  return Object.fromEntries(errors);
}

/** Text or a message is shown to the person; a command that failed, Slackbot tells him so. */
export function applyCommandAnswer(
  workspace: SlackWorkspace,
  place: ResponsePlace,
  command: string,
  answer: AppAnswer,
): ActAnswer {
  if (answer.error) {
    const content = { text: `${command} failed with the error "${answer.error}"` };
    const to = { channel: place.channel.id, ephemeralTo: place.member.id };
    workspace.add({ ...to, user: 'USLACKBOT', content });
    return answer;
  }
  const message = typeof answer.body === 'string' ? { text: answer.body } : fieldsOf(answer.body);
  if (message['text'] === '' || Object.keys(message).length === 0) return answer;
  try {
    answerAct(workspace, place, message);
    return answer;
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return { ...answer, error: error.message };
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
