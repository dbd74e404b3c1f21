import { z } from 'zod';
import type { AttachmentStore } from './attachment-store.ts';
import type { CaseStore } from './case-store.ts';
import { applyChange, close } from './change-case.ts';
import { addComment, commentOf, editComment } from './comment-operations.ts';
import { CommentBody, CreateCase, FileName, readForm, UpdateCase } from './forms.ts';
import { caseStatuses, closureCodes, responder, type StoredCase } from './model.ts';
import { notFound } from './sir-refusal.ts';

/** Who acts: AWS's people unless another principal is named, such as an ARN of somebody in the console. */
const by = z.string().min(1).default(responder);
const caseId = z.string();
const attachmentStatus = z.enum(['Verified', 'Failed', 'Pending']);
const { clientToken: _token, ...ofCase } = CreateCase.shape;

const Act = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('create'), by, case: z.strictObject(ofCase).partial().prefault({}) }),
  z.strictObject({ act: z.literal('update'), by, caseId, change: UpdateCase }),
  /** Any status from any: AWS is not bound to the graph of self-managed cases. */
  z.strictObject({ act: z.literal('status'), by, caseId, status: z.enum(caseStatuses) }),
  z.strictObject({ act: z.literal('resolver'), by, caseId, resolverType: z.enum(['AWS', 'Self']) }),
  z.strictObject({ act: z.literal('comment'), by, caseId, body: CommentBody }),
  z.strictObject({
    ...{ act: z.literal('edit-comment'), by, caseId, commentId: z.string(), body: CommentBody },
  }),
  z.strictObject({
    ...{ act: z.literal('attach'), by, caseId, fileName: FileName },
    /** Base64. */
    bytes: z.base64(),
    status: attachmentStatus.default('Verified'),
  }),
  z.strictObject({ act: z.literal('pending'), by, caseId, pendingAction: z.enum(['Customer', 'None']) }),
  z.strictObject({ act: z.literal('close'), by, caseId, closureCode: z.enum(closureCodes).optional() }),
  /** AWS has no such call; it is for a case that is simply not there any more. */
  z.strictObject({ act: z.literal('remove'), by, caseId }),
]);
export type ActInput = z.input<typeof Act>;
type ActOrder = z.output<typeof Act>;
type OnCase = Exclude<ActOrder, { act: 'create' }>;

/** What AWS's people, and other people than our own principal, do to cases. @returns ids of what was made */
export function act(store: CaseStore, attachments: AttachmentStore, input: unknown): object {
  const order = readForm(Act, input);
  if (order.act === 'create') {
    const usual = {
      ...{ title: 'Unusual console sign-ins', description: 'Sign-ins from two continents in one hour.' },
      ...{ resolverType: 'AWS' as const, engagementType: 'Security Incident' as const },
      ...{ reportedIncidentStartDate: store.seconds(), impactedAccounts: [], watchers: [], tags: {} },
      ...{ threatActorIpAddresses: [], impactedServices: [], impactedAwsRegions: [] },
    };
    const { caseId: id, caseArn } = store.add({ ...usual, ...withoutUndefined(order.case) }, order.by);
    return { caseId: id, caseArn };
  }
  const found = store.find(order.caseId);
  if (!found) throw notFound(`Case ${order.caseId}`);
  return actOn(store, attachments, found, order);
}

function actOn(store: CaseStore, attachments: AttachmentStore, found: StoredCase, order: OnCase): object {
  const updated = (message: string) => store.touch(found, order.by, 'Case Updated', message);
  switch (order.act) {
    case 'update':
      updated(`The case was changed: ${applyChange(found, order.change).join(', ')}.`);
      return {};
    case 'status':
      if (order.status === 'Closed') return closeIt(store, found, order.by);
      found.caseStatus = order.status;
      updated(`The status is ${order.status} now.`);
      return {};
    case 'resolver':
      found.resolverType = order.resolverType;
      updated(`The case is worked on by ${order.resolverType}.`);
      return {};
    case 'comment':
      return { commentId: addComment(store, found, order.body, order.by).commentId };
    case 'edit-comment':
      editComment(store, found, commentOf(found, order.commentId), order.body, order.by);
      return {};
    case 'attach':
      return attach(attachments, found, order, updated);
    case 'pending':
      found.pendingAction = order.pendingAction;
      updated(`The pending action is ${order.pendingAction} now.`);
      return {};
    case 'close':
      return closeIt(store, found, order.by, order.closureCode);
    case 'remove':
      store.remove(found);
      return {};
  }
}

function attach(
  attachments: AttachmentStore,
  found: StoredCase,
  order: Extract<OnCase, { act: 'attach' }>,
  updated: (message: string) => void,
) {
  const bytes = Buffer.from(order.bytes, 'base64');
  const { fileName, by: creator, status } = order;
  const one = attachments.add(found, { fileName, contentLength: bytes.length }, creator);
  Object.assign(one, { bytes, attachmentStatus: status });
  updated(`Attachment ${one.attachmentId} was added.`);
  return { attachmentId: one.attachmentId };
}

function closeIt(store: CaseStore, found: StoredCase, who: string, code?: StoredCase['closureCode']) {
  close(found, store.seconds(), code);
  store.touch(found, who, 'Case Closed', 'The case was closed.');
  return {};
}

type Given<Form> = { [Key in keyof Form]: Exclude<Form[Key], undefined> };

const withoutUndefined = <Form extends object>(form: Form) =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined)) as Given<Form>;
