import { awsErrorName } from '../sts/aws-call.ts';

/** Replace exactly what was seen; write only into nothing when nothing was seen. */
export function toCondition(seenEtag: string | undefined): { IfMatch: string } | { IfNoneMatch: '*' } {
  return seenEtag === undefined ? { IfNoneMatch: '*' } : { IfMatch: seenEtag };
}

/** Another writer came first: 412; 409 while both were under way; 404 when If-Match finds the object gone. */
const overtaken = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

export function wasOvertaken(error: unknown): boolean {
  return overtaken.includes(awsErrorName(error));
}
