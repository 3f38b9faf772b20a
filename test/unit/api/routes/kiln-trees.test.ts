import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import type { EditableTreeRegistry } from '../../../../core/trees/registry.ts';
import { testTrees } from '../../../fixtures/api/catalogue.ts';
import { createService, TOKEN } from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const PREVIEW = {
  from: 'a'.repeat(40),
  to: 'b'.repeat(40),
  files: 3,
  shared: 1,
  keyboards: { added: ['new'], changed: ['planck/rev6'], removed: [] },
};

function serviceWith(changes: Partial<EditableTreeRegistry>) {
  return createService({ replace: { trees: { ...testTrees, ...changes } } });
}

async function workOf(service: ReturnType<typeof createService>) {
  await service.dependencies.work.idle();
  return (await service.get('/kiln/v1/work', AUTHORIZED)).json().work;
}

describe('changing firmware trees', () => {
  it.each([
    ['POST', '/kiln/v1/trees'],
    ['POST', '/kiln/v1/trees/qmk/update'],
    ['POST', '/kiln/v1/trees/qmk/preview'],
    ['POST', '/kiln/v1/trees/qmk/rollback'],
    ['POST', '/kiln/v1/trees/qmk/use'],
    ['DELETE', '/kiln/v1/trees/qmk'],
    ['POST', '/kiln/v1/toolchain/install'],
    ['GET', '/kiln/v1/work'],
    ['GET', '/kiln/v1/checks'],
  ] as const)('is for the person at this machine only: %s %s', async (method, url) => {
    const { app } = createService();
    const headers = { host: 'localhost:5001' };
    expect((await app.inject({ method, url, headers })).statusCode).toBe(401);
  });

  it('adds one in the background, and has it read', async () => {
    const added: string[] = [];
    const service = serviceWith({
      add: async (name, source) => {
        added.push(`${name} ${source}`);
        return testTrees.defaultTree();
      },
    });
    const body = { name: 'mine', source: ' https://git.example/qmk.git@main ' };
    const answer = await service.post('/kiln/v1/trees', body, AUTHORIZED);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ kind: 'add-tree', subject: 'mine', state: 'running' });
    expect(await workOf(service)).toMatchObject([{ subject: 'mine', state: 'done' }]);
    expect(added).toEqual(['mine https://git.example/qmk.git@main']);
    expect(service.state.refreshed).toEqual(['mine']);
  });

  it('tells why one could not be added', async () => {
    const service = serviceWith({
      add: async () => {
        throw new KilnError('tree.git-failed', 'git fetch failed: no such host.');
      },
    });
    await service.post('/kiln/v1/trees', { name: 'mine', source: '/srv/qmk' }, AUTHORIZED);
    expect(await workOf(service)).toMatchObject([
      { state: 'failed', error: { code: 'tree.git-failed' } },
    ]);
    expect(service.state.refreshed).toEqual([]);
  });

  it.each(['qmk', '../qmk', '--upload-pack=x', 'ext::sh -c id', ''])(
    'takes no source that is neither an address nor a whole path: %j',
    async (source) => {
      const answer = await createService().post(
        '/kiln/v1/trees',
        { name: 'mine', source },
        AUTHORIZED,
      );
      expect(answer.json().error.code).toBe('tree.invalid');
    },
  );

  it('previews an update, and says so when there is none', async () => {
    let preview: typeof PREVIEW | null = PREVIEW;
    const service = serviceWith({ preview: async () => preview });
    await service.post('/kiln/v1/trees/qmk/preview', {}, AUTHORIZED);
    expect(await workOf(service)).toMatchObject([{ state: 'done', preview: PREVIEW }]);
    preview = null;
    await service.post('/kiln/v1/trees/qmk/preview', {}, AUTHORIZED);
    expect(await workOf(service)).toMatchObject([{ state: 'done', preview: null }]);
    expect((await service.post('/kiln/v1/trees/no/preview', {}, AUTHORIZED)).statusCode).toBe(404);
  });

  it('updates one thing at a time, and has only what changed read', async () => {
    const end = Promise.withResolvers<void>();
    const service = serviceWith({
      update: async () => {
        await end.promise;
        return { tree: await testTrees.defaultTree(), changed: true };
      },
    });
    const update = () => service.post('/kiln/v1/trees/qmk/update', {}, AUTHORIZED);
    expect((await update()).statusCode).toBe(202);
    expect((await update()).json().error.code).toBe('work.in-hand');
    const removing = await service.app.inject({
      method: 'DELETE',
      url: '/kiln/v1/trees/qmk',
      headers: { host: 'localhost:5001', ...AUTHORIZED },
    });
    expect(removing.statusCode).toBe(409);
    end.resolve();
    await workOf(service);
    expect(service.state.refreshed).toEqual(['qmk']);
  });

  it('goes back, chooses and removes at once', async () => {
    const done: string[] = [];
    const tree = await testTrees.defaultTree();
    const record = (what: string) => {
      done.push(what);
      return { ...tree, commit: 'c' };
    };
    const service = serviceWith({
      rollback: async (name) => record(`rollback ${name}`),
      use: async (name) => record(`use ${name}`),
      remove: async (name) => void done.push(`remove ${name}`),
    });
    const rolled = await service.post('/kiln/v1/trees/qmk/rollback', {}, AUTHORIZED);
    expect(rolled.json()).toEqual({ tree: 'qmk', commit: 'c' });
    await service.post('/kiln/v1/trees/vial/use', {}, AUTHORIZED);
    await service.app.inject({
      method: 'DELETE',
      url: '/kiln/v1/trees/vial',
      headers: { host: 'localhost:5001', ...AUTHORIZED },
    });
    expect(done).toEqual(['rollback qmk', 'use vial', 'remove vial']);
  });
});

describe('the health of the machine', () => {
  it('is what the doctor says', async () => {
    const answer = await createService().get('/kiln/v1/checks', AUTHORIZED);
    expect(answer.json().checks).toMatchObject([{ id: 'database', state: 'ok' }]);
  });

  it('can be mended: the qmk command line is installed in the background', async () => {
    const service = createService({
      replace: {
        installToolchain: async (say) => say('Installing the qmk command line'),
      },
    });
    await service.post('/kiln/v1/toolchain/install', {}, AUTHORIZED);
    expect(await workOf(service)).toMatchObject([
      { kind: 'install-toolchain', state: 'done', line: 'Installing the qmk command line' },
    ]);
  });

  it('can be mended: a packed toolchain is unpacked again in the background', async () => {
    const service = createService({ replace: { repairToolchain: async (say) => say('40 %') } });
    await service.post('/kiln/v1/toolchain/repair', {}, AUTHORIZED);
    expect(await workOf(service)).toMatchObject([
      { kind: 'repair-toolchain', state: 'done', line: '40 %' },
    ]);
  });
});
