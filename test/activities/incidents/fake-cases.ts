import { readFile } from 'node:fs/promises';
import type { CaseComment, CaseSystem, IncidentCase, NewCase } from '../../../activities/security-ir/port.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';

export const ownRole = 'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents';
const at = '2026-11-23T10:00:00.000Z';

interface Stored {
  one: IncidentCase;
  comments: CaseComment[];
  tags: Record<string, string>;
  bytes: Map<string, Buffer>;
}

export function caseOf(caseId: string, own: Partial<Omit<IncidentCase, 'fields'>> = {}): IncidentCase {
  const caseArn = `arn:aws:security-ir:us-east-1:111111111111:case/${caseId}`;
  return {
    ...{ caseId, caseArn, status: 'Submitted', resolverType: 'Self', engagementType: 'Security Incident' },
    ...{ pendingAction: 'None', closureCode: null, closedAt: null, createdAt: at, updatedAt: at },
    ...{ watchers: [], attachments: [], ...own },
    fields: {
      ...{ title: 'Leaked key', description: 'Seen.', engagementType: 'Security Incident', caseArn },
      ...{ resolverType: 'Self', pendingAction: 'None', closureCode: null, actualIncidentStartDate: null },
      ...{ reportedIncidentStartDate: at, impactedAccounts: ['111111111111'], impactedServices: [] },
      ...{ impactedAwsRegions: ['us-east-1'], threatActorIpAddresses: [] },
    },
  };
}

/** AWS's side in memory, with its limits and its refusals. `calls` are those that write, with the lists of pages. */
export class FakeCases implements CaseSystem {
  readonly calls: string[] = [];
  readonly stored = new Map<string, Stored>();
  readonly orders: NewCase[] = [];
  /** What the next calls of a verb throw, or null: it goes through. */
  readonly failing: Partial<Record<keyof CaseSystem, (Error | null)[]>> = {};
  /** The deed is done, and its answer lost. */
  readonly lost = new Set<keyof CaseSystem>();
  pageLength = 25;
  readonly #tokens = new Map<string, string>();
  #ids = 0;

