/** `kiln keys` and `kiln token rotate`, as commands beside a service that runs. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../core/errors.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';

/** What the service answers to a look at all jobs, which takes more than the public contract. */
async function jobsWith(service: Service, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await service.request('/kiln/v1/jobs', { headers })).status;
}

interface Added {
  readonly secret: string;
  readonly key: { readonly name: string; readonly scopes: readonly string[] };
}

describe('kiln keys', () => {
  it('lets a key in to what its scopes say, from the moment it is made until it is revoked', async () => {
    const place = testPlace();
    const service = await place.serve();
    const all = jsonOf<Added>(
      await place.run(['keys', 'add', 'laptop', '--scope', 'admin', '--json']),
    );
    expect(all.key).toMatchObject({ name: 'laptop', scopes: ['admin'] });
    const few = jsonOf<Added>(await place.run(['keys', 'add', 'phone', '--json']));
    expect(few.key.scopes).toEqual(['compile']);
    expect(await jobsWith(service, all.secret)).toBe(200);
    expect(await jobsWith(service, few.secret)).toBe(403);
    expect(await jobsWith(service, `${all.secret}x`)).toBe(401);

    const listed = await place.run(['keys', 'ls']);
    expect(listed.stdout).toMatch(/^laptop +admin /m);
    expect(listed.stdout).toMatch(/^phone +compile +/m);
    // A key is shown once, and kept as a digest.
    expect(listed.stdout).not.toContain(all.secret);

    const revoked = await place.run(['keys', 'revoke', 'laptop']);
    expect(revoked.stdout).toBe('Revoked laptop: it is refused from now on.\n');
    expect(await jobsWith(service, all.secret)).toBe(401);
    const again = await place.run(['keys', 'revoke', 'laptop', '--json']);
    expect(again.exitCode).not.toBe(0);
    expect(jsonOf<{ error: ErrorReport }>(again).error.code).toBe('key.unknown');
    await service.stop();
  }, 120_000);
});

describe('kiln token rotate', () => {
  it('refuses the old token from then on, and writes down the new one', async () => {
    const place = testPlace();
    const service = await place.serve();
    expect(await jobsWith(service, service.token)).toBe(200);
    const rotated = await place.run(['token', 'rotate']);
    expect(rotated).toMatchObject({ exitCode: 0 });
    expect(rotated.stdout).toContain(service.tokenFile);
    const next = readFileSync(service.tokenFile, 'utf8').trim();
    expect(next).not.toBe(service.token);
    expect(await jobsWith(service, service.token)).toBe(401);
    expect(await jobsWith(service, next)).toBe(200);
    await service.stop();

    const nobody = await place.run(['token', 'rotate', '--json']);
    expect(jsonOf<{ error: ErrorReport }>(nobody).error.code).toBe('service.unreachable');
  }, 120_000);
});
