/** How long a tool may say nothing: before its first word, and after it. */
import { expect, it } from 'vitest';
import { runTool } from '../../flash/run/run-tool.ts';
import { createAvrdudeReader } from '../../flash/tools/avrdude.ts';
import { toolchainWith } from '../fixtures/flash/runs.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';

async function runSilent(script: string) {
  const bundle = temporaryFolder();
  writeTool(`${bundle}/bin`, 'avrdude', script);
  return runTool(
    {
      tool: 'avrdude',
      args: [],
      stage: 'write',
      changes: true,
      silenceMs: 400,
      firstWordMs: 60_000,
      exitCodeTells: false,
      createReader: createAvrdudeReader,
    },
    {
      toolchain: toolchainWith(bundle),
      folder: temporaryFolder(),
      onEvidence: () => undefined,
      onLine: () => undefined,
      signal: new AbortController().signal,
      isThere: () => true,
    },
  );
}

it('a tool that starts slowly is waited for', async () => {
  expect(await runSilent('sleep 1.2; echo ready; exit 0')).toMatchObject({
    outcome: 'exited',
    exitCode: 0,
  });
});

it('a tool that spoke and then hangs is ended, long before its first word would have been due', async () => {
  const startedAt = performance.now();
  expect(await runSilent('echo ready; sleep 50')).toMatchObject({ outcome: 'silent' });
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});
