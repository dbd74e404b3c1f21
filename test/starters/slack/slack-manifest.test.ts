import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';

interface Manifest {
  readonly display_information: { readonly name: string; readonly description: string };
  readonly features: {
    readonly app_home: { readonly home_tab_enabled: boolean };
    readonly slash_commands: readonly { command: string; url: string; description: string }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: {
    readonly interactivity: { readonly is_enabled: boolean; readonly request_url: string };
    readonly event_subscriptions: { readonly request_url: string; readonly bot_events: readonly string[] };
  };
}

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const manifest = parse(read('deploy/slack/manifest.yaml')) as Manifest;

/** The scope that Slack asks for each method that we call; those without one need none. */
const scopeOf: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.getPermalink': [],
  'conversations.open': ['im:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history', 'metadata.message:read'],
  'conversations.replies': ['channels:history', 'groups:history', 'metadata.message:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
};

/** `web.chat.postMessage(` in what talks to Slack. */
function calledMethods(): Set<string> {
  const folders = ['activities/slack/', 'starters/slack/', 'starters/decisions/'];
  const files = folders.flatMap((folder) => readdirSync(new URL(folder, root)).map((file) => folder + file));
  const source = files.map(read).join('\n');
  return new Set([...source.matchAll(/\bweb\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)].map(([, method = '']) => method));
}

describe('slack manifest', () => {
  it('asks for exactly the scopes of the methods that are called, and of the command', () => {
    const called = [...calledMethods()];
    assert.deepEqual(
      called.filter((method) => !(method in scopeOf)),
      [],
    );
    const needed = new Set(['commands', ...called.flatMap((method) => scopeOf[method] ?? [])]);
    assert.deepEqual([...manifest.oauth_config.scopes.bot].sort(), [...needed].sort());
  });

  it('sends everything to the one route, and knows the command and the Home tab', () => {
    const { features, settings } = manifest;
    const urls = [
      settings.interactivity.request_url,
      settings.event_subscriptions.request_url,
      ...features.slash_commands.map(({ url }) => url),
    ];
    assert.deepEqual([...new Set(urls.map((url) => new URL(url).pathname))], ['/slack/events']);
    assert.deepEqual(
      features.slash_commands.map(({ command }) => command),
      ['/lockkeeper'],
    );
    assert.deepEqual(settings.event_subscriptions.bot_events, ['app_home_opened']);
    assert.ok(features.app_home.home_tab_enabled && settings.interactivity.is_enabled);
  });

  it('keeps to Slack’s lengths', () => {
    const { name, description } = manifest.display_information;
    assert.ok(name.length <= 35 && description.length <= 140);
  });
});
