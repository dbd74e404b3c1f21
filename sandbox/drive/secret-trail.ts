/** Who acts, as CloudTrail has it. */
export interface SecretActor {
  /** Session name; in the sandbox a person's name. */
  readonly name?: string;
  /** Name of the role that was assumed. */
  readonly role?: string;
  readonly sourceIdentity?: string;
  /** An AWS service that calls on somebody's behalf. */
  readonly invokedBy?: string;
}

/** One call of Secrets Manager, or something that it did by itself. */
export interface SecretDeed {
  readonly call: string;
  /** Secret as the caller named it. */
  readonly asked: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly arn?: string;
  readonly name?: string;
  readonly versionId?: string;
  /** Of a call that AWS refused: it has no answer. */
  readonly errorCode?: string;
  /** CloudTrail keeps no answer of this call. */
  readonly withoutAnswer?: boolean;
  /** `aRN` is what events before February 2024 have. */
  readonly arnField?: 'arn' | 'aRN';
  /** Nobody called: a rotation ended, a deletion began. */
  readonly service?: boolean;
  /** A label that moved to the version. */
  readonly label?: string;
}

/** What CloudTrail writes in a value's place. */
export const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

interface Circumstances {
  readonly eventId: string;
  readonly eventTime: string;
  readonly account: string;
  readonly region: string;
  readonly actor: SecretActor;
}

/** CloudTrail's record of a deed. Source: "Log AWS Secrets Manager events with AWS CloudTrail", User Guide. */
export function toTrailDetail(deed: SecretDeed, circumstances: Circumstances): Record<string, unknown> {
  const { eventId, eventTime, account, region } = circumstances;
  const common = {
    ...{ eventVersion: '1.09', userIdentity: toIdentity(deed, circumstances), eventTime },
    ...{ eventSource: 'secretsmanager.amazonaws.com', eventName: deed.call, awsRegion: region },
    sourceIPAddress: circumstances.actor.invokedBy ?? '198.51.100.7',
    userAgent: circumstances.actor.invokedBy ?? 'aws-cli/2.15.0',
  };
  const end = { eventID: eventId, readOnly: false, recipientAccountId: account, managementEvent: true };
  if (deed.service)
    return {
      ...{ ...common, requestParameters: null, responseElements: null },
      additionalEventData: { SecretId: deed.arn ?? deed.asked },
      ...{ ...end, eventType: 'AwsServiceEvent', eventCategory: 'Management' },
    };
  return {
    ...common,
    ...(deed.errorCode === undefined
      ? {}
      : {
          errorCode: deed.errorCode,
          errorMessage: `User is not authorized to perform: secretsmanager:${deed.call}`,
        }),
    requestParameters: deed.errorCode === 'AccessDenied' ? null : deed.parameters,
    responseElements: toAnswer(deed),
    requestID: eventId,
    ...{ ...end, eventType: 'AwsApiCall', eventCategory: 'Management' },
  };
}

function toAnswer(deed: SecretDeed): Record<string, unknown> | null {
  if (deed.errorCode !== undefined || deed.withoutAnswer || deed.arn === undefined) return null;
  return {
    [deed.arnField ?? 'arn']: deed.arn,
    ...(deed.name === undefined ? {} : { name: deed.name }),
    ...(deed.versionId === undefined ? {} : { versionId: deed.versionId }),
  };
}

function toIdentity(deed: SecretDeed, { account, eventTime, actor }: Circumstances) {
  const { name = 'dev', role = 'Developer', sourceIdentity, invokedBy } = actor;
  if (deed.service) return { accountId: account, invokedBy: 'secretsmanager.amazonaws.com' };
  const principalId = 'AROAEXAMPLEEXAMPLEEXAM';
  return {
    ...{ type: 'AssumedRole', principalId: `${principalId}:${name}` },
    arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
    ...{ accountId: account, accessKeyId: 'ASIAEXAMPLEEXAMPLEEX' },
    sessionContext: {
      sessionIssuer: {
        ...{ type: 'Role', principalId, arn: `arn:aws:iam::${account}:role/${role}` },
        ...{ accountId: account, userName: role },
      },
      attributes: { creationDate: eventTime, mfaAuthenticated: 'false' },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
    ...(invokedBy === undefined ? {} : { invokedBy }),
  };
}
