import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { german } from '../../../renderer/i18n/de.ts';
import { english } from '../../../renderer/i18n/en.ts';
import { pickLanguage } from '../../../renderer/i18n/i18n.ts';

const RENDERER = join(import.meta.dirname, '../../../renderer');

/** `builds.outcome.built` and its like, with the text. */
function entries(node: object, path = ''): [string, string][] {
  return Object.entries(node).flatMap(([name, value]) =>
    typeof value === 'string' ? [[path + name, value]] : entries(value, `${path}${name}.`),
  );
}

const texts = { en: new Map(entries(english)), de: new Map(entries(german)) };

/** `{{count}}` and its like, in any order. */
const blanks = (text = '') => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect([...texts.de.keys()].sort()).toEqual([...texts.en.keys()].sort());
  });

  it('fill the same blanks', () => {
    for (const [key, text] of texts.en) {
      expect(blanks(texts.de.get(key)), key).toEqual(blanks(text));
    }
  });

  it('hold no empty text, and none that shouts or pleads', () => {
    for (const [language, catalogue] of Object.entries(texts)) {
      for (const [key, text] of catalogue) {
        expect(text.trim(), `${language} ${key}`).not.toBe('');
        expect(text, `${language} ${key}`).not.toMatch(/!(?!=)|oops|please wait|bitte warten/i);
      }
    }
  });

  it('are no copies of each other', () => {
    const same = [...texts.en].filter(([key, text]) => texts.de.get(key) === text);
    // «Editor», «Builds» and such are the same word in both.
    expect(same.length).toBeLessThan(texts.en.size / 5);
  });

  it('are used to the last key', () => {
    const source = sourceFiles()
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    // Any text that has the form of a key; `${name}` in it stands for one name.
    const used = [...source.matchAll(/(['"`])([a-z]\w*(?:\.(?:\w|\$\{[^}]+\})+)+)\1/g)];
    const patterns = used.map(([, , key = '']) => {
      const literal = key.split(/\$\{[^}]+\}/).map((part) => part.replaceAll('.', '\\.'));
      return new RegExp(`^${literal.join('[^.]+')}(_zero|_one|_other)?$`);
    });
    const unused = [...texts.en.keys()].filter((key) => !patterns.some((used) => used.test(key)));
    expect(unused).toEqual([]);
  });
});

describe('pickLanguage', () => {
  it.each([
    ['de', ['en-GB'], 'de'],
    [null, ['fr-FR', 'de-AT', 'en'], 'de'],
    [null, ['fr'], 'en'],
    [null, [], 'en'],
    ['xx', ['de'], 'de'],
  ] as const)('takes for %j, among %j: %s', (chosen, preferred, language) => {
    expect(pickLanguage(chosen, preferred)).toBe(language);
  });
});

function sourceFiles(): string[] {
  return readdirSync(RENDERER, { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(RENDERER, 'dist')));
}

/** Attributes whose text a person reads or hears. */
const READ_ATTRIBUTES = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label']);

/** Text between tags, or in an attribute that is read, which no catalogue has. */
function hardCodedTexts(file: string, text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  // The beginning of an address is the same in every language.
  const hasWords = (value: string) => /\p{L}{2,}/u.test(value.replace(/^https?:\/\//, ''));
  const isInCode = (node: ts.Node): boolean =>
    ts.isJsxElement(node.parent) &&
    ['code', 'kbd'].includes(node.parent.openingElement.tagName.getText());
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasWords(node.text) && !isInCode(node)) found.push(node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      READ_ATTRIBUTES.has(node.name.getText()) &&
      node.initializer !== undefined &&
      ts.isStringLiteral(node.initializer) &&
      hasWords(node.initializer.text)
    ) {
      found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('the sources', () => {
  it.each(sourceFiles().filter((file) => file.endsWith('.tsx')))(
    'write no text of their own: %s',
    (file) => {
      expect(hardCodedTexts(file, readFileSync(file, 'utf8'))).toEqual([]);
    },
  );

  it('would be caught', () => {
    const text =
      '<p title="Hover me">Hello <code>kiln open</code><b aria-label={t("x")}>, 1</b></p>';
    expect(hardCodedTexts('x.tsx', text)).toEqual(['Hover me', 'Hello']);
  });
});
