/**
 * A compile job as clients of the hosted QMK API see it: one shape for its whole life.
 *
 * A compile error is `finished` with `is_failed` and without a firmware address, as upstream does it: with
 * `failed`, QMK Configurator would leave its Firmware button on an earlier job's image.
 */
import { stripVTControlCharacters } from 'node:util';
import {
  ARTIFACTS,
  type CompilePayload,
  type CompileResult,
  compilePayloadSchema,
  compileResultSchema,
} from '../../core/compile/job.ts';
import type { Job } from '../../core/queue/contract.ts';
import type { ContractJob, ContractResult } from '../schemas/contract-compile.ts';

/** For who asks a finished job why it offers no firmware. */
const IMAGE_GONE =
  'The image of this job is gone from the disk. Send the keymap again to build it.';

/** What upstream's worker reports when a job dies without a build. */
const NO_BUILD = -3;
/** Upstream's code for a build that ended well but left no firmware. */
const NO_FIRMWARE = -4;

/** What a client downloads as what: the names are of checked parts only. */
export interface ContractFileNames {
  readonly keymap: string;
  readonly source: string;
}

/** `planck-rev6-mine.json` and `qmk_firmware-planck-rev6-mine.zip`. */
export function contractFileNames(
  payload: Pick<CompilePayload, 'keyboard' | 'keymap'>,
): ContractFileNames {
  const base = `${payload.keyboard.replaceAll('/', '-')}-${payload.keymap}`;
  return { keymap: `${base}.json`, source: `qmk_firmware-${base}.zip` };
}

/** A finished job's result; null for every other state. */
export function compileResultOf(job: Job): CompileResult | null {
  return job.state === 'finished' ? compileResultSchema.parse(job.result) : null;
}

/**
 * @param artifacts names of the job's stored files: only what is there is linked.
 * @param base the service's address as the client wrote it, without a slash at the end.
 */
export function contractJob(job: Job, artifacts: ReadonlySet<string>, base: string): ContractJob {
  const result = contractResult(job, artifacts, base);
  return {
    id: job.id,
    // To these clients a canceled job is one that ended without a build.
    status: job.state === 'canceled' ? 'failed' : job.state,
    is_failed: result === null ? null : result.returncode !== 0,
    created_at: new Date(job.createdAt).toUTCString(),
    enqueued_at: new Date(job.enqueuedAt).toUTCString(),
    result,
  };
}

function contractResult(
  job: Job,
  artifacts: ReadonlySet<string>,
  base: string,
): ContractResult | null {
  if (job.state === 'queued' || job.state === 'running') return null;
  const payload = compilePayloadSchema.parse(job.payload);
  const outcome = outcomeOf(job);
  const names = contractFileNames(payload);
  const address = (path: string) => [`${base}/v1/compile/${job.id}/${path}`];
  const filename = outcome.filename;
  const isGone = filename !== null && !artifacts.has(filename);
  return {
    returncode: outcome.returncode,
    output: isGone ? `${outcome.output}\n${IMAGE_GONE}` : outcome.output,
    id: job.id,
    keyboard: payload.keyboard,
    layout: payload.layout,
    keymap: payload.keymap,
    command: [...outcome.command],
    ...(outcome.returncode > 0 ? { cmd: [...outcome.command] } : {}),
    firmware: null,
    firmware_filename: filename ?? '',
    ...(filename !== null && !isGone ? { firmware_binary_url: address('download') } : {}),
    ...(artifacts.has(ARTIFACTS.source) ? { firmware_source_url: address('source') } : {}),
    ...(artifacts.has(ARTIFACTS.keymap) ? { firmware_keymap_url: address('keymap') } : {}),
    keymap_archive: names.keymap,
    source_archive: names.source,
    keymap_json: payload.keymapJson,
    public_firmware: false,
  };
}

interface Outcome {
  readonly returncode: number;
  /** Always text: a client that prints it must find something to print. */
  readonly output: string;
  readonly command: readonly string[];
  /** Null unless the build gave an image. */
  readonly filename: string | null;
}

function outcomeOf(job: Job): Outcome {
  const result = compileResultOf(job);
  if (result === null) return { ...withoutBuild(job), command: [], filename: null };
  // Clients cut from the first «[» to the last «m» of a line, colours or not: leave them no colours.
  const output = stripVTControlCharacters(result.output);
  const { command, firmwareFilename } = result;
  if (result.returncode === 0 && firmwareFilename === null) {
    return { returncode: NO_FIRMWARE, output, command, filename: null };
  }
  const filename = result.returncode === 0 ? firmwareFilename : null;
  return { returncode: result.returncode, output, command, filename };
}

function withoutBuild(job: Job): Pick<Outcome, 'returncode' | 'output'> {
  if (job.error !== null) {
    return { returncode: NO_BUILD, output: `${job.error.message} ${job.error.remedy}` };
  }
  const output =
    job.state === 'canceled'
      ? 'The job was canceled. Send the keymap again to build it.'
      : 'The job ended without a build. Send the keymap again.';
  return { returncode: NO_BUILD, output };
}
