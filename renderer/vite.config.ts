/** The window's build, and the development server that passes its requests on to a running service. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { licences } from './about/licences-plugin.ts';

/** Where `npm run dev:app` finds the service: `KILN_SERVICE_URL`, or the usual place. */
// biome-ignore lint/style/noProcessEnv: a tool's configuration, which never runs in the product
const service = process.env.KILN_SERVICE_URL ?? 'http://127.0.0.1:5001';

/** A page of another port is a foreign one to the service, so the request goes on as the service's own. */
const proxy = {
  target: service,
  changeOrigin: true,
  configure: (server: { on(event: 'proxyReq', listener: (request: Outgoing) => void): void }) => {
    server.on('proxyReq', (request) => {
      for (const name of ['origin', 'referer', 'sec-fetch-site']) request.removeHeader(name);
    });
  },
};
interface Outgoing {
  removeHeader(name: string): void;
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/app/',
  plugins: [react(), licences()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The policy of the page allows no data: scripts, and small files of their own cost nothing on this machine.
    assetsInlineLimit: 0,
    target: 'es2023',
    // Preloading is for networks; and its helper would have to pass the content policy for nothing.
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: { '/v1': proxy, '/kiln': proxy, '/configurator': proxy },
  },
});
