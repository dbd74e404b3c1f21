import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import type { AttachmentStore } from './attachment-store.ts';
import type { CaseStore } from './case-store.ts';
import { readForm } from './forms.ts';
import type { Membership, Principal, StoredCase } from './model.ts';
import { invalid, notFound } from './sir-refusal.ts';
import type { z } from 'zod';

/** One call of an operation, its caller known and allowed. */
export interface SirCall {
  readonly request: VendorRequest;
  readonly store: CaseStore;
  readonly attachments: AttachmentStore;
  readonly membership: Membership;
  readonly by: Principal;
  /** Parts of the path that the operation names, decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:<port>` */
  readonly baseUrl: string;
}

export interface Operation {
  readonly name: string;
  readonly method: string;
  /** As in AWS's model, such as `/v1/cases/{caseId}/get-case`. */
  readonly uri: string;
  readonly status?: number;
  /** What IAM is asked about; default: the case. */
  readonly resource?: 'any' | 'case' | 'membership';
  /** May fall due when the client token has been used: the answer is the first one's. */
  handle(call: SirCall): object | undefined | Promise<object | undefined>;
}

/** @throws ValidationException */
export async function readBody<Form extends z.ZodType>(
  { request }: SirCall,
  form: Form,
): Promise<z.output<Form>> {
  const text = (await request.body()).toString('utf8');
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw invalid('The request body is no JSON', 'CANNOT_PARSE');
  }
  return readForm(form, body);
}

/** @throws ResourceNotFoundException */
export function caseOf({ store, labels }: SirCall): StoredCase {
  const { caseId = '' } = labels;
  if (!/^\d{10,32}$/.test(caseId))
    throw invalid('caseId: has 10 to 32 digits', 'FIELD_VALIDATION_FAILED', [
      { name: 'caseId', message: 'has 10 to 32 digits' },
    ]);
  const found = store.find(caseId);
  if (!found) throw notFound(`Case ${caseId}`);
  return found;
}

export const ok = (status: number, body: object | undefined): VendorResponse => ({
  status,
  body: body ?? {},
});
