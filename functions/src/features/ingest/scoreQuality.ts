import { AppError, type AppErrorCode } from '../../core/errors.ts';
import { scoreGeneration } from '../generation/index.ts';
import { changeGeneration } from './changeGeneration.ts';

/** The quality of a generation's videos. */
export interface Quality {
  generationId: string;
  /** 0 to 1, to the thousandth. */
  quality: number;
  scorer: string;
}

/**
 * Sets the quality, 0 to 1, of the videos of a generation of our own or a reported one. The same again changes nothing. Throws
 * `not_found`, and `conflict` where there is no video.
 */
export async function scoreQuality(generationId: string, scorer: string, quality: number): Promise<Quality> {
  const thousandths = Math.round(quality * 1_000);
  try {
    await scoreGeneration(generationId, scorer, thousandths);
  } catch (error) {
    if (!isRefusal(error, 'not_found')) throw error;
    await scoreReported(generationId, scorer, quality);
  }
  return { generationId, quality: thousandths / 1_000, scorer };
}

async function scoreReported(generationId: string, scorer: string, quality: number): Promise<void> {
  try {
    await changeGeneration(generationId, { quality, scorer });
  } catch (error) {
    // The score itself has passed its schema: what contradicts it is the generation's state.
    if (isRefusal(error, 'invalid_request')) throw new AppError('conflict', 'There is no video to score.');
    throw error;
  }
}

function isRefusal(error: unknown, code: AppErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}
