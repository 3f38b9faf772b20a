/** An attacker: a site with a name of its own, and pages that try everything on the service. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

const ATTACKS = join(import.meta.dirname, '../../fixtures/hostile-page/attacks.js');

export interface HostileSite {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an empty page at every address, which nothing keeps from anything: it has no policy of its own. */
export async function serveHostileSite(): Promise<HostileSite> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>harmless</title><body>A harmless page.</body>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Every page that this one opens gets the attacks, whatever its own policy. */
export async function arm(page: Page): Promise<void> {
  await page.addInitScript({ path: ATTACKS });
}

type Attacks = Record<string, (...parameters: readonly unknown[]) => unknown>;

/** Runs one of the fixture's attacks in the page. */
export function attack<Seen>(
  page: Page,
  name: string,
  ...parameters: readonly unknown[]
): Promise<Seen> {
  return page.evaluate(
    async ([name, parameters]) => {
      const { attacks } = globalThis as unknown as { attacks: Attacks };
      return (await attacks[name]?.(...parameters)) as never;
    },
    [name, parameters] as const,
  );
}
