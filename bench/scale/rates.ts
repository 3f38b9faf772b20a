/** How many requests a second one API process answers, and what a job moves over Redis and S3. */
import { Agent, request } from 'node:http';
import type { RedisServer } from '../../test/fixtures/redis/redis-server.ts';
import type { S3Service } from '../../test/fixtures/s3/s3-service.ts';

const CONNECTIONS = 16;

export interface Asked {
  readonly url: string;
  readonly body?: string;
}

function ask(agent: Agent, { url, body }: Asked): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(url, { agent, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export interface Rate {
  readonly perSecond: number;
  /** Bytes of an answer’s body. */
  readonly answerBytes: number;
  readonly answers: readonly string[];
}

/**
 * As many as are answered, each connection asking again once it has its answer.
 * @throws Error when one is answered otherwise than with 200.
 */
export async function measureRate(seconds: number, next: () => Asked): Promise<Rate> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answers: string[] = [];
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const client = async (): Promise<void> => {
    while (elapsed() < seconds) {
      const { status, text } = await ask(agent, next());
      if (status !== 200) throw new Error(`${status} ${text}`);
      answers.push(text);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, client));
    const bytes = answers.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return {
      perSecond: answers.length / elapsed(),
      answerBytes: bytes / answers.length,
      answers,
    };
  } finally {
    agent.destroy();
  }
}

/** What went over Redis and S3 so far. */
export interface Carried {
  readonly atMs: number;
  readonly redisCommands: number;
  readonly redisBytes: number;
  readonly redisMemory: number;
  readonly s3Requests: number;
  /** Read from it. */
  readonly s3Bytes: number;
}

export async function readCarried(redis: RedisServer, s3: S3Service): Promise<Carried> {
  const info = await redis.ask((client) => client.info());
  const numberOf = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
  return {
    atMs: performance.now(),
    redisCommands: numberOf('total_commands_processed'),
    redisBytes: numberOf('total_net_input_bytes') + numberOf('total_net_output_bytes'),
    redisMemory: numberOf('used_memory'),
    s3Requests: s3.requests.length,
    s3Bytes: s3.sentBytes(),
  };
}
