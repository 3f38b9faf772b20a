/**
 * Finds the two addresses that QMK Configurator is built with: `VITE_API_URL` and `VITE_KEYBOARDS_URL`. A build has
 * them as text in its script, and joins them with fixed endings, by which they are known.
 */

export const BASE_NAMES = ['api', 'keyboards'] as const;
export type BaseName = (typeof BASE_NAMES)[number];

/** The addresses as a build has them; empty for «the page's own origin». */
export type Bases = Readonly<Record<BaseName, string>>;

/** What the app's own settings name when nobody says otherwise. */
const STOCK: Bases = { api: 'https://api.qmk.fm', keyboards: 'https://keyboards.qmk.fm' };

/** What follows a base in a script, in one place of the app each. */
const ENDINGS: Bases = { api: '/v1/compile', keyboards: '/v1/keyboard_list.json' };

/** A stretch of a script that is such an address, without its quotes. */
export interface BaseSite {
  readonly name: BaseName;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** An address or a path, as opposed to prose that happens to stand before an ending. */
const ADDRESS = /^[\w./:@~[\]-]*$/;
/** How far a literal or an expression before an ending is looked for. */
const REACH = 300;

export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The nearest `name = "…"` before a place. */
function declaration(
  script: string,
  variable: string,
  before: number,
): Omit<BaseSite, 'name'> | null {
  const pattern = new RegExp(
    `(?<![\\w$.])${escapeRegExp(variable)}\\s*=\\s*(["'\`])([^"'\`\\\\\\n$]*)\\1`,
    'g',
  );
  let nearest: Omit<BaseSite, 'name'> | null = null;
  for (const match of script.slice(0, before).matchAll(pattern)) {
    const value = match[2] ?? '';
    const end = match.index + match[0].length - 1;
    nearest = { value, start: end - value.length, end };
  }
  return nearest;
}

/** What stands before an ending: a variable, or the address itself; null for anything else. */
function siteBefore(script: string, ending: number): Omit<BaseSite, 'name'> | null {
  const before = script.slice(Math.max(0, ending - REACH), ending);
  // `${a}/v1/…`, "".concat(a,"/v1/…"), a+"/v1/…"
  const variable =
    /(?:`\$\{([\w$]+)\}|\.concat\(\s*([\w$]+)\s*,\s*["'`]|([\w$]+)\s*\+\s*["'`])$/.exec(before);
  if (variable !== null) {
    return declaration(script, variable[1] ?? variable[2] ?? variable[3] ?? '', ending);
  }
  // "https://…/v1/…"
  const literal = /["'`]([^"'`\s\\${}]*)$/.exec(before);
  if (literal === null) return null;
  const value = literal[1] ?? '';
  return { value, start: ending - value.length, end: ending };
}

/** Every base of a script that an ending gives away. */
export function findBases(script: string): readonly BaseSite[] {
  const sites: BaseSite[] = [];
  for (const name of BASE_NAMES) {
    const ending = ENDINGS[name];
    for (let at = script.indexOf(ending); at !== -1; at = script.indexOf(ending, at + 1)) {
      const site = siteBefore(script, at);
      if (site === null || !ADDRESS.test(site.value)) continue;
      if (sites.some(({ start, end }) => start === site.start && end === site.end)) continue;
      sites.push({ name, ...site });
    }
  }
  return sites;
}

/** Whether a script has this address as the text of a literal, or as its beginning. */
function hasLiteral(script: string, address: string): boolean {
  return literalPattern(address).test(script);
}

/**
 * Literals that are an address or begin with it. Paths are common words; they have to be followed by what
 * follows a base.
 */
export function literalPattern(address: string): RegExp {
  const after = /^(?:https?:)?\/\//.test(address) ? '["\'`/?#]' : '["\'`]|/v1(?=["\'`/])';
  return new RegExp(`(?<=["'\`])${escapeRegExp(address)}(?=${after})`, 'g');
}

/**
 * The bases of a build.
 * @param told what a person says that it was built with; it goes first.
 * @returns null where none can be told, or where the told one is in no script
 */
export function basesOf(
  scripts: readonly string[],
  told: Partial<Bases> = {},
): Readonly<Record<BaseName, string | null>> {
  const found = scripts.flatMap((script) => findBases(script));
  const has = (address: string) => scripts.some((script) => hasLiteral(script, address));
  const baseOf = (name: BaseName): string | null => {
    const said = told[name];
    if (said !== undefined) return has(said) ? said : null;
    const site = found.find((candidate) => candidate.name === name);
    return site?.value ?? (has(STOCK[name]) ? STOCK[name] : null);
  };
  return { api: baseOf('api'), keyboards: baseOf('keyboards') };
}
