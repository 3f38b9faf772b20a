/** The service, asked over HTTP: typed by its OpenAPI document, with one kind of error for every refusal. */
import type { components, paths } from './schema.d.ts';
import { currentToken, forgetToken } from './session.ts';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

type Method = 'get' | 'post' | 'delete' | 'patch' | 'put';
type PathsWith<Verb extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<Verb, { responses: unknown }> ? Path : never;
}[keyof paths];

type Operation<Path extends keyof paths, Verb extends Method> =
  paths[Path] extends Record<Verb, infer Found> ? Found : never;

type JsonOf<Response> = Response extends { content: { 'application/json': infer Body } }
  ? Body
  : undefined;
type Success<Found> = Found extends { responses: infer Responses }
  ? JsonOf<Responses[keyof Responses]>
  : never;

type Parameter<Found, In extends 'path' | 'query'> = Found extends { parameters: infer All }
  ? In extends keyof All
    ? Exclude<All[In], undefined>
    : never
  : never;
type Body<Found> = Found extends { requestBody?: infer Request }
  ? [NonNullable<Request>] extends [never]
    ? never
    : NonNullable<Request> extends { content: { 'application/json': infer Sent } }
      ? Sent
      : never
  : never;

interface AnyParameters {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}
type Given<Found> = {
  readonly signal?: AbortSignal | undefined;
} & ([Parameter<Found, 'path'>] extends [never] ? unknown : { path: Parameter<Found, 'path'> }) &
  ([Parameter<Found, 'query'>] extends [never] ? unknown : { query?: Parameter<Found, 'query'> }) &
  ([Body<Found>] extends [never] ? unknown : { body: Body<Found> });

/** What the service refused, in its own words, or that it could not be asked at all. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** One of docs/errors.md, or `service.gone` when nothing answered. */
  readonly code: string;
  readonly remedy: string;
  /** 0 when nothing answered. */
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, report: Partial<Schema<'ErrorReport'>>) {
    super(report.message ?? `The service answered ${status}.`);
    this.code = report.code ?? 'service.gone';
    this.remedy = report.remedy ?? '';
    this.status = status;
    this.details = report.details ?? {};
  }

  /** Nobody answered: worth asking again by itself, unlike every refusal. */
  get isGone(): boolean {
    return this.status === 0;
  }
}

/** `/a/{b}` with its parameters; a keyboard's name keeps its slashes. */
function address(path: string, { path: parts = {}, query = {} }: AnyParameters): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    (parts[name] ?? '').split('/').map(encodeURIComponent).join('/'),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

export interface RequestOptions {
  readonly method?: string;
  /** JSON, unless the headers say otherwise. */
  readonly body?: string | ArrayBuffer;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request with the session's token, if there is a session. @throws ServiceError for everything but success */
export async function request(url: string, init: RequestOptions = {}): Promise<Response> {
  const token = currentToken();
  const headers: Record<string, string> = { accept: 'application/json', ...init.headers };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (init.body !== undefined) headers['content-type'] ??= 'application/json';
  const options: RequestInit = { method: init.method ?? 'GET', headers };
  if (init.body !== undefined) options.body = init.body;
  if (init.signal !== undefined) options.signal = init.signal;
  let response: Response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ServiceError(0, {});
  }
  if (response.ok) return response;
  if (response.status === 401 && token !== null) forgetToken(token);
  throw new ServiceError(response.status, await reportOf(response));
}

async function reportOf(response: Response): Promise<Partial<Schema<'ErrorReport'>>> {
  try {
    const answer = (await response.json()) as Partial<Schema<'Error'>>;
    return answer.error ?? { code: 'service.unreadable' };
  } catch {
    // A proxy's page, or an answer that was cut off.
    return { code: 'service.unreadable' };
  }
}

async function call(method: string, path: string, given: AnyParameters): Promise<unknown> {
  const response = await request(address(path, given), {
    method,
    signal: given.signal,
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  return response.status === 204 ? undefined : await response.json();
}

/** @throws ServiceError */
export function get<Path extends PathsWith<'get'>>(
  path: Path,
  given: Given<Operation<Path, 'get'>>,
): Promise<Success<Operation<Path, 'get'>>> {
  return call('GET', path, given as AnyParameters) as Promise<Success<Operation<Path, 'get'>>>;
}

/** @throws ServiceError */
export function post<Path extends PathsWith<'post'>>(
  path: Path,
  given: Given<Operation<Path, 'post'>>,
): Promise<Success<Operation<Path, 'post'>>> {
  return call('POST', path, given as AnyParameters) as Promise<Success<Operation<Path, 'post'>>>;
}

/** @throws ServiceError */
export function remove<Path extends PathsWith<'delete'>>(
  path: Path,
  given: Given<Operation<Path, 'delete'>>,
): Promise<Success<Operation<Path, 'delete'>>> {
  return call('DELETE', path, given as AnyParameters) as Promise<
    Success<Operation<Path, 'delete'>>
  >;
}
