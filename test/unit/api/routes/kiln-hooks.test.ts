import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createService } from '../../../fixtures/api/service.ts';

const SECRET = 'a secret of sixteen or more';
const URL = '/kiln/v1/hooks/git';
const BODY = JSON.stringify({ ref: 'refs/heads/master', repository: { clone_url: 'evil' } });
const mac = (body: string, secret = SECRET) =>
  createHmac('sha256', secret).update(body).digest('hex');
const open = () => createService({ settings: { webhookSecret: SECRET } });

describe('POST /kiln/v1/hooks/git', () => {
  it.each([
    ['GitHub', { 'x-hub-signature-256': `sha256=${mac(BODY)}` }],
    ['Gitea', { 'x-gitea-signature': mac(BODY) }],
    [
      'Gitea, which sends both',
      { 'x-gitea-signature': mac(BODY), 'x-hub-signature-256': `sha256=${mac(BODY)}` },
    ],
    ['GitLab', { 'x-gitlab-token': SECRET }],
  ])('has trees looked at for %s', async (_name, headers) => {
    const service = open();
    const answer = await service.post(URL, BODY, headers);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ looks: true });
    expect(service.state.looks).toHaveLength(1);
  });

  it.each([
    ['nothing', {}],
    ['another secret', { 'x-hub-signature-256': `sha256=${mac(BODY, 'another')}` }],
    ['the signature of another body', { 'x-hub-signature-256': `sha256=${mac('{}')}` }],
    ['an empty signature', { 'x-hub-signature-256': '' }],
    ['the word alone', { 'x-hub-signature-256': 'sha256=' }],
    ['an old kind of signature', { 'x-hub-signature': `sha1=${mac(BODY)}` }],
    ['a wrong token', { 'x-gitlab-token': `${SECRET}x` }],
    ['a right and a wrong proof', { 'x-gitlab-token': SECRET, 'x-gitea-signature': mac('{}') }],
  ])('refuses %s', async (_name, headers) => {
    const service = open();
    const answer = await service.post(URL, BODY, headers);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error: { code: 'hook.refused' } });
    expect(answer.body).not.toContain(SECRET);
    expect(service.state.looks).toHaveLength(0);
  });

  it('does nothing for a delivery that is sent once more, whatever it is called then', async () => {
    const service = open();
    const signed = { 'x-hub-signature-256': `sha256=${mac(BODY)}` };
    await service.post(URL, BODY, { ...signed, 'x-github-delivery': 'one' });
    const again = await service.post(URL, BODY, { ...signed, 'x-github-delivery': 'two' });
    expect(again.json()).toEqual({ looks: false });
    expect(service.state.looks).toHaveLength(1);
  });

  it('is not there until a secret is set', async () => {
    const service = createService();
    const answer = await service.post(URL, BODY, { 'x-gitlab-token': '' });
    expect(answer.statusCode).toBe(404);
    expect(service.state.looks).toHaveLength(0);
  });

  it('takes the long description of a large push, and no longer one', async () => {
    const service = open();
    const send = (length: number) => {
      const body = JSON.stringify({ commits: 'x'.repeat(length) });
      return service.post(URL, body, { 'x-gitea-signature': mac(body) });
    };
    expect((await send(1_500_000)).statusCode).toBe(202);
    expect((await send(3_000_000)).statusCode).toBe(413);
    // Elsewhere the limit is what it was.
    expect((await service.post('/v1/compile', 'x'.repeat(300_000))).statusCode).toBe(413);
  });
});
