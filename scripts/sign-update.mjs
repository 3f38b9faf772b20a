/**
 * Writes the feed of updates for packages that were made, signed:
 *
 *     node scripts/sign-update.mjs --new-key kiln-update.pem      a new key; prints what KILN_UPDATE_KEY is to be
 *     node scripts/sign-update.mjs --key kiln-update.pem --notes notes.txt dist/packages/kiln-1.2.0-linux-x64.deb…
 *
 * The feed is kiln.json in the folder of the first file; it and the files go onto a web server, side by side.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { HOME, isMain } from './bootstrap.mjs';

/** @returns {string} as KILN_UPDATE_KEY takes it */
function publicText(key) {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64');
}

/** @param {string} file is not replaced. @returns {string} its public part, as KILN_UPDATE_KEY takes it */
export function makeKey(file) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
  return publicText(privateKey);
}

/** @returns {string} the feed's text */
export function signFeed({ version, notes, files, key }) {
  const manifest = JSON.stringify({
    format: 1,
    version,
    notes,
    files: files.map((file) => {
      const platform = /-((?:linux|darwin|mac|win32|win)-\w+)\./.exec(basename(file))?.[1];
      if (platform === undefined) throw new Error(`${file} does not say which system it is for.`);
      const sha256 = hash('sha256', readFileSync(file), 'hex');
      return { platform, name: basename(file), size: statSync(file).size, sha256 };
    }),
  });
  const signature = sign(null, Buffer.from(manifest), createPrivateKey(key)).toString('base64');
  return `${JSON.stringify({ manifest, signature })}\n`;
}

if (isMain(import.meta.url)) {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true,
    options: { 'new-key': { type: 'string' }, key: { type: 'string' }, notes: { type: 'string' } },
  });
  if (values['new-key'] !== undefined) {
    console.log(`KILN_UPDATE_KEY=${makeKey(values['new-key'])}`);
  } else if (values.key === undefined || files.length === 0) {
    throw new Error('Name a key with --key, and the packages.');
  } else {
    const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
    const notes = values.notes === undefined ? '' : readFileSync(values.notes, 'utf8');
    const feed = join(dirname(files[0]), 'kiln.json');
    writeFileSync(feed, signFeed({ version, notes, files, key: readFileSync(values.key) }));
    console.log(feed);
  }
}
