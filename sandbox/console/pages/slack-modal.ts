import type { SandboxPerson } from '../../shared/people.ts';
import type { GivenValues } from '../../slack/element-state.ts';
import { blocksToHtml, listOf, partsOf, stringOf, type ShownButton } from '../block-kit-html.ts';
import { html, type Html } from '../html.ts';
import { form, type PageRequest } from '../page.ts';
import type { Block, ConsoleView } from '../slack-client.ts';

/** Changes when the dialog on the page is not the one that is open: the page then loads anew. */
export const modalMark = (view: ConsoleView | undefined) => (view ? `${view.id} ${view.hash}` : '');

/** The topmost modal, over the page. */
export function modalDialog(
  view: ConsoleView | undefined,
  request: PageRequest,
  people: readonly SandboxPerson[],
  button: (button: ShownButton, viewId: string) => Html,
): Html {
  if (!view) return html``;
  const hidden = html`<input type="hidden" name="as" value="${request.actor.name}" /><input
      type="hidden"
      name="view"
      value="${view.id}"
    />`;
  // a button inside the form would be another form: those of sections come after the inputs
  const content = blocksToHtml(
    view.blocks.filter(({ type }) => type === 'input'),
    {
      ...{ people, button: () => html`` },
      input: (block) => inputField(block, view),
    },
  );
  const shown = blocksToHtml(
    view.blocks.filter(({ type }) => type !== 'input'),
    {
      ...{ people, button: (pressed) => button(pressed, view.id) },
    },
  );
  const submit = view.submit ? html`<button class="primary">${view.submit.text}</button>` : '';
  return html`<div class="veil" data-modal="${modalMark(view)}">
    <section class="card" role="dialog" aria-modal="true" aria-labelledby="modal-title">
      <h2 id="modal-title">${view.title?.text}</h2>
      <div class="rich">${shown}</div>
      ${form(request, '/slack/submit', html`${hidden}${content}${submit}`)}
      ${form(request, '/slack/close', html`${hidden}<button>${view.close?.text ?? 'Cancel'}</button>`)}
    </section>
  </div>`;
}

function inputField(block: Block, view: ConsoleView): Html {
  const { block_id: blockId, label, hint, element } = block;
  const { action_id: actionId } = partsOf(element);
  const id = `input-${stringOf(blockId)}`;
  const error = view.errors[stringOf(blockId)];
  const held = partsOf(view.state.values[stringOf(blockId)]?.[stringOf(actionId)]);
  const names = { id, name: inputName(stringOf(blockId), stringOf(actionId)) };
  return html`<div class="field">
    <label for="${id}">${stringOf(partsOf(label)['text'])}</label>
    ${inputElement(partsOf(element), held, names)}
    <p class="hint">${stringOf(partsOf(hint)['text'])}</p>
    ${error === undefined ? '' : html`<p class="problem" role="alert">${error}</p>`}
  </div>`;
}

function inputElement(element: Block, held: Block, { id, name }: { id: string; name: string }): Html {
  const options = listOf(element['options']).map(partsOf);
  if (options.length > 0) {
    const chosen = partsOf(held['selected_option'])['value'];
    return html`<select id="${id}" name="${name}">
      <option value=""></option>
      ${options.map(
        ({ value, text }) =>
          html`<option value="${stringOf(value)}" ${value === chosen ? html`selected` : ''}>
            ${stringOf(partsOf(text)['text'])}
          </option>`,
      )}
    </select>`;
  }
  const value = stringOf(held['value'] ?? held['selected_date'] ?? held['selected_time']);
  if (element['multiline'] === true)
    return html`<textarea id="${id}" name="${name}" rows="4">${value}</textarea>`;
  const type = element['type'] === 'datepicker' ? 'date' : 'text';
  return html`<input id="${id}" name="${name}" type="${type}" value="${value}" autocomplete="off" />`;
}

const prefix = 'value ';
const inputName = (blockId: string, actionId: string) => `${prefix}${JSON.stringify([blockId, actionId])}`;

/** What was typed, by block and action. */
export function typedValues(form: URLSearchParams): GivenValues {
  const rows = [...form].flatMap(([name, text]) => {
    if (!name.startsWith(prefix)) return [];
    const [blockId, actionId] = JSON.parse(name.slice(prefix.length)) as [string, string];
    // a browser sends line ends as CR LF
    return [[blockId, { [actionId]: text.replaceAll('\r\n', '\n') }] as const];
  });
  return Object.fromEntries(rows);
}
