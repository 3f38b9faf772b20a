/**
 * Names of a build's own folder, which is another one for each build. QMK names its community modules from the top: in
 * options for headers, and in the names of their objects, `.build/obj_x//builds/1/root/modules/m/m.o`. Pure.
 */
import { NoPlan } from './select-steps.ts';

/** In a plan, stands for the folder that the commands run in. */
export const ROOT_MARK = '{root}';

/**
 * @param root absolute, without a slash at its end.
 * @throws NoPlan where that cannot be undone.
 */
export function withoutRoot(text: string, root: string): string {
  const [before = '', ...after] = text.split(root);
  if (text.includes(ROOT_MARK) || after.some((part) => part !== '' && !part.startsWith('/'))) {
    throw new NoPlan('a command names the build’s folder as a part of another name');
  }
  return [before, ...after].join(ROOT_MARK);
}

export function withRoot(text: string, root: string): string {
  return text.split(ROOT_MARK).join(root);
}
