// @vitest-environment jsdom
/** What the service can say is said in German too: held against its sources, and against what it really says. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, KilnError } from '../../../core/errors.ts';
import { admitMacros } from '../../../core/keymap/macros.ts';
import type { RuleId } from '../../../core/keymap/refusal.ts';
import { TOOLS, type ToolDefinition } from '../../../core/toolchain/tools.ts';
import { BOOTLOADERS } from '../../../flash/bootloaders/table.ts';
import { english } from '../../../renderer/i18n/en.ts';
import { applyLanguage, startI18n } from '../../../renderer/i18n/i18n.ts';
import { sayError, sayIn, sayRefusal, sayRule } from '../../../renderer/i18n/sentences.ts';

const HOME = join(import.meta.dirname, '../../..');

type Rules = (typeof english)['sentences']['rule'];
type RuleKey = {
  [Subject in keyof Rules]: `${Subject}.${keyof Rules[Subject] & string}`;
}[keyof Rules];

type Remedies = (typeof english)['errors']['remedy'];
type RemedyKey = {
  [Subject in keyof Remedies]: `${Subject}.${keyof Remedies[Subject] & string}`;
}[keyof Remedies];

/** In the words of QMK's API, whose clients look for them; the window sends none but good JSON. */
const QMKS_OWN = ['Invalid JSON data!'];

/** What may report errors to the window. Toolchains are staged by whoever packages Kiln. */
const REPORTING = globSync('{api,core,flash,worker,cli/service}/**/*.ts', {
  cwd: HOME,
  exclude: ['core/toolchain/stage/**'],
});

beforeAll(() => startI18n('de'));

/** Texts in an expression, whichever way it decides; `7` for what is put in. */
function textsIn(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) {
    return [...textsIn(node.whenTrue), ...textsIn(node.whenFalse)];
  }
  if (!ts.isTemplateExpression(node)) return [];
  return [node.head.text + node.templateSpans.map(({ literal }) => `7${literal.text}`).join('')];
}

