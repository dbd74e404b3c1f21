import {
  inQuery,
  label,
  listOf,
  operation,
  structure,
  text,
  textMap,
  texts,
  timestamp,
  token,
  whole,
} from './shapes.ts';

/** The operations of AWS Security Incident Response that a synchronisation needs, version 2018-05-10, rest-json. */

const watchers = listOf('Watchers', structure('Watcher', { email: text }, { name: text, jobTitle: text }));
const addresses = listOf(
  'ThreatActorIpList',
  structure('ThreatActorIp', { ipAddress: text }, { userAgent: text }),
);
const regions = listOf('ImpactedAwsRegionList', structure('ImpactedAwsRegion', { region: text }));
const metadata = listOf('CaseMetadata', structure('CaseMetadataEntry', { key: text, value: text }));
const attachments = listOf(
  'CaseAttachmentsList',
  structure('CaseAttachmentAttributes', {
    ...{ attachmentId: text, fileName: text, attachmentStatus: text, creator: text, createdDate: timestamp },
  }),
);
const caseId = { caseId: label };
const paging = { nextToken: text, maxResults: whole };

const caseItems = listOf(
  'ListCasesItems',
  structure(
    'ListCasesItem',
    { caseId: text },
    {
      ...{ lastUpdatedDate: timestamp, title: text, caseArn: text, engagementType: text, caseStatus: text },
      ...{ createdDate: timestamp, closedDate: timestamp, resolverType: text, pendingAction: text },
    },
  ),
);

export const listCases = operation(
  'ListCases',
  { method: 'POST', path: '/v1/list-cases' },
  structure('ListCasesRequest', {}, paging),
  structure('ListCasesResponse', {}, { nextToken: text, items: caseItems, total: whole }),
);

export const getCase = operation(
  'GetCase',
  { method: 'GET', path: '/v1/cases/{caseId}/get-case' },
  structure('GetCaseRequest', caseId),
  structure(
    'GetCaseResponse',
    {},
    {
      ...{ title: text, caseArn: text, description: text, caseStatus: text, engagementType: text },
      ...{ reportedIncidentStartDate: timestamp, actualIncidentStartDate: timestamp },
      ...{ impactedAwsRegions: regions, threatActorIpAddresses: addresses, pendingAction: text },
      ...{ impactedAccounts: texts, watchers, createdDate: timestamp, lastUpdatedDate: timestamp },
      ...{ closureCode: text, resolverType: text, impactedServices: texts, caseAttachments: attachments },
      ...{ closedDate: timestamp, caseMetadata: metadata },
    },
  ),
);

export const createCase = operation(
  'CreateCase',
  { method: 'POST', path: '/v1/create-case', status: 201 },
  structure(
    'CreateCaseRequest',
    {
      ...{ resolverType: text, title: text, description: text, engagementType: text },
      ...{ reportedIncidentStartDate: timestamp, impactedAccounts: texts, watchers },
    },
    {
      ...{ clientToken: token, threatActorIpAddresses: addresses, impactedServices: texts },
      ...{ impactedAwsRegions: regions, tags: textMap },
    },
  ),
  structure('CreateCaseResponse', { caseId: text }),
);

export const updateCase = operation(
  'UpdateCase',
  { method: 'POST', path: '/v1/cases/{caseId}/update-case' },
  structure('UpdateCaseRequest', caseId, {
    ...{ title: text, description: text, engagementType: text, caseMetadata: metadata },
    ...{ reportedIncidentStartDate: timestamp, actualIncidentStartDate: timestamp },
    ...{ watchersToAdd: watchers, watchersToDelete: watchers },
    ...{ threatActorIpAddressesToAdd: addresses, threatActorIpAddressesToDelete: addresses },
    ...{ impactedServicesToAdd: texts, impactedServicesToDelete: texts },
    ...{ impactedAwsRegionsToAdd: regions, impactedAwsRegionsToDelete: regions },
    ...{ impactedAccountsToAdd: texts, impactedAccountsToDelete: texts },
  }),
  structure('UpdateCaseResponse', {}),
);

export const updateCaseStatus = operation(
  'UpdateCaseStatus',
  { method: 'POST', path: '/v1/cases/{caseId}/update-case-status', status: 201 },
  structure('UpdateCaseStatusRequest', { ...caseId, caseStatus: text }),
  structure('UpdateCaseStatusResponse', {}, { caseStatus: text }),
);

export const closeCase = operation(
  'CloseCase',
  { method: 'POST', path: '/v1/cases/{caseId}/close-case' },
  structure('CloseCaseRequest', caseId),
  structure('CloseCaseResponse', {}, { caseStatus: text, closedDate: timestamp }),
);

const comments = listOf(
  'ListCommentsItems',
  structure(
    'ListCommentsItem',
    { commentId: text },
    {
      ...{ createdDate: timestamp, lastUpdatedDate: timestamp },
      ...{ creator: text, lastUpdatedBy: text, body: text },
    },
  ),
);

export const listComments = operation(
  'ListComments',
  { method: 'POST', path: '/v1/cases/{caseId}/list-comments' },
  structure('ListCommentsRequest', caseId, paging),
  structure('ListCommentsResponse', {}, { nextToken: text, items: comments, total: whole }),
);

export const createCaseComment = operation(
  'CreateCaseComment',
  { method: 'POST', path: '/v1/cases/{caseId}/create-comment', status: 201 },
  structure('CreateCaseCommentRequest', { ...caseId, body: text }, { clientToken: token }),
  structure('CreateCaseCommentResponse', { commentId: text }),
);

export const updateCaseComment = operation(
  'UpdateCaseComment',
  { method: 'PUT', path: '/v1/cases/{caseId}/update-case-comment/{commentId}' },
  structure('UpdateCaseCommentRequest', { ...caseId, commentId: label, body: text }),
  structure('UpdateCaseCommentResponse', { commentId: text }, { body: text }),
);

export const getCaseAttachmentDownloadUrl = operation(
  'GetCaseAttachmentDownloadUrl',
  { method: 'GET', path: '/v1/cases/{caseId}/get-presigned-url/{attachmentId}', status: 201 },
  structure('GetCaseAttachmentDownloadUrlRequest', { ...caseId, attachmentId: label }),
  structure('GetCaseAttachmentDownloadUrlResponse', { attachmentPresignedUrl: text }),
);

export const getCaseAttachmentUploadUrl = operation(
  'GetCaseAttachmentUploadUrl',
  { method: 'POST', path: '/v1/cases/{caseId}/get-presigned-url', status: 201 },
  structure(
    'GetCaseAttachmentUploadUrlRequest',
    { ...caseId, fileName: text, contentLength: whole },
    { clientToken: token },
  ),
  structure('GetCaseAttachmentUploadUrlResponse', { attachmentPresignedUrl: text }),
);

const arn = { resourceArn: label };

export const listTagsForResource = operation(
  'ListTagsForResource',
  { method: 'GET', path: '/v1/tags/{resourceArn}' },
  structure('ListTagsForResourceInput', arn),
  structure('ListTagsForResourceOutput', { tags: textMap }),
);

export const tagResource = operation(
  'TagResource',
  { method: 'POST', path: '/v1/tags/{resourceArn}', status: 204 },
  structure('TagResourceInput', { ...arn, tags: textMap }),
  structure('TagResourceOutput', {}),
);

export const untagResource = operation(
  'UntagResource',
  { method: 'DELETE', path: '/v1/tags/{resourceArn}' },
  structure('UntagResourceInput', { ...arn, tagKeys: inQuery(texts, 'tagKeys') }),
  structure('UntagResourceOutput', {}),
);
