import type { StoredCase } from './model.ts';

/** GetCase: without caseId, as AWS answers it; what is not set is not there. */
export function toCase(found: StoredCase) {
  const { n, caseId, tags, comments, edits, attachments, caseMetadata, ...shown } = found;
  return {
    ...shown,
    ...(caseMetadata.length > 0 ? { caseMetadata } : {}),
    caseAttachments: attachments
      .filter(({ bytes }) => bytes !== undefined)
      .map(({ attachmentId, fileName, attachmentStatus, creator, createdDate }) => ({
        ...{ attachmentId, fileName, attachmentStatus, creator, createdDate },
      })),
  };
}

export function toListItem(found: StoredCase) {
  const { caseId, lastUpdatedDate, title, caseArn, engagementType } = found;
  const { caseStatus, createdDate, closedDate, resolverType, pendingAction } = found;
  return {
    ...{ caseId, lastUpdatedDate, title, caseArn, engagementType, caseStatus, createdDate },
    ...(closedDate === undefined ? {} : { closedDate }),
    ...{ resolverType, pendingAction },
  };
}
