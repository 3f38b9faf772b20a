/** `kiln test-keyboard`: does a keyboard build at all? Through the queue, like everybody's builds. */
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { connect, followBuild } from './compile.ts';

export interface TestKeyboardOptions extends GlobalOptions {
  readonly layout?: string;
  readonly tree?: string;
  readonly log?: boolean;
}

export async function testKeyboardCommand(
  keyboard: string,
  options: TestKeyboardOptions,
): Promise<number> {
  const context = createContext(options);
  const { terminal } = context;
  const client = await connect(context);
  try {
    const { layout, tree } = options;
    const id = await client.submitTest({
      keyboard,
      ...(layout === undefined ? {} : { layout }),
      ...(tree === undefined ? {} : { tree }),
    });
    const built = await followBuild(client, id, keyboard, context, options);
    if (typeof built === 'number') return built;
    const { build, result } = built.view;
    const seconds = (result.durationMs / 1000).toFixed(1);
    terminal.line(`${build?.keyboard ?? keyboard} works: ${build?.layout} · ${seconds} s`);
    terminal.result({ jobId: id, works: true, ...build, durationMs: result.durationMs });
    return EXIT.ok;
  } finally {
    await client.close();
  }
}
