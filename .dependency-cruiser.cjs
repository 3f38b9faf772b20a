/**
 * Which folder may import which: the five floors of CONTRIBUTING.md, as data.
 * Changing a rule is a decision; say why in docs/decisions/.
 */
const rooms = {
  core: [],
  worker: ['core'],
  flash: ['core'],
  api: ['core', 'flash'],
  cli: ['core', 'worker', 'flash', 'api'],
  electron: ['core'],
  renderer: [],
};

/** The grammar and rules of a keymap: pure, so that the editor holds keymaps to the same ones as the service. */
const KEYMAP_RULES = '^core/(?:keymap/|errors\\.ts$)';

/** What the page and the shell say to each other, as types. */
const DESKTOP_BRIDGE = '^renderer/bridge/bridge\\.ts$';

const all = Object.keys(rooms);

/** One rule a folder: it may import itself, the floors below it, packages and Node. */
const floors = all.map((room) => {
  const forbidden = all.filter((other) => other !== room && !rooms[room].includes(other));
  return {
    name: `${room}-imports-only-what-lies-below`,
    severity: 'error',
    from: { path: `^${room}/` },
    to: {
      path: `^(${[...forbidden, 'test', 'bench', 'scripts'].join('|')})/`,
      ...(room === 'electron' ? { pathNot: DESKTOP_BRIDGE } : {}),
      ...(room === 'renderer' ? { pathNot: KEYMAP_RULES } : {}),
    },
  };
});

module.exports = {
  forbidden: [
    ...floors,
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-electron-imports-electron',
      comment: 'Importing electron in plain Node starts a download.',
      severity: 'error',
      from: { pathNot: '^electron/' },
      to: { path: 'node_modules/electron/' },
    },
    {
      name: 'electron-takes-types-only',
      comment: 'The shell is bundled for an older Node than core is written for.',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: `^core/|${DESKTOP_BRIDGE}`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'keymap-rules-run-in-a-browser',
      severity: 'error',
      from: { path: '^core/(?:keymap/|errors\\.ts$)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^(core|worker|flash|api|cli)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
