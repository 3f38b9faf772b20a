import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineDecoder, OutputRecorder } from '../../../core/process-output.ts';

function decode(chunks: readonly Uint8Array[], longest = 1000): string[] {
  const lines: string[] = [];
  const decoder = new LineDecoder((line) => lines.push(line), longest);
  for (const chunk of chunks) decoder.write(chunk);
  decoder.end();
  return lines;
}

/** Cuts at each of the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
}

describe('LineDecoder', () => {
  it('ends lines at a newline, at both, and at a lone carriage return', () => {
    expect(decode([Buffer.from('a\nb\r\nc\rd\n\ne')])).toEqual(['a', 'b', 'c', 'd', '', 'e']);
  });

  it('gives a progress line at its carriage return, not one line later', () => {
    const lines: string[] = [];
    const decoder = new LineDecoder((line) => lines.push(line), 1000);
    decoder.write(Buffer.from('10 %\r'));
    expect(lines).toEqual(['10 %']);
    decoder.write(Buffer.from('\n20 %\r'));
    expect(lines).toEqual(['10 %', '20 %']);
  });

  it('gives the same lines wherever the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '⌨', '🎹', '\r', '\n', '\r\n') });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200)), (written, places) => {
        const bytes = Buffer.from(written);
        expect(decode(cut(bytes, places))).toEqual(decode([bytes]));
      }),
    );
  });

  it('cuts a line that does not end, and loses nothing of it', () => {
    const lines = decode([Buffer.from('🎹'.repeat(50)), Buffer.from('x'.repeat(50))], 21);
    expect(lines.join('')).toBe('🎹'.repeat(50) + 'x'.repeat(50));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(21);
    expect(lines.join('|')).not.toContain('\uFFFD');
  });
});

describe('OutputRecorder', () => {
  it('keeps everything up to the limit, however it is spread', () => {
    const recorder = new OutputRecorder(12);
    recorder.add('stdout', 'a'.repeat(9));
    recorder.add('stderr', 'b');
    expect(recorder.truncated).toBe(false);
    expect(recorder.text()).toBe('aaaaaaaaa\nb');
    expect(recorder.text('stdout')).toBe('aaaaaaaaa');
    expect(recorder.text('stderr')).toBe('b');
  });

  it('leaves out the middle, and says how much of which stream', () => {
    const recorder = new OutputRecorder(40);
    for (let line = 1; line <= 100; line += 1) recorder.add('stdout', `line ${line}`);
    recorder.add('stderr', 'end');
    expect(recorder.truncated).toBe(true);
    expect(recorder.text()).toBe('line 1\nline 2\n… 761 bytes left out …\nline 99\nline 100\nend');
    expect(recorder.text('stderr')).toBe('end');
  });

  it('never holds more than the limit, and keeps the order of lines', () => {
    const line = fc.tuple(fc.constantFrom('stdout', 'stderr'), fc.string({ maxLength: 30 }));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 200 }),
        fc.integer({ min: 0, max: 300 }),
        (all, max) => {
          const recorder = new OutputRecorder(max);
          for (const [stream, text] of all) recorder.add(stream, `<${text.replaceAll('\n', '')}>`);
          const kept = recorder
            .text()
            .split('\n')
            .filter((text) => text.startsWith('<'));
          expect(Buffer.byteLength(kept.join('\n'))).toBeLessThanOrEqual(Math.max(0, max));
          const written = all.map(([, text]) => `<${text.replaceAll('\n', '')}>`);
          let from = 0;
          for (const text of kept) from = written.indexOf(text, from) + 1 || Number.NaN;
          expect(from).not.toBeNaN();
        },
      ),
    );
  });
});