/** Sentences that a source gives to members and variables of these names, and to functions of that name. */
function sentencesOf(file: string, members: readonly string[], call?: string): readonly string[] {
  const text = readFileSync(join(HOME, file), 'utf8');
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && members.includes(node.name.getText())) {
      found.push(...textsIn(node.initializer));
    }
    if (
      ts.isVariableDeclaration(node) &&
      members.includes(node.name.getText()) &&
      node.initializer !== undefined
    ) {
      found.push(...textsIn(node.initializer));
    }
    if (ts.isCallExpression(node) && node.expression.getText() === call) {
      found.push(...node.arguments.flatMap(textsIn));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** Texts of a source's errors that are the same each time: messages, and remedies other than the registry's. */
function fixedTextsOf(file: string): { messages: readonly string[]; remedies: readonly string[] } {
  const text = readFileSync(join(HOME, file), 'utf8');
  const messages: string[] = [];
  const remedies: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'KilnError') {
      const message = node.arguments?.[1];
      if (message !== undefined && ts.isStringLiteral(message)) messages.push(message.text);
    }
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'remedy' &&
      ts.isStringLiteral(node.initializer)
    ) {
      remedies.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  if (/KilnError\(|remedy:/.test(text) && file !== join('core', 'errors.ts')) {
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return { messages, remedies };
}

/**
 * Who mends an error need not speak German: a few new sentences are shown in English beside what to do about their code,
 * until somebody has put them into German. Many would be a language forgotten.
 */
function expectFew(left: readonly unknown[]): void {
  expect(left.length > 5 ? left : []).toEqual([]);
}

describe('in German', () => {
  it('are the ways into every bootloader, and what is to be known of it', () => {
    for (const { key, enter, warning } of BOOTLOADERS) {
      for (const line of enter) expect(sayIn('enter', line), key).not.toBe(line);
      if (warning !== undefined) expect(sayIn('warning', warning), key).not.toBe(warning);
    }
    expect(sayIn('enter', 'Press RESET twice quickly')).toBe('RESET zweimal schnell drücken');
  });

  it('are all findings of image checks', () => {
    const sentences = sentencesOf('flash/image/check-image.ts', ['message'], 'mismatch');
    expect(sentences.length).toBeGreaterThan(10);
    // The one sentence whose words come from a variable.
    sentences
      .filter((sentence) => !/and 7 7\.$/.test(sentence))
      .forEach((sentence) => {
        expect(sayIn('finding', sentence)).not.toBe(sentence);
      });
    for (const who of ['the device says that it has', 'this keyboard has']) {
      const sentence = `The image was built for RP2040, and ${who} STM32F303.`;
      expect(sayIn('finding', sentence)).toMatch(/^Das Image wurde für RP2040 gebaut, .*STM32F303/);
    }
    expect(
      sayIn('finding', 'Caterina (Pro Micro) takes .hex or .bin, and a.uf2 is a .uf2 file.'),
    ).toBe('Caterina (Pro Micro) nimmt .hex oder .bin, und a.uf2 ist eine .uf2-Datei.');
  });

  it('is all that speaks against a device', () => {
    const sentences = sentencesOf('flash/devices/recognise.ts', ['message', 'remedy']);
    expect(sentences.length).toBeGreaterThan(10);
    for (const sentence of sentences) expect(sayIn('device', sentence)).not.toBe(sentence);
  });

  it('are the checks of the Health page, but for what tools and paths say of themselves', () => {
    const sentences = sentencesOf('core/doctor/checks.ts', ['name', 'message', 'remedy']);
    expect(sentences.length).toBeGreaterThan(20);
    const own = sentences.filter(
      (text) => /[a-z]{3}/.test(text) && !/^(?:avr-libc|newlib)/.test(text),
    );
    for (const text of own) {
      // One sentence is said after another, which was put in.
      const sentence = text.replace(/^7 (?=KILN_)/, 'It is so. ');
      expect(sayIn('check', sentence)).not.toBe(sentence);
    }
    expect(sayIn('check', 'git was not found: trees cannot be added from git addresses.')).toBe(
      'git wurde nicht gefunden: Bäume lassen sich nicht von Git-Adressen hinzufügen.',
    );
  });

  it('is what tools are for, and where they are had', () => {
    const tools: readonly ToolDefinition[] = Object.values(TOOLS);
    for (const { command, flashes, remedy } of tools) {
      if (remedy !== undefined) expect(sayIn('check', remedy), command).not.toBe(remedy);
      if (flashes === undefined) continue;
      const said = sayIn('check', `${command} was not found: Kiln cannot flash ${flashes}.`);
      expect(said, command).toContain('wurde nicht gefunden: Kiln kann damit nicht flashen: ');
      expect(said, command).not.toContain(flashes);
    }
  });

  it('is what came of tasks', () => {
    const stays = 'No route to host.';
    expect(sayIn('task', '12 jobs forgotten, and 3 test builds.')).toBe(
      'Vergessene Aufträge: 12, dazu Probebuilds: 3.',
    );
    for (const sentence of sentencesOf('cli/service/schedule/tasks.ts', [], 'KilnError')) {
      if (sentence.includes(' '))
        expect(sayIn('task', `${sentence} ${stays}`)).not.toContain('workers');
    }
    expect(sayIn('task', `The worker answers. ${stays}`)).toBe(`Der Worker antwortet. ${stays}`);
    expect(sayIn('task', stays)).toBe(stays);
  });

  it('is what to do about every error of the registry', () => {
    const missing: [Exclude<ErrorCode, RemedyKey>] extends [never] ? null : 'some' = null;
    const needless: [Exclude<RemedyKey, ErrorCode>] extends [never] ? null : 'some' = null;
    expect([missing, needless]).toEqual([null, null]);
    const remedies: Readonly<Record<string, Readonly<Record<string, string>>>> =
      english.errors.remedy;
    for (const [code, { remedy }] of Object.entries(ERRORS)) {
      const [subject = '', what = ''] = code.split('.');
      expect(remedies[subject]?.[what], code).toBe(remedy);
      expect(i18next.t(`errors.remedy.${code}` as 'common.gone'), code).not.toBe(remedy);
      expect(sayIn('remedy', remedy), code).toBe(
        i18next.t(`errors.remedy.${code}` as 'common.gone'),
      );
    }
  });

  it('is each sentence of an error told by its own words, and not by those of one like it', () => {
    const { message, own } = english.errors;
    const told = (key: string, text: string) => {
      const blanks = Object.fromEntries(
        [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, b]) => [b, '7']),
      );
      return i18next.t(key as 'common.gone', blanks);
    };
    const filled = (text: string) => text.replace(/\{\{\w+\}\}/g, '7');
    for (const [name, text] of Object.entries(message)) {
      expect(sayIn('message', filled(text)), name).toBe(told(`errors.message.${name}`, text));
    }
    for (const [name, text] of Object.entries(own)) {
      expect(sayIn('remedy', filled(text)), name).toBe(told(`errors.own.${name}`, text));
    }
  });

  it('are the remedies of single errors, and the messages that are the same each time', () => {
    const texts = REPORTING.map(fixedTextsOf);
    const messages = texts.flatMap((of) => of.messages).filter((text) => !QMKS_OWN.includes(text));
    const remedies = texts.flatMap((of) => of.remedies);
    expect(messages.length).toBeGreaterThan(60);
    expect(remedies.length).toBeGreaterThan(40);
    expectFew(messages.filter((text) => sayIn('message', text) === text));
    expectFew(remedies.filter((text) => sayIn('remedy', text) === text));
  });

  it('are no sentences of errors that nothing says any more', () => {
    const said = REPORTING.map((file) => readFileSync(join(HOME, file), 'utf8')).join('\n');
    const { message, own } = english.errors;
    const stale = Object.entries({ ...message, ...own }).filter(([, text]) =>
      text.split(/\{\{\w+\}\}/).some((part) => !said.includes(part.replace(/^\W+|\W+$/g, ''))),
    );
    expectFew(stale);
  });

  it('are errors with names in them, and English ones beside what to do in German', () => {
    const { remedy } = ERRORS['tree.unknown'];
    expect(sayError({ message: 'There is no firmware tree named vial.', remedy })).toEqual({
      message: 'Einen Firmwarebaum namens vial gibt es nicht.',
      remedy: 'Die Bäume auflisten mit: kiln tree list.',
    });
    const message = 'Line 3, column 5: this sentence is of tomorrow.';
    expect(sayError({ message, remedy })).toEqual({
      message,
      remedy: 'Die Bäume auflisten mit: kiln tree list.',
    });
  });

  it('are all rules of admission', () => {
    const missing: [Exclude<RuleId, RuleKey>] extends [never] ? null : 'some' = null;
    const needless: [Exclude<RuleKey, RuleId>] extends [never] ? null : 'some' = null;
    expect([missing, needless]).toEqual([null, null]);
    expect(sayRule('keycode.nesting')).toBe('Aufrufe stehen höchstens 6-fach ineinander');
    expect(sayRule('keycode.of-tomorrow')).toBeNull();
  });

  it('are refusals, with their place and what they quote', () => {
    try {
      admitMacros([['fine'], ['say "']]);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof KilnError)) throw error;
      expect(sayIn('remedy', error.remedy)).toMatch(/^Die genannte Stelle/);
      expect(sayRefusal(error)).toMatch(/^Makro 1: der Text endet mit einem Anführungszeichen/);
    }
    const details = { member: 'layers', index: [1, 14], rule: 'keycode.call' };
    const message = 'Key 14 on layer 1 (`FOO(1)`) is not a keycode: `FOO` is not a call.';
    expect(sayRefusal({ message, details })).toBe(
      'Ebene 1, Taste 14 (FOO(1)): eine Belegung kann Aufrufe wie MO, LT, MT, OSM, TD und LSFT verwenden.',
    );
    expect(sayRefusal({ message, details: { ...details, rule: 'of.tomorrow' } })).toBe(message);
    expect(sayRefusal({ message, details: undefined })).toBe(message);
  });
});

it('stays as the service said it in English', async () => {
  await applyLanguage('en');
  const message = 'The keymap has 33 layers; 1 to 32 are accepted.';
  expect(
    sayRefusal({ message, details: { member: 'layers', index: [], rule: 'layers.count' } }),
  ).toBe(message);
  expect(sayIn('task', 'None is large.')).toBe('None is large.');
});
