import type { GitlabUser } from './accounts.ts';
import { badParameter, GitlabRefusal } from './gitlab-refusal.ts';

const states = ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'] as const;
type State = (typeof states)[number];

/** What somebody outside said of a commit. */
export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly name: string;
  readonly author: GitlabUser;
  readonly createdAt: Date;
  state: State;
  targetUrl: string | null;
  description: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface CommitStatuses {
  /** Oldest first; without `all` only the newest of each name. */
  of(sha: string, all?: boolean): CommitStatus[];
  /**
   * GitLab's state machine: a status that waits or runs is moved on, one that has ended gets a successor.
   * @throws GitlabRefusal 400 when the state is unknown, or is the one that a waiting or running status has already
   */
  set(
    place: { sha: string; ref: string; author: GitlabUser },
    input: Readonly<Record<string, unknown>>,
  ): CommitStatus;
}

const firstId = 70_001;

export function createCommitStatuses(now: () => Date): CommitStatuses {
  const all: CommitStatus[] = [];

  function set(place: Parameters<CommitStatuses['set']>[0], input: Readonly<Record<string, unknown>>) {
    const state = states.find((candidate) => candidate === input['state']);
    if (input['state'] === undefined) throw badParameter('state is missing');
    if (!state) throw badParameter('state does not have a valid value');
    const name = textOf(input['name'] ?? input['context']) ?? 'default';
    const status = open(place, name) ?? create(place, name);
    move(status, state);
    status.targetUrl = textOf(input['target_url']) ?? status.targetUrl;
    status.description = textOf(input['description']) ?? status.description;
    if (!all.includes(status)) all.push(status);
    return status;
  }

  function open({ sha, ref }: { sha: string; ref: string }, name: string) {
    return all.find(
      (status) =>
        status.sha === sha && status.ref === ref && status.name === name && status.finishedAt === null,
    );
  }

  function create(place: { sha: string; ref: string; author: GitlabUser }, name: string): CommitStatus {
    const texts = { targetUrl: null, description: null };
    const times = { createdAt: now(), startedAt: null, finishedAt: null };
    return { id: firstId + all.length, ...place, name, ...times, ...texts, state: 'pending' };
  }

  function move(status: CommitStatus, state: State) {
    const known = all.includes(status);
    if (known && state === 'pending') throw refused('enqueue', status.state);
    if (known && state === 'running' && status.state === 'running') throw refused('run', 'running');
    status.state = state;
    if (state === 'running') status.startedAt = now();
    if (state !== 'running' && state !== 'pending') status.finishedAt = now();
  }

  function of(sha: string, everything = false): CommitStatus[] {
    const ofCommit = all.filter((status) => status.sha === sha);
    const newest = new Map(ofCommit.map((status) => [`${status.ref}\n${status.name}`, status]));
    return everything ? ofCommit : [...newest.values()];
  }

  return { of, set };
}

/** In the words of `spec/requests/api/commit_statuses_spec.rb`. */
function refused(event: string, from: State): GitlabRefusal {
  const message = `Cannot transition status via :${event} from :${from} (Reason(s): Status cannot transition via "${event}")`;
  return new GitlabRefusal(400, { message });
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw badParameter('name, target_url or description is invalid');
  return value;
}
