import type { VendorRequest, VendorResponse } from '../shared/front.ts';

/** Who the access keys belong to: users by name, sessions as `<role>/<session name>` once STS has handed them out. */
export interface AwsActors {
  of(request: VendorRequest): string | undefined;
  /** Remembers the session of an AssumeRole answer, which it reads and gives back. */
  learn(answer: VendorResponse): Promise<VendorResponse>;
}

export function createAwsActors(users: ReadonlyMap<string, string>): AwsActors {
  const sessions = new Map<string, string>();
  return {
    of(request) {
      const key = accessKeyOf(request);
      return key && (users.get(key) ?? sessions.get(key) ?? key);
    },
    async learn(answer) {
      const body = await textOf(answer);
      const key = /<AccessKeyId>([^<]+)</.exec(body)?.[1];
      const session = /:assumed-role\/([^<]+)</.exec(body)?.[1];
      if (key && session) sessions.set(key, session);
      return { ...answer, body };
    },
  };
}

/** Signature Version 4 names the key in its header, or in the query of a presigned URL. */
function accessKeyOf(request: VendorRequest): string | undefined {
  const header = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
  return header ?? request.query.get('X-Amz-Credential')?.split('/')[0];
}

async function textOf(answer: VendorResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
