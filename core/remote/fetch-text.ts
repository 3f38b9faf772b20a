/**
 * The one place where Kiln itself contacts another machine: a small text from an address that a person gave and agreed to,
 * and updates of Kiln where somebody said from where.
 * The address is checked where the connection is made, so that no name can lead to another machine than the one that was
 * looked at; what comes is limited in size, time and kind. See docs/network.md.
 */
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns';
import { createWriteStream } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { errnoOf, KilnError } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

export interface FetchRules {
  /** `host`, or `host:port` for another port than the usual one. In lower case. */
  readonly hosts: readonly string[];
  /** Whether addresses of this machine and its network may be contacted, and `http:` used for them. */
  readonly privateAddresses: boolean;
  /** From the first word to the last byte. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

export interface FetchedText {
  /** The file's name as the address has it; never empty, never with a slash. */
  readonly name: string;
  readonly text: string;
}

const TIMEOUT_MS = 20_000;
/** Exports of all the tools lie far below. */
const MOST_BYTES = 2 * 1024 * 1024;
const REDIRECTS = 3;
/** What servers of source code call JSON files. */
const TYPES =
  /^(?:application\/(?:[\w.-]+\+)?json|text\/(?:plain|json)|application\/octet-stream)\b/i;

/**
 * @throws KilnError `remote.address-invalid`, `remote.refused` (host, private address, redirect elsewhere), `remote.unfit`
 * (size, kind, no UTF-8), `remote.failed` (no connection, an error answer, too slow)
 */
export async function fetchText(address: string, rules: FetchRules): Promise<FetchedText> {
  return follow(address, rules, undefined, async (answer, url) => ({
    name: nameOf(url),
    text: await readText(answer, url, rules),
  }));
}

export interface FileRules extends FetchRules {
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Told the bytes so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Fetches a file of any kind, under the same rules.
 * @param file what lies there is replaced; a part of it stays behind when it fails.
 * @returns its SHA-256.
 * @throws KilnError as `fetchText` does, and `storage.*`
 */
export async function fetchToFile(
  address: string,
  file: string,
  { signal, onProgress, ...rules }: FileRules,
): Promise<string> {
  return follow(address, rules, signal, async (answer, { host }) => {
    const digest = createHash('sha256');
    let bytes = 0;
    const count = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > rules.maxBytes) {
          throw new KilnError('remote.unfit', `What ${host} sends is larger than it was to be.`);
        }
        digest.update(chunk);
        onProgress?.(bytes);
        yield chunk;
      }
    };
    await pipeline(answer, count, createWriteStream(file, { mode: 0o600 }));
    return digest.digest('hex');
  });
}

/** Asks, follows redirects on the host, and has the answer read. */
async function follow<Value>(
  address: string,
  rules: FetchRules,
  signal: AbortSignal | undefined,
  read: (answer: IncomingMessage, url: URL) => Promise<Value>,
): Promise<Value> {
  const timeout = AbortSignal.timeout(rules.timeoutMs ?? TIMEOUT_MS);
  const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  let url = parseAddress(address);
  try {
    for (let redirects = 0; redirects <= REDIRECTS; redirects += 1) {
      checkHost(url, rules);
      const answer = await ask(url, rules, either);
      const next = redirectOf(answer, url);
      if (next === null) return await read(answer, url);
      answer.destroy();
      url = next;
    }
  } catch (error) {
    if (error instanceof KilnError) throw error;
    const why = timeout.aborted ? 'it took too long' : (errnoOf(error) ?? (error as Error).message);
    throw new KilnError('remote.failed', `${url.host} could not be read: ${why}.`, {
      cause: error,
    });
  }
  throw new KilnError('remote.failed', `${url.host} only ever points to another address.`);
}

/** @throws KilnError `remote.address-invalid` */
function parseAddress(address: string): URL {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new KilnError('remote.address-invalid', 'This is no address of a file on the web.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new KilnError('remote.address-invalid', 'The address carries a name or a password.');
  }
  url.hash = '';
  return url;
}

/** @throws KilnError `remote.refused` */
function checkHost(url: URL, { hosts, privateAddresses }: FetchRules): void {
  if (!hosts.includes(url.host)) {
    throw new KilnError('remote.refused', `${url.host} is not among the hosts that may be asked.`);
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !privateAddresses && !isPublicAddress(literal)) {
    throw refusedAddress(url.host);
  }
  // Encryption is also what tells that the host is the one that was named.
  if (url.protocol === 'http:' && !privateAddresses) {
    throw new KilnError('remote.refused', 'Only addresses that begin with https:// are read.', {
      remedy: 'Give the https address, or download the file in your browser and open it here.',
    });
  }
}

function refusedAddress(host: string): KilnError {
  return new KilnError('remote.refused', `${host} is on this machine or its own network.`, {
    remedy: 'Download the file and open it here, or set KILN_IMPORT_PRIVATE=allow if you trust it.',
  });
}

/** Connects to nothing but addresses that the rules allow, whatever the name turns into by then. */
function guardedLookup({ privateAddresses }: FetchRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      if (!privateAddresses && found.some(({ address }) => !isPublicAddress(address))) {
        return callback(refusedAddress(hostname), '');
      }
      const [first] = found;
      if (options.all === true || first === undefined) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

function ask(url: URL, rules: FetchRules, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'http:' ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        agent: false,
        signal,
        lookup: guardedLookup(rules),
        // Nothing is unpacked, and nothing tells who asks.
        headers: { accept: 'application/json, text/plain;q=0.9', 'accept-encoding': 'identity' },
        maxHeaderSize: 16 * 1024,
      },
      resolve,
    )
      .on('error', reject)
      .end();
  });
}

/** @throws KilnError `remote.refused` for one that leaves the host, `remote.failed` for an answer that is an error */
function redirectOf(answer: IncomingMessage, url: URL): URL | null {
  const { statusCode = 0 } = answer;
  if (statusCode === 200) return null;
  const { location } = answer.headers;
  answer.resume();
  if (statusCode < 300 || statusCode > 399 || location === undefined) {
    throw new KilnError('remote.failed', `${url.host} answered with ${statusCode}.`, {
      ...(statusCode === 404
        ? { remedy: 'Look whether the address is whole and the file is still there.' }
        : {}),
    });
  }
  const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
  if (next === null || next.origin !== url.origin) {
    throw new KilnError('remote.refused', `${url.host} points to ${next?.host ?? 'no address'}.`, {
      remedy: 'Open the address that it points to, if you trust that host.',
    });
  }
  return next;
}

/** @throws KilnError `remote.unfit` */
async function readText(
  answer: IncomingMessage,
  { host }: URL,
  { maxBytes = MOST_BYTES }: FetchRules,
): Promise<string> {
  const type = answer.headers['content-type'] ?? 'application/octet-stream';
  if (!TYPES.test(type)) {
    answer.destroy();
    throw new KilnError('remote.unfit', `${host} sent ${type.split(';')[0]}, and no keymap.`, {
      remedy: 'Give the address of the file itself; sites of code have a link “Raw” to it.',
    });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      answer.destroy();
      throw new KilnError('remote.unfit', `What ${host} sends is larger than any keymap.`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new KilnError('remote.unfit', `What ${host} sends is not text in UTF-8.`, {
      cause: error,
    });
  }
}

function nameOf({ pathname, host }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // It stays as it is written.
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be shown
  return name.replace(/[\u0000-\u001f/\\]/g, '').slice(0, 100) || host;
}
