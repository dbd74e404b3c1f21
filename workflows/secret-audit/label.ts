import { isSameSecret } from './arn.ts';
import type { SecretEvent } from './messages.ts';

/** CloudTrail's time is the call's, EventBridge's that of the event. */
const apartMs = 10 * 60_000;

/** @returns between when the call lies that moved this label, ISO 8601 UTC */
export function toJoinWindow({ eventTime }: SecretEvent): { readonly from: string; readonly to: string } {
  const ms = Date.parse(eventTime);
  return { from: new Date(ms - apartMs).toISOString(), to: new Date(ms + apartMs).toISOString() };
}

/** The same secret and the same version; a label event has no id of the call. */
export function isLabelOfCall(label: SecretEvent, call: SecretEvent): boolean {
  return (
    call.kind !== 'label' &&
    label.secret !== null &&
    call.secret !== null &&
    label.versionId !== null &&
    call.versionId === label.versionId &&
    isSameSecret(call.secret, label.secret)
  );
}
