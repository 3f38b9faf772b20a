import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { ServiceError } from '../../../renderer/api/client.ts';
import { askWhetherGone } from '../../../renderer/api/service-state.ts';

/** Whether it would be asked for anew. */
const isStale = (client: QueryClient) => client.getQueryState(['health'])?.isInvalidated;

it('asks whether the service is gone as soon as it left a request unanswered, and for no refusal', () => {
  const client = new QueryClient();
  const gone = new ServiceError(0, {});
  askWhetherGone(client, gone);
  expect(isStale(client)).toBeUndefined();
  client.setQueryData(['health'], { ready: true });
  askWhetherGone(client, new ServiceError(404, { code: 'job.unknown' }));
  askWhetherGone(client, new Error('a defect'));
  expect(isStale(client)).toBe(false);
  askWhetherGone(client, gone);
  expect(isStale(client)).toBe(true);
});
