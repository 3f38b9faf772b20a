/** Another origin: a server of static files that stands for the one where somebody hosts a Configurator. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';

export const PAGE_FOLDER = resolve(import.meta.dirname, '../../fixtures/configurator-page');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

export interface PageServer {
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * @param serviceUrl what the page «was built with», asked at each request: the service may start later.
 * @param folder a build with the app's own settings; the page of our own when absent
 */
export async function servePage(
  serviceUrl: () => string,
  folder = PAGE_FOLDER,
): Promise<PageServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    try {
      const content = await readFile(join(folder, name));
      const isScript = name.endsWith('.js');
      response.setHeader('content-type', MEDIA_TYPES[extname(name)] ?? 'text/plain');
      response.end(isScript ? builtWith(content.toString(), serviceUrl()) : content);
    } catch {
      response.statusCode = 404;
      response.end('no such file');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function builtWith(script: string, url: string): string {
  return script.replaceAll(/(["'])https:\/\/(?:api|keyboards)\.qmk\.fm\1/g, `"${url}"`);
}
