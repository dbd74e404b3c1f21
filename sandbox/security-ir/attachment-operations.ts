import { checkOpen } from './change-case.ts';
import { UploadUrl } from './forms.ts';
import { caseOf, readBody, type Operation } from './operation.ts';
import { notFound } from './sir-refusal.ts';
import type { createClientTokens } from './tokens.ts';

/** Presigned URLs on the same front; see attachment-store.ts for what they answer. */
export function attachmentOperations(
  tokens: ReturnType<typeof createClientTokens<string>>,
): readonly Operation[] {
  return [
    {
      name: 'GetCaseAttachmentDownloadUrl',
      method: 'GET',
      uri: '/v1/cases/{caseId}/get-presigned-url/{attachmentId}',
      status: 201,
      handle(call) {
        const { attachments, baseUrl, labels } = call;
        const found = caseOf(call);
        const one = found.attachments.find(({ attachmentId }) => attachmentId === labels['attachmentId']);
        if (!one?.bytes) throw notFound(`Attachment ${labels['attachmentId']}`);
        return { attachmentPresignedUrl: attachments.downloadUrl(baseUrl, found, one) };
      },
    },
    {
      name: 'GetCaseAttachmentUploadUrl',
      method: 'POST',
      uri: '/v1/cases/{caseId}/get-presigned-url',
      status: 201,
      async handle(call) {
        const { clientToken, ...order } = await readBody(call, UploadUrl);
        const { attachments, baseUrl, by } = call;
        const found = caseOf(call);
        checkOpen(found);
        const make = () => attachments.add(found, order, by).attachmentId;
        const id = tokens.once(clientToken, `upload ${found.caseId}`, order, make, (made) => made);
        const one = found.attachments.find(({ attachmentId }) => attachmentId === id);
        if (!one) throw notFound(`Attachment ${id}`);
        return { attachmentPresignedUrl: attachments.uploadUrl(baseUrl, found, one) };
      },
    },
  ];
}
