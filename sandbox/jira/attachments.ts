import { JiraError, badRequest, forbidden, noContent, notFound, ok } from './answers.ts';
import { attachmentJson } from './attachment-json.ts';
import { recordChange, systemItem } from './issue-change.ts';
import type { Attachment, Issue } from './model.ts';
import { restUrl } from './rendering.ts';
import { param, type Call, type Routes, type UploadedFile } from './router.ts';
import { isAdministrator, type Site } from './site.ts';

/** The service's default is larger; nothing of ours should come near this. */
const maxBytes = 10 * 1024 * 1024;
const maxFiles = 60;

/** Files of an issue: sent as multipart/form-data, and only with the header that a form in a browser cannot send. */
export function createAttachmentRoutes(site: Site): Routes {
  // By id of the attachment: the issue that holds it.
  const holders = new Map<string, Issue>();

  function upload(call: Call) {
    const token = String(call.headers['x-atlassian-token']);
    if (!/^no-?check$/.test(token)) return { status: 403, body: 'XSRF check failed' };
    const issue = site.issues.get(param(call, 'issueIdOrKey'));
    if (call.files.length === 0) throw badRequest('file: at least one part of this name is expected');
    if (call.files.length > maxFiles || call.files.some(({ content }) => content.length > maxBytes))
      throw new JiraError(413, ['The attachments exceed the maximum attachment size for issues.']);
    const added = call.files.map((file) => add(call, issue, file));
    const items = added.map(({ id, filename }) => ({
      ...systemItem('Attachment', [null, ''], [id, filename]),
      ...{ fieldId: 'attachment', fromString: null },
    }));
    recordChange(site, issue, call.actor, items, 'issue_updated');
    return ok(added.map((one) => attachmentJson(one, site.rendering(3))));
  }

  function add({ actor }: Call, issue: Issue, file: UploadedFile): Attachment {
    const attachment = { id: site.nextId('attachment'), author: actor, created: site.now(), ...file };
    issue.attachments.push(attachment);
    holders.set(attachment.id, issue);
    return attachment;
  }

  function found(call: Call) {
    const id = param(call, 'id');
    const issue = holders.get(id);
    const attachment = issue?.attachments.find((one) => one.id === id);
    if (issue && attachment && site.issues.find(issue.id)) return { issue, attachment };
    throw notFound(`The attachment with id '${id}' does not exist`);
  }

  function read(call: Call) {
    const { attachment } = found(call);
    return ok({ ...attachmentJson(attachment, site.rendering(3)), id: Number(attachment.id) });
  }

  // The service sends the reader on to its media store, unless asked not to.
  function content(call: Call) {
    const { attachment } = found(call);
    if (call.query.get('redirect') !== 'false') {
      const location = restUrl(site.rendering(3), `attachment/content/${attachment.id}?redirect=false`);
      return { status: 303, headers: { location } };
    }
    const name = encodeURIComponent(attachment.filename);
    return {
      status: 200,
      headers: {
        'content-type': attachment.mimeType,
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
      },
      body: attachment.content,
    };
  }

  function remove(call: Call) {
    const { issue, attachment } = found(call);
    if (attachment.author !== call.actor && !isAdministrator(call.actor))
      throw forbidden(`You do not have permission to delete attachment with id: ${attachment.id}`);
    issue.attachments.splice(issue.attachments.indexOf(attachment), 1);
    holders.delete(attachment.id);
    site.issues.save(issue, site.now());
    return noContent();
  }

  return {
    'POST /rest/api/3/issue/{issueIdOrKey}/attachments': upload,
    'GET /rest/api/3/attachment/{id}': read,
    'GET /rest/api/3/attachment/content/{id}': content,
    'DELETE /rest/api/3/attachment/{id}': remove,
  };
}
