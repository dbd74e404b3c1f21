import type { VendorRequest } from '../shared/front.ts';
import { JiraError, badRequest } from './answers.ts';
import type { FileStore } from './file-store.ts';
import { dispositionOf, readParts, type Part } from './multipart.ts';
import type { Call, UploadedFile } from './router.ts';

/** The service's default is larger; what Lockkeeper copies is bounded by its configuration. */
const maxFileBytes = 50 * 1024 * 1024;

/** JSON, or the files of a form; undefined and none where there is no body. */
export async function readBody(
  request: VendorRequest,
  files: FileStore,
): Promise<Pick<Call, 'body' | 'files'>> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data'))
    return { body: undefined, files: await readFiles(request, type, files) };
  const content = await request.body();
  if (content.length === 0) return { body: undefined, files: [] };
  try {
    return { body: JSON.parse(content.toString('utf8')) as unknown, files: [] };
  } catch {
    throw badRequest('There was an error parsing JSON. Check that your request body is valid.');
  }
}

async function readFiles(request: VendorRequest, type: string, files: FileStore): Promise<UploadedFile[]> {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1] ?? '';
  const read: UploadedFile[] = [];
  try {
    for await (const part of readParts(request.stream, boundary)) {
      const { name, filename } = dispositionOf(part.headers['content-disposition']);
      if (name !== 'file' || filename === undefined) continue;
      const mimeType = part.headers['content-type'] ?? 'application/octet-stream';
      read.push({ filename, mimeType, content: await files.write(bounded(part)) });
    }
  } catch (error) {
    for (const { content } of read) files.remove(content);
    // a sender that is cut off in the middle does not see the answer, it only stops
    if (!request.stream.destroyed) request.stream.resume();
    throw error instanceof JiraError ? error : badRequest('The multipart body cannot be read.');
  }
  return read;
}

async function* bounded({ content }: Part): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > maxFileBytes)
      throw new JiraError(413, ['The attachments exceed the maximum attachment size for issues.']);
    yield chunk;
  }
}
