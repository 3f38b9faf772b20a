import { describe, expect, it } from 'vitest';

// Plain JavaScript without declarations: taken as it is.
const load = (name: string) => import(new URL(`../../../scripts/${name}`, import.meta.url).href);
const { lockfileProblems } = await load('check-lockfile.mjs');
const { anchorOf, brokenLinks, foldersWithoutReadme, unknownScripts } =
  await load('check-docs.mjs');
const { generatedFiles } = await load('generated-docs.mjs');

describe('lockfileProblems', () => {
  const root = { dependencies: { a: '1.0.0' } };
  const locked = {
    '': root,
    'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0' } },
    'node_modules/a-linux': { version: '1.0.0', optional: true },
  };

  it('has nothing to say of a complete lockfile', () => {
    expect(lockfileProblems(root, { packages: locked })).toEqual([]);
  });

  it('finds a platform package that the lockfile forgot', () => {
    const { 'node_modules/a-linux': _, ...forgotten } = locked;
    expect(lockfileProblems(root, { packages: forgotten })).toEqual([
      expect.stringContaining('a-linux, optional for node_modules/a, is missing'),
    ]);
  });

  it('looks for a platform package where Node would', () => {
    const asker = { version: '2.0.0', optionalDependencies: { 'a-linux': '2.0.0' } };
    const nested = {
      ...locked,
      'node_modules/@scope/b/node_modules/a': asker,
      'node_modules/@scope/b/node_modules/a-linux': { version: '2.0.0' },
      'node_modules/c/node_modules/a': asker,
    };
    expect(lockfileProblems(root, { packages: nested })).toEqual([]);
  });

  it('finds a range, a drift from package.json, and an address', () => {
    const packages = {
      ...locked,
      'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' },
    };
    expect(lockfileProblems({ dependencies: { a: '^1.0.0' } }, { packages })).toEqual([
      expect.stringContaining('dependencies.a is "^1.0.0"'),
      expect.stringContaining('dependencies differs from package.json'),
      expect.stringContaining('node_modules/a names the address'),
    ]);
  });
});

describe('brokenLinks', () => {
  const pages = {
    'README.md': '[a](docs/a.md) [b](docs/a.md#the-end) [c](https://example.com) [d](#top)\n# Top',
    'docs/a.md':
      '# A\n\n## The end\n\n[up](../README.md) `[no](link.md)`\n\n```\n[no](link.md)\n```',
  };
  const exists = (path: string) => path in pages || path === 'docs';

  it('follows relative links, anchors and the page itself', () => {
    expect(brokenLinks(pages, exists)).toEqual([]);
  });

  it('finds a link to a file or a heading that is not there', () => {
    const broken = { ...pages, 'b.md': '[a](docs/none.md) [b](docs/a.md#none) [c](docs/)' };
    expect(brokenLinks(broken, exists)).toEqual([
      'b.md: the link to docs/none.md leads nowhere.',
      'b.md: the link to docs/a.md#none leads nowhere.',
    ]);
  });

  it('makes anchors as they are made where people read', () => {
    expect(anchorOf('What `npm test` needs: tools, & more')).toBe(
      'what-npm-test-needs-tools--more',
    );
  });
});

describe('the other checks of documents', () => {
  it('find a command that does not exist', () => {
    const pages = { 'README.md': 'npm run demo, npm test, npm run check:docs, npm run dmeo' };
    expect(unknownScripts(pages, { demo: '', test: '', 'check:docs': '' })).toEqual([
      'README.md: package.json has no script "dmeo".',
    ]);
  });

  it('find a folder that does not say which question it answers', () => {
    const files = ['core/README.md', 'core/a.ts', 'cli/b.ts', '.ci/run', 'package.json'];
    expect(foldersWithoutReadme(files)).toEqual([
      'cli/ has no README.md that says which question it answers.',
    ]);
  });
});

describe('generatedFiles', () => {
  it('names every error and every setting, on every machine alike', async () => {
    const pages = await generatedFiles();
    expect(pages['docs/errors.md']).toContain('| `keyboard.unknown` | user | 404 |');
    expect(pages['docs/settings.md']).toContain('| `KILN_PORT` | `port` |');
    expect(pages['docs/settings.md']).toMatch(/KILN_WORKERS.*half of the processor’s cores/);
    expect(pages['docs/settings.md']).not.toContain('undefined');
  });
});
