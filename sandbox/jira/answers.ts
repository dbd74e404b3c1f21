import type { VendorResponse } from '../shared/front.ts';

/** An answer other than success, thrown by handlers: Jira's ErrorCollection with its status. */
export class JiraError extends Error {
  readonly status: number;
  readonly messages: readonly string[];
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, messages: readonly string[], fields: Readonly<Record<string, string>> = {}) {
    super([...messages, ...Object.values(fields)].join(' '));
    this.name = 'JiraError';
    this.status = status;
    this.messages = messages;
    this.fields = fields;
  }

  toResponse(): VendorResponse {
    return { status: this.status, body: { errorMessages: this.messages, errors: this.fields } };
  }
}

/** A fault of the whole request. */
export const badRequest = (...messages: string[]) => new JiraError(400, messages);
/** Faults of single fields, by field id: what a form would show beside each. */
export const badFields = (fields: Readonly<Record<string, string>>) => new JiraError(400, [], fields);
export const forbidden = (message: string) => new JiraError(403, [message]);
export const notFound = (message: string) => new JiraError(404, [message]);

export const ok = (body: object): VendorResponse => ({ status: 200, body });
export const created = (body?: object): VendorResponse => ({ status: 201, ...(body ? { body } : {}) });
/** Edits, transitions, assignments and deletions answer nothing at all. */
export const noContent = (): VendorResponse => ({ status: 204 });

/** The service's own body for the search that it removed in 2025 (contracts §1.1). */
export const searchRemoved: VendorResponse = {
  status: 410,
  body: {
    errorMessages: [
      'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
    ],
    errors: {},
  },
};
