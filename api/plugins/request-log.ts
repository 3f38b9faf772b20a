/** One log line a request, when it is answered: no bodies, no headers. */
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { isJobId } from '../../core/queue/contract.ts';

/** Reads that went well are logged at `debug` (a waiting client polls), the rest at `info`. */
export class RequestLog extends LogController {
  readonly #slowMs: number;

  /** @param slowMs answers that take longer are warned of; 0 for none. */
  constructor(slowMs: number) {
    super();
    this.#slowMs = slowMs;
  }

  override incomingRequest(): void {
    // The line at the end says it all.
  }

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    const slow = this.#slowMs > 0 && !isStream && reply.elapsedTime >= this.#slowMs;
    const quiet = reads && reply.statusCode < 400 && !error;
    const level = slow ? 'warn' : quiet ? 'debug' : 'info';
    const jobId = jobIdOf(request);
    request.log[level](
      {
        method: request.method,
        // The pattern, not the address: that may hold anything, of any length.
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...(jobId === undefined ? {} : { jobId }),
        ...(error ? { err: error } : {}),
      },
      slow ? 'answered slowly' : 'answered',
    );
  }
}

function jobIdOf(request: FastifyRequest): string | undefined {
  const id = (request.params as { id?: string } | null)?.id;
  return id !== undefined && isJobId(id) ? id : undefined;
}
