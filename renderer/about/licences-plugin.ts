/** Gathers the licences of the packages that end up in the window, as the file `licences.json` beside it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The package's own text; empty when it ships none. */
  readonly text: string;
}

/** The folder of the package that a module belongs to, or null for our own and for virtual modules. */
function packageFolder(module: string): string | null {
  const file = module.replace(/^\0+/, '').replace(/\?.*$/, '');
  const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file);
  return found?.[1] ?? null;
}

function licenceOf(folder: string): Licence | null {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return null;
  const { name, version, license } = JSON.parse(readFileSync(file, 'utf8'));
  const textFile = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = textFile === undefined ? '' : readFileSync(join(folder, textFile), 'utf8');
  return { name, version, licence: String(license ?? 'see text'), text };
}

/** Kiln's own licence stands first. */
function ownLicence(): Licence {
  const home = dirname(dirname(import.meta.dirname));
  const { name, version, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return { name, version, licence: license, text: readFileSync(join(home, 'LICENSE'), 'utf8') };
}

export function licences(): Plugin {
  return {
    name: 'kiln-licences',
    apply: 'build',
    generateBundle() {
      const folders = new Set<string>();
      for (const module of this.getModuleIds()) {
        const folder = packageFolder(module);
        if (folder !== null) folders.add(folder);
      }
      const packages = [...folders]
        .map(licenceOf)
        .filter((licence) => licence !== null)
        .sort((a, b) => a.name.localeCompare(b.name));
      this.emitFile({
        type: 'asset',
        fileName: 'licences.json',
        source: JSON.stringify([ownLicence(), ...packages]),
      });
    },
  };
}
