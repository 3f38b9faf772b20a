/**
 * Holds the documents against the tree: links lead somewhere, commands exist, generated pages are current, and
 * every top-level folder says which question it answers.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { HOME, isMain } from './bootstrap.mjs';
import { generatedFiles } from './generated-docs.mjs';

/** Text that is read as Markdown: code is no link. */
function withoutCode(markdown) {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
}

/** The name that a heading is linked by, as GitHub makes it. */
export function anchorOf(heading) {
  const plain = heading.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return plain
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function anchorsOf(markdown) {
  const text = markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  return [...text.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)].map(([, heading]) => anchorOf(heading));
}

/**
 * @param {Record<string, string>} pages text by path
 * @param {(path: string) => boolean} exists
 * @returns {string[]} each link that leads nowhere
 */
export function brokenLinks(pages, exists) {
  return Object.entries(pages).flatMap(([page, text]) =>
    [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
      .filter((target) => !leadsSomewhere(page, decodeURI(target), pages, exists))
      .map((target) => `${page}: the link to ${target} leads nowhere.`),
  );
}

function leadsSomewhere(page, target, pages, exists) {
  const [path, anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path)).replace(/[\\/]$/, '');
  if (!exists(file)) return false;
  return anchor === undefined || pages[file] === undefined
    ? true
    : anchorsOf(pages[file]).includes(anchor);
}

/** @returns {string[]} each `npm run` of a script that package.json does not have */
export function unknownScripts(pages, scripts) {
  return Object.entries(pages).flatMap(([page, text]) =>
    [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)]
      .map(([, script, short]) => script ?? short)
      .filter((script) => !(script in scripts))
      .map((script) => `${page}: package.json has no script "${script}".`),
  );
}

async function outdatedPages() {
  return Object.entries(await generatedFiles())
    .filter(([path, text]) => {
      const file = join(HOME, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== text;
    })
    .map(([path]) => `${path} differs from the code. Run: npm run docs.`);
}

/** Paths that git knows or would add, so that build folders are not looked at. */
function trackedFiles() {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { stdout, status } = spawnSync('git', args, { cwd: HOME, encoding: 'utf8' });
  if (status !== 0) throw new Error('git ls-files failed: the check needs a git checkout.');
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(HOME, path)));
}

export function foldersWithoutReadme(files) {
  const folders = new Set(
    files.filter((path) => path.includes('/')).map((path) => path.split('/')[0]),
  );
  return [...folders]
    .filter((folder) => !folder.startsWith('.') && !files.includes(`${folder}/README.md`))
    .map((folder) => `${folder}/ has no README.md that says which question it answers.`);
}

if (isMain(import.meta.url)) {
  const files = trackedFiles();
  const pages = Object.fromEntries(
    files
      .filter((path) => path.endsWith('.md'))
      .map((path) => [path, readFileSync(join(HOME, path), 'utf8')]),
  );
  const { scripts } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const problems = [
    ...brokenLinks(pages, (path) => existsSync(join(HOME, path))),
    ...unknownScripts(pages, scripts),
    ...foldersWithoutReadme(files),
    ...(await outdatedPages()),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${Object.keys(pages).length} documents agree with the tree.`);
}
