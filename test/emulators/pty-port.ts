/** A serial port that programs of this machine can open, answered by an emulated device. Needs Python, no root. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PtyPort {
  /** `/dev/pts/3` */
  readonly path: string;
  /** Whether some program has it open. */
  readonly isOpen: boolean;
  /** Baud rates at each closing, in order. */
  readonly closings: readonly number[];
  /** The port is gone at once, as when the cable is pulled. */
  vanish(): Promise<void>;
}

export interface PtyOptions {
  /** Answers what was written to the port; null pulls the cable. */
  readonly receive: (bytes: Uint8Array) => Uint8Array | null;
  readonly onClose?: (baud: number) => void;
}

/** Whoever opens a port makes it vanish at the end of the test. */
export async function openPtyPort({ receive, onClose }: PtyOptions): Promise<PtyPort> {
  const helper = spawn('python3', ['-u', join(import.meta.dirname, 'pty-port.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => helper.once('exit', () => resolve()));
  const closings: number[] = [];
  const path = Promise.withResolvers<string>();
  let isOpen = false;
  let gone = false;
  const vanish = async (): Promise<void> => {
    gone = true;
    helper.kill('SIGKILL');
    await exited;
  };
  helper.stdin.on('error', () => undefined);
  createInterface({ input: helper.stderr }).on('line', (line) => {
    const [word, value] = line.split(' ');
    if (word === 'path') path.resolve(value ?? '');
    if (word === 'open') isOpen = true;
    if (word !== 'close') return;
    isOpen = false;
    closings.push(Number(value));
    onClose?.(Number(value));
  });
  helper.stdout.on('data', (bytes: Buffer) => {
    if (gone) return;
    const answer = receive(bytes);
    if (answer === null) void vanish();
    else if (answer.length > 0) helper.stdin.write(answer);
  });
  void exited.then(() => path.reject(new Error('The pseudo terminal’s helper ended.')));
  return {
    path: await path.promise,
    get isOpen() {
      return isOpen;
    },
    closings,
    vanish,
  };
}
