/** A screen of memory for the windows of tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Runtime } from './runtime.ts';

export interface Screen {
  /** For programs that are to show themselves on it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A real screen where the system has no other (macOS, Windows). */
export async function startScreen({ needsScreen }: Runtime): Promise<Screen> {
  if (!needsScreen) return { env: {}, close: async () => undefined };
  const args = ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'];
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  // It says its number once it can be connected to.
  const number = await Promise.race([
    once(child.stdio[3] as Readable, 'data').then(([text]) => String(text).trim()),
    ended.then(() => {
      throw new Error('Xvfb did not start');
    }),
  ]);
  return {
    env: { DISPLAY: `:${number}` },
    async close() {
      child.kill();
      await ended;
    },
  };
}
