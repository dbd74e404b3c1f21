import { randomBytes } from 'node:crypto';
import { SlackRefusal } from './slack-refusal.ts';

/** A trigger id lets the app open one modal for the person who acted, within three seconds. */
export interface TriggerIds {
  issue(userId: string): string;
  /** @returns the person; throws `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id` */
  exchange(id: string): string;
}

const lifetimeMs = 3_000;

export function createTriggerIds(now: () => Date): TriggerIds {
  const issued = new Map<string, { userId: string; at: number; used: boolean }>();
  let count = 0;

  return {
    issue(userId) {
      const at = now().getTime();
      const id = `${at}.${++count}.${randomBytes(16).toString('hex')}`;
      issued.set(id, { userId, at, used: false });
      return id;
    },
    exchange(id) {
      const trigger = issued.get(id);
      if (!trigger) throw new SlackRefusal('invalid_trigger_id');
      if (trigger.used) throw new SlackRefusal('exchanged_trigger_id');
      if (now().getTime() - trigger.at > lifetimeMs) throw new SlackRefusal('expired_trigger_id');
      trigger.used = true;
      return trigger.userId;
    },
  };
}
