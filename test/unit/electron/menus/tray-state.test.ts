import { expect, test } from 'vitest';
import { IDLE, trayState } from '../../../../electron/menus/tray-state.ts';
import { en } from '../../../../electron/words/en.ts';

test.each([
  ['starting', IDLE, en.trayStarting, 'idle'],
  ['running', IDLE, en.trayIdle, 'idle'],
  ['running', { running: 1, queued: 0, fraction: null }, en.trayBuilding, 'busy'],
  ['running', { running: 1, queued: 0, fraction: 0.426 }, `${en.trayBuilding}, 43 %`, 'busy'],
  ['running', { running: 1, queued: 3, fraction: 1 }, `${en.trayBuilding}, 100 % (+3)`, 'busy'],
  ['running', { running: 0, queued: 2, fraction: null }, `${en.trayBuilding} (+2)`, 'busy'],
  ['gone', { running: 1, queued: 0, fraction: 0.5 }, en.trayTrouble, 'trouble'],
  ['failed', IDLE, en.trayTrouble, 'trouble'],
] as const)('%s with %j: %s', (service, activity, line, icon) => {
  expect(trayState(en, service, activity)).toEqual({ tooltip: line, line, icon });
});
