import type { GenerateVideosOperation, GoogleGenAI } from '@google/genai';
import { VERTEX_BASE_URL, VERTEX_LOCATION } from '../params.ts';
import { perApp, projectId } from './app.ts';

/** Milliseconds before a call to Vertex AI is given up; shorter than the submit lease. */
const TIMEOUT_MS = 60_000;

/** The client for videos, and how it names an operation. */
export interface VertexVideos {
  client: GoogleGenAI;
  /** An operation by its name alone, which is all that a poll reads. */
  operation(name: string): GenerateVideosOperation;
}

/** The Vertex AI client, loaded on first use. It never retries by itself: a repeated submit could be billed twice. */
export const vertexVideos: () => Promise<VertexVideos> = perApp(connect);

async function connect(): Promise<VertexVideos> {
  const { GenerateVideosOperation, GoogleGenAI } = await import('@google/genai');
  const baseUrl = VERTEX_BASE_URL.value();
  const client = new GoogleGenAI({
    vertexai: true,
    project: projectId(),
    location: VERTEX_LOCATION.value(),
    httpOptions: { timeout: TIMEOUT_MS, ...(baseUrl && { baseUrl }) },
  });
  return {
    client,
    operation: (name) => Object.assign(new GenerateVideosOperation(), { name }),
  };
}