  add(own: Parameters<typeof caseOf>[1] & { fields?: Partial<IncidentCase['fields']> } = {}): string {
    const caseId = String(1_000_000_000 + (this.#ids += 1));
    const { fields = {}, ...rest } = own;
    const one = caseOf(caseId, rest);
    this.stored.set(caseId, {
      one: { ...one, fields: { ...one.fields, ...fields } },
      ...{ comments: [], tags: {}, bytes: new Map() },
    });
    return caseId;
  }

  of(caseId: string): Stored {
    const stored = this.stored.get(caseId);
    if (stored) return stored;
    throw createFailure('NotFound', `security-ir: read case ${caseId}: there is none`);
  }

  change(caseId: string, own: Partial<IncidentCase>): void {
    const stored = this.of(caseId);
    stored.one = { ...stored.one, ...own };
  }

  say(caseId: string, body: string, creator = 'AWS Responder'): string {
    const id = String(100_000 + (this.#ids += 1));
    const made = { id, body, creator, createdAt: at, updatedAt: at, lastUpdatedBy: creator };
    this.of(caseId).comments.push(made);
    return id;
  }

  attach(
    caseId: string,
    fileName: string,
    text: string,
    own: { status?: IncidentCase['attachments'][number]['status']; creator?: string } = {},
  ): string {
    const id = `a-${(this.#ids += 1)}`;
    const { one, bytes } = this.of(caseId);
    bytes.set(id, Buffer.from(text));
    const { status = 'Verified', creator = 'AWS Responder' } = own;
    const made = { id, fileName, status, creator, createdAt: at };
    this.change(caseId, { attachments: [...one.attachments, made] });
    return id;
  }

  bytesOf(caseId: string, fileName: string): string | undefined {
    const { one, bytes } = this.of(caseId);
    const found = one.attachments.find((each) => each.fileName === fileName);
    return found && bytes.get(found.id)?.toString();
  }

  async getCase(caseId: string) {
    this.#fail('getCase');
    return this.of(caseId).one;
  }
  async listComments(caseId: string) {
    this.#fail('listComments');
    return [...this.of(caseId).comments];
  }
  async listCases(cursor: string | null) {
    this.calls.push(`listCases ${cursor ?? ''}`.trim());
    this.#fail('listCases');
    const from = Number(cursor ?? 0);
    const all = [...this.stored.values()].map(({ one }) => one);
    const items = all.slice(from, from + this.pageLength);
    const next = from + this.pageLength;
    return { items, cursor: next < all.length ? String(next) : null };
  }
  async readTags(caseArn: string) {
    this.#fail('readTags');
    return { ...this.#byArn(caseArn).tags };
  }
  async tag(caseArn: string, tags: Readonly<Record<string, string>>) {
    this.#write('tag', Object.values(tags).join());
    Object.assign(this.#byArn(caseArn).tags, tags);
  }
  async untag(caseArn: string, keys: readonly string[]) {
    this.#write('untag', keys.join());
    const stored = this.#byArn(caseArn);
    stored.tags = Object.fromEntries(Object.entries(stored.tags).filter(([key]) => !keys.includes(key)));
  }
  async createCase(order: NewCase) {
    this.#write('createCase', order.title);
    this.orders.push(order);
    const caseId = this.#tokens.get(order.clientToken) ?? this.add({ fields: { title: order.title } });
    this.#tokens.set(order.clientToken, caseId);
    Object.assign(this.of(caseId).tags, order.tags);
    this.#lose('createCase');
    return { caseId };
  }
  async updateCase(caseId: string, fields: Parameters<CaseSystem['updateCase']>[1]) {
    this.#write('updateCase', Object.keys(fields).join());
    for (const [name, most] of [
      ['title', 300],
      ['description', 8_000],
    ] as const) {
      const value = fields[name];
      if (value !== undefined && (value.length === 0 || value.length > most)) throw refused(name);
    }
    this.change(caseId, { fields: { ...this.#open(caseId).one.fields, ...fields } });
  }
  async addWatchers(caseId: string, watchers: IncidentCase['watchers']) {
    this.#write('addWatchers', watchers.map(({ email }) => email).join());
    const all = [...this.#open(caseId).one.watchers, ...watchers];
    if (all.length > 30) throw refused('watchers');
    this.change(caseId, { watchers: all });
  }
  async updateStatus(caseId: string, status: IncidentCase['status']) {
    this.#write('updateStatus', status);
    this.#open(caseId);
    this.change(caseId, { status });
  }
  async closeCase(caseId: string) {
    this.#write('closeCase');
    this.#open(caseId);
    this.change(caseId, { status: 'Closed' });
  }
  async createComment(caseId: string, body: string, clientToken: string) {
    this.#write('createComment');
    if (body.length === 0 || body.length > 12_000) throw refused('body');
    this.#open(caseId);
    const commentId = this.#tokens.get(clientToken) ?? this.say(caseId, body, `${ownRole}/worker-1`);
    this.#tokens.set(clientToken, commentId);
    this.#lose('createComment');
    return { commentId };
  }
  async updateComment(caseId: string, commentId: string, body: string) {
    this.#write('updateComment', commentId);
    if (body.length === 0 || body.length > 12_000) throw refused('body');
    const stored = this.#open(caseId);
    stored.comments = stored.comments.map((one) => (one.id === commentId ? { ...one, body } : one));
  }
  async download(caseId: string, attachmentId: string) {
    this.calls.push(`download ${attachmentId}`);
    this.#fail('download');
    const found = this.of(caseId).bytes.get(attachmentId) ?? Buffer.of();
    return { body: streamOf(found), size: found.length };
  }
  async upload(caseId: string, { fileName, file }: Parameters<CaseSystem['upload']>[1]) {
    this.#write('upload', fileName);
    if (!/^[a-zA-Z0-9._-]{1,255}$/.test(fileName)) throw refused('fileName');
    const there = this.#open(caseId).one.attachments.find((one) => one.fileName === fileName);
    if (there) return { attachmentId: there.id };
    const text = await readFile(file, 'utf8');
    const id = this.attach(caseId, fileName, text, { creator: `${ownRole}/worker-1` });
    this.#lose('upload');
    return { attachmentId: id };
  }
  async ownPrincipal() {
    return ownRole;
  }

  #byArn(caseArn: string): Stored {
    return this.of(caseArn.split('/').at(-1) ?? '');
  }
  /** Nothing is written to what is closed. */
  #open(caseId: string): Stored {
    const stored = this.of(caseId);
    if (stored.one.status === 'Closed') throw createFailure('Conflict', 'security-ir: the case is closed');
    return stored;
  }
  #write(verb: keyof CaseSystem, about = ''): void {
    this.calls.push(`${verb} ${about}`.trim());
    this.#fail(verb);
  }
  #fail(verb: keyof CaseSystem): void {
    const error = this.failing[verb]?.shift();
    if (error) throw error;
  }
  #lose(verb: keyof CaseSystem): void {
    if (this.lost.delete(verb)) throw createFailure('Unavailable', `security-ir: ${verb}: no answer came`);
  }
}

const refused = (member: string) => createFailure('InvalidInput', `security-ir: ${member} is not accepted`);

export async function* streamOf(bytes: Buffer): AsyncGenerator<Uint8Array, void> {
  for (let from = 0; from < bytes.length; from += 700) yield bytes.subarray(from, from + 700);
}
