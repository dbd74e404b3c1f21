import { readFile } from 'node:fs/promises';
import type {
  IncidentIssue,
  IncidentMark,
  IncidentTickets,
  IssueComment,
  IssueOrder,
} from '../../../activities/jira/incidents/port.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { streamOf } from './fake-cases.ts';

const at = '2026-11-23T10:00:00.000Z';

interface Stored {
  issue: IncidentIssue;
  bytes: Map<string, Buffer>;
}

/** Jira's side in memory. `calls` are those that write; what people see of an issue is in `of`. */
export class FakeTickets implements IncidentTickets {
  readonly calls: string[] = [];
  readonly stored = new Map<string, Stored>();
  readonly orders: IssueOrder[] = [];
  readonly failing: Partial<Record<keyof IncidentTickets, (Error | null)[]>> = {};
  readonly lost = new Set<keyof IncidentTickets>();
  /** Issues that the search does not show yet. */
  readonly notIndexed = new Set<string>();
  /** Projects that we may not browse. */
  readonly hidden = new Set<string>();
  /** Done by a person between our look and our write. */
  beforeWrite: (() => void) | undefined;
  changed: Awaited<ReturnType<IncidentTickets['findChanged']>> = [];
  moved: { status: string; held: string | null } | undefined;
  readonly accounts = new Set<string>();
  #ids = 10_000;

