/** What a fuzz target is. Each file in targets/ exports one as `target`; nothing else has to know of it. */
import type fc from 'fast-check';

export interface FuzzTarget<Input> {
  /** Of its file, and of its folder in corpus/. */
  readonly name: string;
  /** Sound inputs, sound ones with faults, and nonsense; of JSON values and Uint8Arrays, so that they can be kept. */
  readonly input: fc.Arbitrary<Input>;
  /** Called once before any check. */
  open(): OpenTarget<Input> | Promise<OpenTarget<Input>>;
}

export interface OpenTarget<Input> {
  /** @throws when the product does what it must never do with this input. */
  check(input: Input): void | Promise<void>;
  close?(): Promise<void>;
}

/** For targets that need nothing to be set up. */
export function pure<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  check: (input: Input) => void,
): FuzzTarget<Input> {
  return { name, input, open: () => ({ check }) };
}
