/**
 * Makes the files of a built Configurator fit another place than the one it was built for: its own files below
 * another path, its two servers at the page's own origin. Files on disk stay as they are.
 */
import { type Bases, escapeRegExp, findBases, literalPattern } from './bases.ts';

export interface RewritePlan {
  /** How the build names its own top folder: `/`, `/sub/`, `https://files.example/`; `./` or nothing if relative. */
  readonly root: string;
  /** What lies in the top folder: only text that leads to one of these is taken for an address of the build. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly bases: Bases;
  /** The path that it is served below, with a slash at both ends. */
  readonly mount: string;
}

/** What may stand before an address, by the language of the file. */
const BEFORE = {
  html: '["\'=(,]\\s*',
  css: 'url\\(\\s*["\']?|["\']',
  // Not every bracket: one may begin a regular expression, and `/assets/` is one.
  js: '["\'`]|url\\(\\\\?["\']?',
} as const;

type Language = keyof typeof BEFORE;

/** The language of a file that needs rewriting, by the end of its name; null for all others. */
export function rewrittenLanguage(path: string): Language | null {
  const ending = /\.(html|css|m?js)$/.exec(path)?.[1];
  return ending === undefined ? null : ending === 'html' || ending === 'css' ? ending : 'js';
}

export function rewrite(language: Language, text: string, plan: RewritePlan): string {
  const moved = moveRoot(language, text, plan);
  if (language === 'js') return useOwnOrigin(movePreloads(moved, plan), plan.bases);
  // A checksum of the script as it was built would keep the rewritten one from running.
  return language === 'html' ? moved.replaceAll(/\s+integrity=(?:"[^"]*"|'[^']*')/g, '') : moved;
}

/** Relative addresses fit everywhere. */
export function isRelativeRoot(root: string): boolean {
  return root === '' || root.startsWith('.');
}

function moveRoot(language: Language, text: string, plan: RewritePlan): string {
  const { root, files, folders, mount } = plan;
  if (isRelativeRoot(root) || root === mount) return text;
  const names = [
    ...folders.map((name) => `${escapeRegExp(name)}/`),
    ...files.map((name) => `${escapeRegExp(name)}(?![\\w./-])`),
  ];
  if (names.length === 0) return text;
  const pattern = new RegExp(
    `(?<=${BEFORE[language]})${escapeRegExp(root)}(?=${names.join('|')})`,
    'g',
  );
  return text.replaceAll(pattern, mount);
}

/** Vite loads what a page needs ahead through a function that puts the root before each name. */
function movePreloads(script: string, { root, mount }: RewritePlan): string {
  if (isRelativeRoot(root)) return script;
  const pattern = new RegExp(
    `(modulepreload[\\s\\S]{0,200}?(?:return\\s*|=>\\s*)["'\`])${escapeRegExp(root)}(?=["'\`]\\s*\\+)`,
    'g',
  );
  return script.replaceAll(pattern, `$1${mount}`);
}

/** Both servers become the origin that the page came from, whatever name or port the browser used for it. */
function useOwnOrigin(script: string, bases: Bases): string {
  let text = '';
  let from = 0;
  const sites = [...findBases(script)].sort((a, b) => a.start - b.start);
  for (const { start, end } of sites) {
    text += script.slice(from, start);
    from = end;
  }
  text += script.slice(from);
  // The longer one first: one may begin with the other.
  const literals = [bases.api, bases.keyboards].sort((a, b) => b.length - a.length);
  for (const address of literals) {
    if (/^(?:https?:)?\/\//.test(address)) text = text.replaceAll(literalPattern(address), '');
  }
  return text;
}
