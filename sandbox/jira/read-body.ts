import type { VendorRequest } from '../shared/front.ts';
import { badRequest } from './answers.ts';
import type { Call, UploadedFile } from './router.ts';

/** JSON, or the files of a form; undefined and none where there is no body. */
export async function readBody(request: VendorRequest): Promise<Pick<Call, 'body' | 'files'>> {
  const content = await request.body();
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data'))
    return { body: undefined, files: await readFiles(content, type) };
  if (content.length === 0) return { body: undefined, files: [] };
  try {
    return { body: JSON.parse(content.toString('utf8')) as unknown, files: [] };
  } catch {
    throw badRequest('There was an error parsing JSON. Check that your request body is valid.');
  }
}

async function readFiles(content: Buffer, type: string): Promise<UploadedFile[]> {
  const form = await new Response(new Uint8Array(content), { headers: { 'content-type': type } })
    .formData()
    .catch(() => {
      throw badRequest('The multipart body cannot be read.');
    });
  const files = form.getAll('file').filter((part) => typeof part !== 'string');
  return Promise.all(
    files.map(async (file) => ({
      filename: file.name,
      mimeType: file.type || 'application/octet-stream',
      content: Buffer.from(await file.arrayBuffer()),
    })),
  );
}
