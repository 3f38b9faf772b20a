import { expect, test } from 'vitest';
import {
  startingPage,
  type Trouble,
  troubleAction,
  troublePage,
} from '../../../../electron/windows/trouble-page.ts';
import { en } from '../../../../electron/words/en.ts';

const TROUBLE: Trouble = {
  message: 'Another program listens on port 5001.',
  remedy: 'Stop it.',
  code: 'service.port-in-use',
  lastLines: '',
  portInUse: true,
};

const htmlOf = (address: string) =>
  decodeURIComponent(address.replace('data:text/html;charset=utf-8,', ''));

test('the page says what happened, what to do, and the code', () => {
  const html = htmlOf(troublePage(en, 'en', TROUBLE));
  for (const part of [TROUBLE.message, TROUBLE.remedy, TROUBLE.code]) expect(html).toContain(part);
});

test('its links mean what the shell takes them for, and no other address does', () => {
  const html = htmlOf(troublePage(en, 'en', TROUBLE));
  const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, link]) => troubleAction(link ?? ''));
  expect(links).toEqual(['retry', 'other-port', 'logs', 'quit']);
  expect(troubleAction('https://kiln.invalid/')).toBeNull();
  expect(troubleAction('https://kiln.invalid/retry?x')).toBeNull();
  expect(troubleAction('https://kiln.invalid.example/retry')).toBeNull();
});

test('another port is offered only when the port is taken', () => {
  const html = htmlOf(troublePage(en, 'en', { ...TROUBLE, portInUse: false }));
  expect(html).not.toContain('other-port');
});

test('what a service said stays text', () => {
  const evil = '<script>alert("1")</script><a href="https://evil.example">';
  const html = htmlOf(
    troublePage(en, 'en', { ...TROUBLE, message: evil, lastLines: evil, code: evil }),
  );
  expect(html).not.toContain('<script');
  expect(html).not.toContain('evil.example">');
  expect(html).toContain('&lt;script&gt;');
});

test('neither page may run scripts or load anything', () => {
  for (const page of [troublePage(en, 'en', TROUBLE), startingPage(en, 'en')]) {
    expect(htmlOf(page)).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'\"");
    expect(htmlOf(page)).not.toMatch(/<script|src=/);
  }
});
