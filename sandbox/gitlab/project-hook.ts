import { randomUUID } from 'node:crypto';
import { GitlabRefusal } from './gitlab-refusal.ts';

export type HookTrigger =
  'pipeline_events' | 'job_events' | 'deployment_events' | 'merge_requests_events' | 'push_events';

/** A project webhook in the words of `POST /projects/:id/hooks`. */
export interface HookInput {
  readonly url: string;
  readonly name?: string | null;
  readonly description?: string | null;
  /** Sent in clear as `X-Gitlab-Token`. */
  readonly token?: string;
  /** `whsec_<base64 of 24 to 64 bytes>`: deliveries are signed (GitLab 19.0, Standard Webhooks). */
  readonly signing_token?: string;
  readonly pipeline_events?: boolean;
  readonly job_events?: boolean;
  readonly deployment_events?: boolean;
  readonly merge_requests_events?: boolean;
  /** On unless it is switched off, as in GitLab. */
  readonly push_events?: boolean;
  readonly enable_ssl_verification?: boolean;
}

export interface ProjectHook {
  readonly id: number;
  readonly uuid: string;
  readonly createdAt: Date;
  settings: HookInput;
  /** Deliveries in a row that failed with all their attempts. */
  failures: number;
  disabledUntil: Date | null;
}

const failuresUntilPause = 4;
const failuresUntilDisabled = 40;
const firstPauseMs = 60_000;
const longestPauseMs = 24 * 3_600_000;

/** Throws GitLab's 400 or 422. */
export function createHook(id: number, body: unknown, createdAt: Date): ProjectHook {
  const settings = parseHookInput(body);
  return { id, uuid: randomUUID(), createdAt, settings, failures: 0, disabledUntil: null };
}

/** Throws GitLab's 400 or 422. */
export function parseHookInput(body: unknown, before?: HookInput): HookInput {
  const merged = { ...before, ...(body as Partial<HookInput>) };
  if (merged.url === undefined) throw new GitlabRefusal(400, { error: 'url is missing' });
  if (typeof merged.url !== 'string' || !/^https?:\/\/\S+$/.test(merged.url) || !URL.canParse(merged.url))
    throw new GitlabRefusal(422, { error: 'Invalid url given' });
  if (merged.signing_token !== undefined && !isSigningToken(merged.signing_token))
    throw new GitlabRefusal(422, {
      error: 'signing_token: whsec_ and the base64 form of 24 to 64 bytes is expected',
    });
  return { ...merged, url: merged.url, ...parseSwitches(merged) };
}

const switches = [
  'pipeline_events',
  'job_events',
  'deployment_events',
  'merge_requests_events',
  'push_events',
  'enable_ssl_verification',
] as const;

/** A form carries `true` and `false` as text. */
function parseSwitches(input: Readonly<Record<string, unknown>>) {
  const given = switches.filter((name) => input[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const text = String(input[name]);
      if (text !== 'true' && text !== 'false') throw new GitlabRefusal(400, { error: `${name} is invalid` });
      return [name, text === 'true'];
    }),
  );
}

function isSigningToken(token: unknown): boolean {
  const bytes = typeof token === 'string' && /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(token) ? token.slice(6) : '';
  const { length } = Buffer.from(bytes, 'base64');
  return length >= 24 && length <= 64;
}

/** GitLab docs, "Auto-disabled webhooks": 4 failures in a row pause a hook, 40 switch it off for good. */
export function noteDelivery(hook: ProjectHook, delivered: boolean, now: Date): void {
  hook.failures = delivered ? 0 : hook.failures + 1;
  const over = hook.failures - failuresUntilPause;
  const pauseMs = Math.min(firstPauseMs * 2 ** over, longestPauseMs);
  hook.disabledUntil = over < 0 ? null : new Date(now.getTime() + pauseMs);
}

/** `executable` again as soon as the pause is over: the next event is then tried. */
export function alertStatus(
  hook: ProjectHook,
  now: Date,
): 'executable' | 'temporarily_disabled' | 'disabled' {
  if (hook.failures >= failuresUntilDisabled) return 'disabled';
  return hook.disabledUntil && hook.disabledUntil > now ? 'temporarily_disabled' : 'executable';
}

export function wants(hook: ProjectHook, trigger: HookTrigger): boolean {
  return hook.settings[trigger] ?? trigger === 'push_events';
}

/** As GitLab shows it: never with its tokens. */
export function toProjectHook(hook: ProjectHook, projectId: number, now: Date) {
  const { settings } = hook;
  return {
    id: hook.id,
    url: settings.url,
    name: settings.name ?? null,
    description: settings.description ?? null,
    created_at: hook.createdAt.toISOString(),
    project_id: projectId,
    push_events: settings.push_events ?? true,
    pipeline_events: settings.pipeline_events ?? false,
    job_events: settings.job_events ?? false,
    tag_push_events: false,
    merge_requests_events: settings.merge_requests_events ?? false,
    repository_update_events: false,
    deployment_events: settings.deployment_events ?? false,
    enable_ssl_verification: settings.enable_ssl_verification ?? true,
    alert_status: alertStatus(hook, now),
    disabled_until: hook.disabledUntil?.toISOString() ?? null,
    url_variables: [],
    custom_headers: [],
  };
}
