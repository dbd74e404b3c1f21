import type { App } from '@slack/bolt';
import type { HomeView, KnownBlock, WebClient } from '@slack/web-api';
import type { Log } from '../log.ts';
import type { Identify } from './identity.ts';
import { HomeOpened } from './schema.ts';

export interface HomeContext {
  readonly identify: Identify;
  readonly web: WebClient;
  readonly log: Log;
  /** What waits for this person, a line each; empty when nothing does. */
  readonly readInbox: (person: string) => Promise<readonly string[]>;
}

/** The Home tab is the person's inbox, read afresh whenever it is opened. */
export function addHome(app: App, { identify, web, log, readInbox }: HomeContext): void {
  app.event('app_home_opened', async ({ body }) => {
    const { team_id, event } = HomeOpened.parse(body);
    if (event.tab !== undefined && event.tab !== 'home') return;
    const identity = await identify({ userId: event.user, teamIds: [team_id] });
    const lines = identity.known ? await readInbox(identity.name).catch(failed) : [identity.text];
    // Repeating it is harmless: the last one stands.
    await web.views.publish({ user_id: event.user, view: toHome(lines) });
  });

  function failed(error: unknown): readonly string[] {
    log('error', 'slack home not read', { reason: error instanceof Error ? error.message : String(error) });
    return ['Your inbox cannot be read at the moment. Open this tab again, or use `lockkeeper inbox`.'];
  }
}

function toHome(lines: readonly string[]): HomeView {
  const section = (text: string): KnownBlock => ({
    type: 'section',
    text: { type: 'mrkdwn', text, verbatim: true },
  });
  const shown = lines.length === 0 ? ['Nothing waits for you.'] : lines;
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'Waiting for your decision' } },
      ...shown.map(section),
    ],
  };
}
