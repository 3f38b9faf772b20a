/** Makes the checkout ready, then runs all tests. Arguments go on to vitest: npm test -- queue */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap, HOME, runScript } from './bootstrap.mjs';
import { projectNode } from './project-node.mjs';

await runScript(() => {
  bootstrap({ purpose: 'test' });
  const vitest = join(HOME, 'node_modules', 'vitest', 'vitest.mjs');
  const result = spawnSync(projectNode(), [vitest, 'run', ...process.argv.slice(2)], {
    cwd: HOME,
    stdio: 'inherit',
  });
  return result.status ?? 1;
});
