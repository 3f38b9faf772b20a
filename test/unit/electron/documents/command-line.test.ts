import { describe, expect, test } from 'vitest';
import { askedBy } from '../../../../electron/documents/command-line.ts';

describe('what a command line asks to be opened', () => {
  test('files, from the folder in which it was typed', () => {
    expect(askedBy(['/opt/kiln', 'a.json', '/b/c.json'], 0, '/home/me')).toEqual({
      files: ['/home/me/a.json', '/b/c.json'],
      links: [],
    });
  });

  test('links', () => {
    expect(askedBy(['/opt/kiln', 'kiln://keyboard/a'], 0, '/')).toEqual({
      files: [],
      links: ['kiln://keyboard/a'],
    });
  });

  test('addresses of files, as file managers hand them over', () => {
    const { files } = askedBy(
      ['kiln', 'file:///home/me/my%20keys.json', 'file:///C:/k.json'],
      0,
      '/',
    );
    expect(files[0]).toBe('/home/me/my keys.json');
    expect(files[1]).toContain('C:/k.json');
    expect(askedBy(['kiln', 'file://server/share/k.json'], 0, '/').files).toEqual([]);
    expect(askedBy(['kiln', 'file:///%E0%A4%A'], 0, '/').files).toEqual([]);
  });

  test('not switches, wherever they stand, nor the program’s own folder', () => {
    const argv = [
      'electron',
      '--no-sandbox',
      '/checkout',
      '--original-process-start-time=1',
      'k.json',
    ];
    expect(askedBy(argv, 1, '/w').files).toEqual(['/w/k.json']);
  });

  test('nothing, when there is nothing', () => {
    expect(askedBy(['kiln'], 0, '/')).toEqual({ files: [], links: [] });
    expect(askedBy([], 1, '/')).toEqual({ files: [], links: [] });
    expect(askedBy(['kiln', ''], 0, '/').files).toEqual([]);
  });

  test('no more than ten', () => {
    const argv = ['kiln', ...Array.from({ length: 50 }, (_, index) => `/k${index}.json`)];
    expect(askedBy(argv, 0, '/').files).toHaveLength(10);
  });
});
