/** The role that may write a production account's bucket: the configured one, or Agent-Publish. */
export function publishRoleOf(account: {
  readonly id: string;
  readonly publishRole?: string | undefined;
}): string {
  return account.publishRole ?? `arn:aws:iam::${account.id}:role/Agent-Publish`;
}
