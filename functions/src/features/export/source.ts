import type { Plan } from '../../core/export/query.ts';
import { eventSource } from './eventSource.ts';
import { generationSource } from './generationSource.ts';
import type { Source } from './page.ts';
import { rollupSource } from './rollupSource.ts';

/** The source of what is planned. Throws AppError `invalid_request` for buckets that are not kept any more. */
export function sourceOf(plan: Plan): Source {
  switch (plan.dataset) {
    case 'generations':
      return generationSource(plan);
    case 'events':
      return eventSource(plan);
    case 'rollups':
      return rollupSource(plan);
  }
}
