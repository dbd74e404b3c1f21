import type { Attachment } from './model.ts';
import { restUrl, toJiraDate, userJson, type Rendering } from './rendering.ts';

/** As an issue and the answer to an upload show it; read by itself its id is a number. */
export function attachmentJson(one: Attachment, rendering: Rendering) {
  return {
    self: restUrl(rendering, `attachment/${one.id}`),
    id: one.id,
    filename: one.filename,
    author: userJson(one.author, rendering),
    created: toJiraDate(one.created),
    size: one.content.size,
    mimeType: one.mimeType,
    content: restUrl(rendering, `attachment/content/${one.id}`),
  };
}
