import { commandOf } from './command.ts';
import * as operations from './operations.ts';

/** Commands by their official names, with the forms of AWS's model; what the service may leave out is optional. */

export interface WatcherShape {
  email: string;
  name?: string;
  jobTitle?: string;
}
export interface ThreatActorIpShape {
  ipAddress: string;
  userAgent?: string;
}
interface RegionShape {
  region: string;
}
interface OfCase {
  caseId: string;
}
interface OfPage {
  nextToken?: string;
  /** 25 at most. */
  maxResults?: number;
}
interface Page<Item> {
  nextToken?: string;
  items?: Item[];
  total?: number;
}

export interface CaseItemShape {
  caseId: string;
  lastUpdatedDate?: Date;
  title?: string;
  caseArn?: string;
  engagementType?: string;
  caseStatus?: string;
  createdDate?: Date;
  closedDate?: Date;
  resolverType?: string;
  pendingAction?: string;
}
export class ListCasesCommand extends commandOf<OfPage, Page<CaseItemShape>>(operations.listCases) {}

export interface CaseShape {
  title?: string;
  caseArn?: string;
  description?: string;
  caseStatus?: string;
  engagementType?: string;
  reportedIncidentStartDate?: Date;
  actualIncidentStartDate?: Date;
  impactedAwsRegions?: RegionShape[];
  threatActorIpAddresses?: ThreatActorIpShape[];
  pendingAction?: string;
  impactedAccounts?: string[];
  watchers?: WatcherShape[];
  createdDate?: Date;
  lastUpdatedDate?: Date;
  closureCode?: string;
  resolverType?: string;
  impactedServices?: string[];
  caseAttachments?: {
    attachmentId: string;
    fileName: string;
    attachmentStatus: string;
    creator: string;
    createdDate: Date;
  }[];
  closedDate?: Date;
  caseMetadata?: { key: string; value: string }[];
}
export class GetCaseCommand extends commandOf<OfCase, CaseShape>(operations.getCase) {}

export interface CreateCaseShape {
  clientToken?: string;
  resolverType: string;
  title: string;
  description: string;
  engagementType: string;
  reportedIncidentStartDate: Date;
  impactedAccounts: string[];
  watchers: WatcherShape[];
  threatActorIpAddresses?: ThreatActorIpShape[];
  impactedServices?: string[];
  impactedAwsRegions?: RegionShape[];
  tags?: Record<string, string>;
}
export class CreateCaseCommand extends commandOf<CreateCaseShape, OfCase>(operations.createCase) {}

export interface UpdateCaseShape extends OfCase {
  title?: string;
  description?: string;
  engagementType?: string;
  reportedIncidentStartDate?: Date;
  actualIncidentStartDate?: Date;
  watchersToAdd?: WatcherShape[];
  watchersToDelete?: WatcherShape[];
  threatActorIpAddressesToAdd?: ThreatActorIpShape[];
  threatActorIpAddressesToDelete?: ThreatActorIpShape[];
  impactedServicesToAdd?: string[];
  impactedServicesToDelete?: string[];
  impactedAwsRegionsToAdd?: RegionShape[];
  impactedAwsRegionsToDelete?: RegionShape[];
  impactedAccountsToAdd?: string[];
  impactedAccountsToDelete?: string[];
}
export class UpdateCaseCommand extends commandOf<UpdateCaseShape, object>(operations.updateCase) {}

export class UpdateCaseStatusCommand extends commandOf<
  OfCase & { caseStatus: string },
  { caseStatus?: string }
>(operations.updateCaseStatus) {}

export class CloseCaseCommand extends commandOf<OfCase, { caseStatus?: string; closedDate?: Date }>(
  operations.closeCase,
) {}

export interface CommentShape {
  commentId: string;
  createdDate?: Date;
  lastUpdatedDate?: Date;
  creator?: string;
  lastUpdatedBy?: string;
  body?: string;
}
export class ListCommentsCommand extends commandOf<OfCase & OfPage, Page<CommentShape>>(
  operations.listComments,
) {}

export class CreateCaseCommentCommand extends commandOf<
  OfCase & { body: string; clientToken?: string },
  { commentId: string }
>(operations.createCaseComment) {}

export class UpdateCaseCommentCommand extends commandOf<
  OfCase & { commentId: string; body: string },
  { commentId: string; body?: string }
>(operations.updateCaseComment) {}

export class GetCaseAttachmentDownloadUrlCommand extends commandOf<
  OfCase & { attachmentId: string },
  { attachmentPresignedUrl: string }
>(operations.getCaseAttachmentDownloadUrl) {}

export class GetCaseAttachmentUploadUrlCommand extends commandOf<
  OfCase & { fileName: string; contentLength: number; clientToken?: string },
  { attachmentPresignedUrl: string }
>(operations.getCaseAttachmentUploadUrl) {}

export class ListTagsForResourceCommand extends commandOf<
  { resourceArn: string },
  { tags: Record<string, string> }
>(operations.listTagsForResource) {}

export class TagResourceCommand extends commandOf<
  { resourceArn: string; tags: Record<string, string> },
  object
>(operations.tagResource) {}

export class UntagResourceCommand extends commandOf<{ resourceArn: string; tagKeys: string[] }, object>(
  operations.untagResource,
) {}
