import { MODELS } from '../../core/catalogue/models.ts';
import { VERTEX_LOCATION } from '../../params.ts';
import { projectId } from '../../platform/app.ts';
import { vertexVideos } from '../../platform/genai.ts';
import { statusOf } from './errors.ts';

const NO_SUCH_OPERATION = '00000000-0000-0000-0000-000000000000';

/** Asks for an operation that does not exist: being told so is the proof that API and credentials work. */
export async function ping(): Promise<void> {
  const { client, operation } = await vertexVideos();
  const model = MODELS.find((m) => m.api === 'vertex-long-running');
  const parent = `projects/${projectId()}/locations/${VERTEX_LOCATION.value()}/publishers/google/models/${model?.id}`;
  try {
    await client.operations.getVideosOperation({ operation: operation(`${parent}/operations/${NO_SUCH_OPERATION}`) });
  } catch (error) {
    const status = statusOf(error);
    // 404, or 400 where the name itself is refused: the API has read the request and our token.
    if (status === 404 || status === 400) return;
    throw new Error(status === undefined ? 'cannot be reached' : `answered ${status}`);
  }
}
