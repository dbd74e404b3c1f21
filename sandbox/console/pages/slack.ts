import { sandboxChannels } from '../../slack/slack-vendor.ts';
import { blocksToHtml, type ShownButton } from '../block-kit-html.ts';
import { html, type Html } from '../html.ts';
import { form, personOf, type ConsoleVendors, type Page, type PageRequest, type PageRoute } from '../page.ts';
import { refused } from '../refused.ts';
import { createSlackClient, type ActVerb, type ConsoleMessage, type ConsoleView } from '../slack-client.ts';
import { channelSection } from './slack-messages.ts';
import { modalDialog, modalMark, typedValues } from './slack-modal.ts';

/** Slack as the acting person has it: channels, direct messages, App Home, dialogs, slash commands. */
export function slackRoutes(vendors: ConsoleVendors): PageRoute[] {
  const { people, secrets, slack } = vendors;

  async function show(request: PageRequest): Promise<Page> {
    const client = createSlackClient(slack.url, secrets.control, request.actor);
    const [messages, views] = await Promise.all([client.messages(), client.views()]);
    const modal = views.findLast(({ type }) => type === 'modal');
    const inView = (button: ShownButton, view: string) => pressForm(request, button, { view });
    return {
      ...{ path: '/slack', title: 'Slack' },
      live: html`<span hidden data-open-modal="${modalMark(modal)}"></span>
        <div class="channels">${channelList(messages, request)} ${homeSection(views, request)}</div>`,
      fixed: html`${commandForm(request)}${modalDialog(modal, request, people, inView)}`,
    };
  }

  function channelList(messages: readonly ConsoleMessage[], request: PageRequest): Html[] {
    const button = (pressed: ShownButton, { channel, ts }: ConsoleMessage) =>
      pressForm(request, pressed, { channel, ts });
    const context = { people, button };
    const channels = sandboxChannels.map(({ id, name, topic }) => {
      const own = messages.filter((message) => message.channel === id);
      return channelSection({ id, name: html`#${name}`, topic }, own, context);
    });
    const direct = messages.filter(({ direct_to: to }) => to !== undefined);
    const topic = `of ${request.actor.displayName}`;
    return [
      ...channels,
      channelSection({ id: 'direct', name: html`Direct messages`, topic }, direct, context),
    ];
  }

  function homeSection(views: readonly ConsoleView[], request: PageRequest): Html {
    const home = views.find(({ type }) => type === 'home');
    const button = (pressed: ShownButton) => pressForm(request, pressed, { view: home?.id ?? '' });
    const open = html`<input type="hidden" name="as" value="${request.actor.name}" /><button id="open-home">
        Open App Home
      </button>`;
    return html`<section aria-labelledby="app-home">
      <h2 id="app-home">App Home <span class="quiet">of ${request.actor.displayName}</span></h2>
      ${form(request, '/slack/open-home', open)}
      ${home ? html`<div class="card rich">${blocksToHtml(home.blocks, { people, button })}</div>` : ''}
    </section>`;
  }

  /** Back to the pane; where Slack or the app refused, the pane says why. */
  const act = (verb: ActVerb, read: (form: URLSearchParams) => object) => async (request: PageRequest) => {
    try {
      const client = createSlackClient(slack.url, secrets.control, personOf(vendors, request));
      await client.act(verb, read(request.form));
    } catch (error) {
      return { ...(await show(request)), ...refused(error) };
    }
    return { redirect: '/slack' };
  };
  const post = (path: string, verb: ActVerb, read: (form: URLSearchParams) => object): PageRoute => ({
    ...{ method: 'POST', path: new RegExp(`^/slack/${path}$`), handle: act(verb, read) },
  });

  return [
    { method: 'GET', path: /^\/slack$/, handle: show },
    post('click', 'click', readClick),
    post('submit', 'submit', (given) => ({ viewId: given.get('view'), values: typedValues(given) })),
    post('close', 'close-view', (given) => ({ viewId: given.get('view') })),
    post('command', 'command', readCommand),
    post('open-home', 'open-home', () => ({})),
  ];
}

/** A button of the app as a form of its own; the vendor finds the element by these fields. */
function pressForm(request: PageRequest, button: ShownButton, place: Readonly<Record<string, string>>): Html {
  const { actionId, blockId, value, label, style } = button;
  const fields = { as: request.actor.name, action: actionId, block: blockId, ...place };
  const hidden = Object.entries(value === undefined ? fields : { ...fields, value }).map(
    ([name, text]) => html`<input type="hidden" name="${name}" value="${text}" />`,
  );
  const id = ['press', ...Object.values(place), blockId, actionId].join('-');
  const pressed = html`${hidden}<button id="${id}" class="${style}">${label}</button>`;
  return form(request, '/slack/click', pressed);
}

function readClick(given: URLSearchParams): object {
  const field = (name: string) => given.get(name) ?? undefined;
  return {
    ...{ channel: field('channel'), ts: field('ts'), viewId: field('view') },
    ...{ actionId: field('action'), blockId: field('block'), value: field('value') },
  };
}

/** `/lockkeeper inbox` → the command and its text; throws `RangeError` for anything else. */
function readCommand(given: URLSearchParams): object {
  const line = (given.get('line') ?? '').trim();
  const [command = '', ...words] = line.split(/\s+/);
  if (!/^\/[a-z][a-z0-9_-]*$/.test(command))
    throw new RangeError('A command begins with a slash, such as /lockkeeper inbox.');
  return { command, text: words.join(' '), channel: given.get('channel') };
}

function commandForm(request: PageRequest): Html {
  const content = html`<input type="hidden" name="as" value="${request.actor.name}" />
    <label for="line">Slash command as ${request.actor.displayName}</label>
    <input
      id="line"
      name="line"
      value="${request.form.get('line') ?? ''}"
      placeholder="/lockkeeper inbox"
      autocomplete="off"
      required
    />
    <label for="channel">in</label>
    <select id="channel" name="channel">
      ${sandboxChannels.toReversed().map(({ id, name }) => html`<option value="${id}">#${name}</option>`)}
    </select>
    <button>Send</button>`;
  return html`<div class="card">${form(request, '/slack/command', content)}</div>`;
}