  add(own: Partial<IncidentIssue> = {}): string {
    const issueId = String((this.#ids += 1));
    const issue: IncidentIssue = {
      ...{ issueId, key: `INC-${issueId}`, project: 'INC', issueType: 'Incident', status: 'To Do' },
      ...{ done: false, resolution: null, createdAt: at, updatedAt: at, labels: [], comments: [] },
      ...{ attachments: [], watchers: [], mark: null, reporterIsBot: false, ...own },
      fields: { summary: 'Leaked key', description: 'Seen.', ...own.fields },
    };
    this.stored.set(issueId, { issue, bytes: new Map() });
    return issueId;
  }
  of(issueId: string): IncidentIssue {
    return this.#find(issueId).issue;
  }
  change(issueId: string, own: Partial<IncidentIssue>): void {
    const stored = this.#find(issueId);
    stored.issue = { ...stored.issue, ...own };
  }
  edit(issueId: string, fields: IncidentIssue['fields']): void {
    this.change(issueId, { fields: { ...this.of(issueId).fields, ...fields } });
  }
  say(issueId: string, body: string, own: Partial<IssueComment> = {}): string {
    const id = String((this.#ids += 1));
    const made: IssueComment = {
      ...{ id, body, authorName: 'Sam Miller', byBot: false, restricted: false },
      ...{ createdAt: at, updatedAt: at, property: null, ...own },
    };
    this.change(issueId, { comments: [...this.of(issueId).comments, made] });
    return id;
  }
  attach(issueId: string, fileName: string, text: string, byBot = false): string {
    const id = String((this.#ids += 1));
    const { issue, bytes } = this.#find(issueId);
    bytes.set(id, Buffer.from(text));
    const made = { id, fileName, size: Buffer.byteLength(text), byBot, createdAt: at };
    this.change(issueId, { attachments: [...issue.attachments, made] });
    return id;
  }
  /** What we told people there. */
  notesOf(issueId: string): readonly string[] {
    return this.of(issueId)
      .comments.filter(({ property }) => property?.['note'] !== undefined)
      .map(({ body }) => body);
  }

  async readIssue(issueId: string, fields: readonly string[]) {
    this.#fail('readIssue');
    const issue = this.of(issueId);
    const asked = Object.entries(issue.fields).filter(([name]) => fields.includes(name));
    return { ...issue, fields: Object.fromEntries(asked) };
  }
  async canBrowse(project: string) {
    this.#fail('canBrowse');
    return !this.hidden.has(project);
  }
  async findMarked(label: string) {
    this.#fail('findMarked');
    return [...this.stored.values()].flatMap(({ issue: { issueId, key, mark, labels } }) =>
      mark && labels.includes(label) && !this.notIndexed.has(issueId) ? [{ issueId, key, mark }] : [],
    );
  }
  async createIssue(order: IssueOrder) {
    this.#write('createIssue', order.summary);
    this.orders.push(order);
    const { project, issueType, label, mark, summary, description } = order;
    const issueId = this.add({
      ...{ project, issueType, labels: [label], mark, reporterIsBot: true },
      fields: { summary, description },
    });
    this.#lose('createIssue');
    return { issueId, key: this.of(issueId).key };
  }
  async setMark(issueId: string, mark: IncidentMark, label: string) {
    this.#write('setMark', label);
    this.change(issueId, { mark, labels: [...new Set([...this.of(issueId).labels, label])] });
  }
  async removeMark(issueId: string, label: string) {
    this.#write('removeMark', label);
    const labels = this.of(issueId).labels.filter((one) => one !== label);
    this.change(issueId, { mark: null, labels });
  }
  async readMark(issueId: string) {
    return this.of(issueId).mark;
  }
  async writeFields(issueId: string, fields: Parameters<IncidentTickets['writeFields']>[1]) {
    this.beforeWrite?.();
    this.#write('writeFields', Object.keys(fields).join());
    const there = this.of(issueId).fields;
    const stored = Object.entries(fields).map(([name, value]) => [
      name,
      // one line, and no more than Jira has room for
      name === 'summary' ? String(value).slice(0, 255) : value,
    ]);
    this.edit(issueId, Object.fromEntries(stored) as IncidentIssue['fields']);
    const before = Object.keys(fields).map((name) => [name, String(there[name] ?? '')]);
    return Object.fromEntries(before) as Record<string, string | null>;
  }
  async moveTo(issueId: string, status: string, options: Parameters<IncidentTickets['moveTo']>[2]) {
    this.#write('moveTo', `${status} ${options.resolution ?? ''}`.trim());
    if (this.moved) return this.moved;
    this.change(issueId, { status });
    return { status, held: null };
  }
  async ensureComment(issueId: string, body: string, property: Readonly<Record<string, string>>) {
    this.#write('ensureComment', property['key'] ?? '');
    const there = this.of(issueId).comments.find((one) => one.property?.['key'] === property['key']);
    const own = { byBot: true, property, authorName: 'Lockkeeper' };
    return { commentId: there?.id ?? this.say(issueId, body, own) };
  }
  async updateComment(issueId: string, commentId: string, body: string) {
    this.#write('updateComment', commentId);
    const comments = this.of(issueId).comments.map((one) => (one.id === commentId ? { ...one, body } : one));
    this.change(issueId, { comments });
  }
  async download(attachmentId: string) {
    this.calls.push(`download ${attachmentId}`);
    this.#fail('download');
    const found = [...this.stored.values()].flatMap(({ bytes }) => bytes.get(attachmentId) ?? [])[0];
    return { body: streamOf(found ?? Buffer.of()), size: found?.length ?? 0 };
  }
  async upload(issueId: string, { fileName, file, size }: Parameters<IncidentTickets['upload']>[1]) {
    this.#write('upload', fileName);
    const is = (one: IncidentIssue['attachments'][number]) => one.byBot && one.fileName === fileName;
    const own = this.of(issueId).attachments.find((one) => is(one) && one.size === size);
    const attachmentId = own?.id ?? this.attach(issueId, fileName, await readFile(file, 'utf8'), true);
    this.#lose('upload');
    return { attachmentId };
  }
  async addWatchers(issueId: string, emails: readonly string[]) {
    this.#write('addWatchers', emails.join());
    const known = emails.filter((email) => this.accounts.has(email));
    const added = known.map((email) => ({ accountId: `of-${email}`, email }));
    this.change(issueId, { watchers: [...this.of(issueId).watchers, ...added] });
    return { added: known.length, unknown: emails.length - known.length };
  }
  async findChanged() {
    this.#fail('findChanged');
    return this.changed;
  }
  async findFormFaults() {
    return [];
  }

  #find(issueId: string): Stored {
    const stored = this.stored.get(issueId);
    if (stored) return stored;
    throw createFailure('NotFound', `jira: read issue ${issueId}: there is none`);
  }
  #write(verb: keyof IncidentTickets, about = ''): void {
    this.calls.push(`${verb} ${about}`.trim());
    this.#fail(verb);
  }
  #fail(verb: keyof IncidentTickets): void {
    const error = this.failing[verb]?.shift();
    if (error) throw error;
  }
  #lose(verb: keyof IncidentTickets): void {
    if (this.lost.delete(verb)) throw createFailure('Unavailable', `jira: ${verb}: no answer came`);
  }
}
