import { describe, expect, it } from 'vitest';
import { TOOLS, type ToolName, toolRemedy } from '../../../../core/toolchain/tools.ts';

describe.each(Object.keys(TOOLS) as ToolName[])('the tool %s', (name) => {
  it('is for something, and can be had somehow', () => {
    expect(TOOLS[name].purposes.length).toBeGreaterThan(0);
    expect(toolRemedy(name)).toMatch(
      /^(?:On Debian or Ubuntu run: sudo apt-get install [a-z0-9+. -]+|Run: .+|Take it from .+)\.$/,
    );
    expect(toolRemedy(name)).not.toMatch(/install \.$/);
  });
});
