import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toolPlaces } from '../../../../worker/sandbox/places.ts';
import { temporaryFolder, toolFolders, writeTool } from '../../../fixtures/toolchain/tools.ts';

describe('the places of tools', () => {
  it('are both ends of a link where the toolchain lies behind one', () => {
    const { dataDir, own, python, toolchain } = toolFolders();
    writeTool(own, 'qmk');
    mkdirSync(join(python, 'lib'));
    const elsewhere = join(temporaryFolder(), 'toolchain');
    renameSync(join(dataDir, 'toolchain'), elsewhere);
    symlinkSync(elsewhere, join(dataDir, 'toolchain'));
    const places = toolPlaces(toolchain(), ['qmk']).readable;
    expect(places).toContain(python);
    expect(places).toContain(join(elsewhere, 'python'));
  });
});
