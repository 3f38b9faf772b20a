import { describe, expect, it } from 'vitest';
import { trustedProxies } from '../../../api/trusted-proxies.ts';
import { createService, FIRST_ID, KEYMAP } from '../../fixtures/api/service.ts';

describe('proxies that are trusted', () => {
  it('are the addresses and networks of the settings, however a socket spells them', () => {
    const isTrusted = trustedProxies({ trustedProxies: ['10.1.0.0/16', '192.0.2.7', 'fd00::/8'] });
    expect(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd12::1'].filter(isTrusted)).toHaveLength(
      4,
    );
    expect(['10.2.0.1', '192.0.2.8', '::1', 'unix', ''].filter(isTrusted)).toEqual([]);
    expect(trustedProxies({ trustedProxies: [] })('127.0.0.1')).toBe(false);
  });

  const sent = (trusted: readonly string[], host: string) => {
    const service = createService({
      settings: { trustedProxies: trusted, access: 'open', allowedHosts: ['kiln.example'] },
    });
    const headers = { host, 'x-forwarded-for': '203.0.113.9' };
    return { service, answer: service.post('/v1/compile', KEYMAP, headers) };
  };
  const clientOf = async (trusted: readonly string[]) => {
    const { service, answer } = sent(trusted, 'kiln.example');
    expect((await answer).statusCode).toBe(200);
    return (await service.queue.get(FIRST_ID))?.client;
  };

  it('say where a request came from; nobody else can', async () => {
    expect(await clientOf([])).toBe('127.0.0.1');
    expect(await clientOf(['192.0.2.7'])).toBe('127.0.0.1');
    expect(await clientOf(['127.0.0.1'])).toBe('203.0.113.9');
  });

  it('lend nobody the rights of this machine, though they run on it', async () => {
    expect((await sent([], 'localhost:5001').answer).statusCode).toBe(200);
    expect((await sent(['127.0.0.1'], 'localhost:5001').answer).statusCode).toBe(421);
  });
});
