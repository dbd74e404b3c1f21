import { asyncLocalStorage } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { createFailure, failureType } from '../../workflows/shared/failures.ts';
import { createCaller } from '../outside-call.ts';
import { createRateLimit } from '../rate-limit.ts';
import { callAws, unattended } from '../sts/aws-call.ts';
import { toClientSettings } from '../sts/aws-connection.ts';
import { download, upload } from './attachments.ts';
import type { CaseSystemOptions, OpenCases } from './options.ts';
import { findOwnPrincipal } from './own-principal.ts';
import type { CaseSystem } from './port.ts';
import { toCase, toChange, toComment, toListItem, toNewCase, toWatcher } from './read-shapes.ts';
import { SecurityIRClient } from './sdk/client.ts';
import {
  CloseCaseCommand,
  CreateCaseCommand,
  CreateCaseCommentCommand,
  GetCaseCommand,
  ListCasesCommand,
  ListCommentsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateCaseCommand,
  UpdateCaseCommentCommand,
  UpdateCaseStatusCommand,
  type CommentShape,
} from './sdk/commands.ts';
import {
  InvalidTokenException,
  SecurityIncidentResponseNotActiveException,
  ServiceQuotaExceededException,
} from './sdk/errors.ts';

const pageSize = 25;
const timeouts = { connect: 5_000, request: 20_000, idle: 20_000 } as const;

/** Creates are given a client token of the caller's: a repeat answers with what the first one made. Everything else says how it shall be. */
export function createCaseSystem(options: CaseSystemOptions): CaseSystem {
  const open = openCases(options);
  const principal = findOwnPrincipal(options);
  const getCase = async (caseId: string) =>
    toCase(caseId, await open.send(`read case ${caseId}`, new GetCaseCommand({ caseId })));
  return {
    getCase,
    listComments: async (caseId) => listComments(open, caseId),
    async listCases(cursor) {
      const page = cursor === null ? {} : { nextToken: cursor };
      const command = new ListCasesCommand({ maxResults: pageSize, ...page });
      const { items = [], nextToken } = await open.send('list cases', command);
      return { items: items.map(toListItem), cursor: nextToken ?? null };
    },
    async readTags(caseArn) {
      const command = new ListTagsForResourceCommand({ resourceArn: caseArn });
      return (await open.send('read tags of a case', command)).tags;
    },
    async tag(caseArn, tags) {
      await open.send('tag a case', new TagResourceCommand({ resourceArn: caseArn, tags: { ...tags } }));
    },
    async untag(caseArn, keys) {
      await open.send('untag a case', new UntagResourceCommand({ resourceArn: caseArn, tagKeys: [...keys] }));
    },
    async createCase(order) {
      const { caseId } = await open.send('create a case', new CreateCaseCommand(toNewCase(order)));
      return { caseId };
    },
    async updateCase(caseId, fields) {
      const change = toChange(fields, (await getCase(caseId)).fields);
      if (Object.keys(change).length > 0)
        await open.send(`update case ${caseId}`, new UpdateCaseCommand({ caseId, ...change }));
    },
    async addWatchers(caseId, watchers) {
      const command = new UpdateCaseCommand({ caseId, watchersToAdd: watchers.map(toWatcher) });
      await open.send(`add watchers to case ${caseId}`, command);
    },
    async updateStatus(caseId, caseStatus) {
      await open.send(`move case ${caseId}`, new UpdateCaseStatusCommand({ caseId, caseStatus }));
    },
    async closeCase(caseId) {
      await open.send(`close case ${caseId}`, new CloseCaseCommand({ caseId }));
    },
    async createComment(caseId, body, clientToken) {
      const command = new CreateCaseCommentCommand({ caseId, body, clientToken });
      const { commentId } = await open.send(`comment on case ${caseId}`, command);
      return { commentId };
    },
    async updateComment(caseId, commentId, body) {
      const command = new UpdateCaseCommentCommand({ caseId, commentId, body });
      await open.send(`edit comment ${commentId} of case ${caseId}`, command);
    },
    download: async (caseId, attachmentId) => download(open, caseId, attachmentId),
    upload: async (caseId, input) => upload(open, getCase, caseId, input),
    ownPrincipal: principal,
  };
}

async function listComments(open: OpenCases, caseId: string) {
  const found: CommentShape[] = [];
  let nextToken: string | undefined;
  do {
    const page = nextToken === undefined ? {} : { nextToken };
    const command = new ListCommentsCommand({ caseId, maxResults: pageSize, ...page });
    const answer = await open.send(`read comments of case ${caseId}`, command);
    found.push(...(answer.items ?? []));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found.map(toComment);
}

function openCases(options: CaseSystemOptions): OpenCases {
  const { credentials, callsPerSecond } = options;
  const client = new SecurityIRClient({
    ...toClientSettings({ ...options, timeouts: options.timeouts ?? timeouts }),
    ...(credentials ? { credentials } : {}),
  });
  const limit = createRateLimit({ callsPerSecond, burst: callsPerSecond });
  return {
    call: createCaller('security-ir', limit),
    async send(action, command) {
      await limit.take('security-ir');
      const signal = asyncLocalStorage.getStore()?.cancellationSignal ?? unattended.signal;
      try {
        return await callAws(
          { signal, heartbeat: () => undefined },
          { system: 'security-ir', action },
          (abortSignal) =>
            client.send(command, { abortSignal }).catch((error: unknown) => {
              throw refusalOf(error, action) ?? error;
            }),
        );
      } catch (error) {
        if (failureType(error) === 'RateLimited') limit.pause(waitIn(error));
        throw error;
      }
    },
  };
}

/** Errors whose status says something else than they do. */
function refusalOf(error: unknown, action: string): Error | undefined {
  const details = { system: 'security-ir', action };
  if (error instanceof SecurityIncidentResponseNotActiveException)
    return createFailure(
      'PermissionDenied',
      `security-ir: ${action}: Security Incident Response is not active in this account and region; check the membership`,
      { details, cause: error },
    );
  if (error instanceof ServiceQuotaExceededException || error instanceof InvalidTokenException)
    return createFailure(
      'InvalidInput',
      `security-ir: ${action}: ${error.name}: ${error.message.slice(0, 300)}`,
      {
        details,
        cause: error,
      },
    );
  return undefined;
}

function waitIn(error: unknown): number {
  const asked = error instanceof ApplicationFailure ? Number(error.nextRetryDelay ?? 0) : 0;
  return asked > 0 ? asked : 1_000;
}
