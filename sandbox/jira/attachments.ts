import { randomUUID } from 'node:crypto';
import type { VendorResponse } from '../shared/front.ts';
import { JiraError, badRequest, forbidden, noContent, notFound, ok } from './answers.ts';
import { attachmentJson } from './attachment-json.ts';
import { readStored, type FileStore } from './file-store.ts';
import { recordChange, systemItem } from './issue-change.ts';
import type { Attachment, Issue } from './model.ts';
import { param, type Call, type Routes, type UploadedFile } from './router.ts';
import { isAdministrator, type Site } from './site.ts';

const maxFiles = 60;
const mediaPath = '/media/file/';

/** Files of an issue, and the media store that keeps them. */
export interface Attachments {
  readonly routes: Routes;
  /** What the media store gives: whoever has the address needs no login; undefined: no address of a file. */
  media(path: string, query: URLSearchParams): VendorResponse | undefined;
  clear(): void;
}

/** Sent as multipart/form-data, and only with the header that a form in a browser cannot send. */
export function createAttachments(site: Site, files: FileStore): Attachments {
  // By id of the attachment: the issue that holds it.
  const holders = new Map<string, Issue>();
  // By token of an address in the media store: each reader gets one of his own.
  const addresses = new Map<string, string>();

  function upload(call: Call) {
    const token = String(call.headers['x-atlassian-token']);
    if (!/^no-?check$/.test(token)) return { status: 403, body: 'XSRF check failed' };
    const issue = site.issues.get(param(call, 'issueIdOrKey'));
    if (call.files.length === 0) throw badRequest('file: at least one part of this name is expected');
    if (call.files.length > maxFiles) throw new JiraError(413, [`At most ${maxFiles} files at once.`]);
    const added = call.files.map((file) => add(call, issue, file));
    const items = added.map(({ id, filename }) => ({
      ...systemItem('Attachment', [null, ''], [id, filename]),
      ...{ fieldId: 'attachment', fromString: null },
    }));
    recordChange(site, issue, call.actor, items, 'issue_updated');
    for (const attachment of added)
      site.publish({ name: 'attachment_created', user: call.actor, issue, attachment });
    return ok(added.map((one) => attachmentJson(one, site.rendering(3))));
  }

  function add({ actor }: Call, issue: Issue, file: UploadedFile): Attachment {
    const attachment = { id: site.nextId('attachment'), author: actor, created: site.now(), ...file };
    issue.attachments.push(attachment);
    holders.set(attachment.id, issue);
    return attachment;
  }

  function existing(id: string) {
    const issue = holders.get(id);
    const attachment = issue?.attachments.find((one) => one.id === id);
    return issue && attachment && site.issues.find(issue.id) ? { issue, attachment } : undefined;
  }

  function found(call: Call) {
    const id = param(call, 'id');
    const held = existing(id);
    if (held && site.access.sees(call.actor, held.issue)) return held;
    throw notFound(`The attachment with id '${id}' does not exist`);
  }

  function read(call: Call) {
    const { attachment } = found(call);
    return ok({ ...attachmentJson(attachment, site.rendering(3)), id: Number(attachment.id) });
  }

  // The service sends the reader on to its media store, unless asked not to.
  function content(call: Call) {
    const { attachment } = found(call);
    if (call.query.get('redirect') === 'false') return give(attachment);
    const token = randomUUID();
    addresses.set(token, attachment.id);
    const location = `${site.rendering(3).base}${mediaPath}${attachment.id}/binary?token=${token}`;
    return { status: 303, headers: { location } };
  }

  function give({ mimeType, filename, content: file }: Attachment): VendorResponse {
    const name = encodeURIComponent(filename);
    return {
      status: 200,
      headers: {
        'content-type': mimeType,
        'content-length': String(file.size),
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
      },
      body: readStored(file),
    };
  }

  function remove(call: Call) {
    const { issue, attachment } = found(call);
    const { id, filename } = attachment;
    if (attachment.author !== call.actor && !isAdministrator(call.actor))
      throw forbidden(`You do not have permission to delete attachment with id: ${id}`);
    issue.attachments.splice(issue.attachments.indexOf(attachment), 1);
    holders.delete(id);
    files.remove(attachment.content);
    const item = { ...systemItem('Attachment', [id, filename], [null, '']), fieldId: 'attachment' };
    recordChange(site, issue, call.actor, [{ ...item, toString: null }], 'issue_updated');
    site.publish({ name: 'attachment_deleted', user: call.actor, issue, attachment });
    return noContent();
  }

  return {
    routes: {
      'POST /rest/api/3/issue/{issueIdOrKey}/attachments': upload,
      'GET /rest/api/3/attachment/{id}': read,
      'GET /rest/api/3/attachment/content/{id}': content,
      'DELETE /rest/api/3/attachment/{id}': remove,
    },
    media(path, query) {
      if (!path.startsWith(mediaPath)) return undefined;
      const id = addresses.get(query.get('token') ?? '');
      const held = id !== undefined && path === `${mediaPath}${id}/binary` ? existing(id) : undefined;
      return held ? give(held.attachment) : { status: 403, body: 'token is missing, wrong or too old' };
    },
    clear() {
      holders.clear();
      addresses.clear();
      files.clear();
    },
  };
}
