/**
 * The program that answers the qmk commands of a build's make with one start of Python, against a qmk of a few lines: what
 * a caller gets has to be what an own start would have given.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { plainEnvironment, systemPath } from '../../core/environment.ts';
import { run } from '../../core/subprocess.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';
import { writeShim } from '../../worker/build/qmk/version-stamp.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';

const SERVER = join(import.meta.dirname, '../../resources/python/kiln_qmk.py');
const MINUTE = 60_000;

/** Stands for the tree's and the packages' Python: says who it is, and ends as it is told. */
const MAIN = `import os, sys

IMPORTER = os.getpid()

def main():
    print(IMPORTER, os.getpid() != IMPORTER, os.getcwd(), os.environ['CALLER'], sys.argv[1:])
    if sys.argv[1] == 'generate-config-h':
        print('no such keyboard', file=sys.stderr)
        sys.exit(3)
    if sys.argv[1] == 'generate-rules-mk':
        raise ValueError('broken')
`;

/** Stands for the qmk command, and as \`qmk compile\` for make with its recipes. */
const QMK = `echo "$1" >> "$STARTS"
[ "$1" = compile ] || { echo "itself: $*"; exit 4; }
[ -z "$READY" ] || while [ ! -p "$KILN_QMK_CALLS/requests" ]; do sleep 0.01; done
mkdir -p "$QMK_HOME/sub" && cd "$QMK_HOME/sub"
ask() { CALLER=$1; export CALLER; shift; qmk "$@" > "$ANSWERS/$CALLER.out" 2> "$ANSWERS/$CALLER.err"; echo "$?" > "$ANSWERS/$CALLER.code"; }
for number in 1 2 3 4 5 6 7 8; do ask "at-once-$number" json2c "$number" 'two words' & done
wait
ask refused generate-config-h
ask broken generate-rules-mk
ask unknown lint -kb all
exit 7`;

let folder: string;
beforeEach(() => {
  folder = realpathSync(temporaryFolder('kiln-qmk-'));
});

async function compile({ hasModules }: { readonly hasModules: boolean }) {
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ['site/qmk_cli', 'home/lib/python/qmk', 'calls', 'answers']) {
    mkdirSync(at(name), { recursive: true });
  }
  if (hasModules) {
    writeFileSync(at('site/qmk_cli/__init__.py'), '');
    writeFileSync(at('site/qmk_cli/subcommands.py'), '');
    writeFileSync(at('site/qmk_cli/script_qmk.py'), MAIN);
    writeFileSync(at('home/lib/python/qmk/__init__.py'), '');
    writeFileSync(at('home/lib/python/qmk/cli.py'), '');
  }
  const qmk = writeTool(at('real'), 'qmk', QMK);
  const bin = await writeShim(at('bin'));
  const python = findOnPath('python3', systemPath());
  if (python === null) throw new Error('there is no python3');
  const result = await run(python, [SERVER, at('calls'), qmk, 'compile'], {
    cwd: folder,
    env: {
      ...plainEnvironment(),
      PATH: [bin, ...systemPath()].join(delimiter),
      HOME: folder,
      PYTHONPATH: at('site'),
      PYTHONDONTWRITEBYTECODE: '1',
      QMK_HOME: at('home'),
      KILN_QMK: qmk,
      KILN_QMK_CALLS: at('calls'),
      STARTS: at('starts'),
      ANSWERS: at('answers'),
      READY: hasModules ? 'yes' : '',
    },
    timeoutMs: MINUTE,
    maxOutputBytes: 64 * 1024,
  });
  const answer = (name: string) => ({
    out: readFileSync(at('answers', `${name}.out`), 'utf8').trim(),
    err: readFileSync(at('answers', `${name}.err`), 'utf8').trim(),
    code: Number(readFileSync(at('answers', `${name}.code`), 'utf8')),
  });
  const starts = readFileSync(at('starts'), 'utf8').trim().split('\n');
  return { exitCode: result.exitCode, answer, starts };
}

it(
  'answers from one start of Python, as an own start would: folder, environment, output and exit code',
  async () => {
    const { exitCode, answer, starts } = await compile({ hasModules: true });
    expect(exitCode).toBe(7);
    const importers = new Set<string>();
    for (let number = 1; number <= 8; number += 1) {
      const { out, err, code } = answer(`at-once-${number}`);
      const [importer = '', ...rest] = out.split(' ');
      importers.add(importer);
      expect(rest.join(' ')).toBe(
        `True ${join(folder, 'home/sub')} at-once-${number} ['json2c', '${number}', 'two words']`,
      );
      expect({ err, code }).toEqual({ err: '', code: 0 });
    }
    expect(importers.size).toBe(1);
    expect(answer('refused')).toMatchObject({ err: 'no such keyboard', code: 3 });
    expect(answer('broken')).toMatchObject({
      err: expect.stringContaining('ValueError: broken'),
      code: 1,
    });
    // What is not known to concern one call alone starts anew.
    expect(answer('unknown')).toEqual({ out: 'itself: lint -kb all', err: '', code: 4 });
    expect(starts).toEqual(['compile', 'lint']);
  },
  MINUTE,
);

it(
  'leaves every call to the real command where its parts cannot be imported',
  async () => {
    const { exitCode, answer, starts } = await compile({ hasModules: false });
    expect(exitCode).toBe(7);
    expect(existsSync(join(folder, 'calls/requests'))).toBe(false);
    expect(answer('refused')).toEqual({ out: 'itself: generate-config-h', err: '', code: 4 });
    expect(starts).toHaveLength(12);
  },
  MINUTE,
);
