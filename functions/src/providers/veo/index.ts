import type { VideoProvider } from '../provider.ts';
import { ping } from './ping.ts';
import { poll } from './poll.ts';
import { submit } from './submit.ts';

/** Google Veo through Vertex AI's long-running predictions. It cannot stop a job once taken. */
export const veo: VideoProvider = { submit, poll, ping };
