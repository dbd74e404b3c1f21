/**
 * An answer that is not a success. The status codes are those that Halo's SDK tells apart (401, 403, 404, 422). The bodies are not
 * known; these have a `message` and, for 422, the field, and no caller may read more than the status.
 */
export class HaloRefusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: object, headers: Readonly<Record<string, string>> = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const unauthorized = (scheme: 'Basic' | 'Bearer', message = 'Unauthorized') =>
  new HaloRefusal(401, { message }, { 'www-authenticate': `${scheme} realm="CloudPassage Halo"` });

/** The sandbox's key is an auditor's: it reads. */
export const forbidden = () => new HaloRefusal(403, { message: 'Forbidden' });

export const notFound = () => new HaloRefusal(404, { message: 'Not Found' });

export const invalid = (field: string, value: string, details: string) =>
  new HaloRefusal(422, {
    message: 'Validation Failed',
    errors: [{ field, value, code: 'invalid', details }],
  });
