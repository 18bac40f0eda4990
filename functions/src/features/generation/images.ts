import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { InputImage } from '../../core/generation/request.ts';
import type { StoredImage } from '../../core/generation/state.ts';
import { gcsUri, saveObject } from '../../platform/storage.ts';

const MAGIC: Record<InputImage['mimeType'], string> = { 'image/png': '89504e47', 'image/jpeg': 'ffd8ff' };

/**
 * Puts the pictures of a request into Cloud Storage. The name holds the content's hash, so that a repeated request
 * writes the same object and a different one cannot overwrite it. Throws `invalid_request` for bytes of another type.
 */
export async function storeImages(generationId: string, images: readonly InputImage[]): Promise<StoredImage[]> {
  const decoded = images.map((image) => ({ ...image, bytes: decode(image) }));
  return Promise.all(
    decoded.map(async ({ mimeType, bytes }) => {
      const path = `inputs/${generationId}/${createHash('sha256').update(bytes).digest('hex')}`;
      await saveObject(path, bytes, mimeType);
      return { gcsUri: gcsUri(path), mimeType };
    }),
  );
}

function decode({ mimeType, base64 }: InputImage): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('hex', 0, 4).startsWith(MAGIC[mimeType])) return bytes;
  throw new AppError('invalid_request', 'A picture is not what it says.', [
    { path: 'image', message: `not ${mimeType}` },
  ]);
}
