/** Reads what compilers write for make with `-MD` and its relatives. Pure. */

/**
 * Files that the first rule's target depends on. `-MP` adds rules without commands for each of them, which say nothing
 * new.
 * @returns names as the compiler wrote them, escapes undone. Without make's own expressions, as in QMK's
 *   `generated-files: $(wildcard keyboards/dz60/info.json)`, which name what need not be there.
 */
export function parseDependencies(text: string): string[] {
  const joined = text.replace(/\\\r?\n/g, ' ');
  const rule = joined.split('\n', 1)[0] ?? '';
  // The target ends at the first colon that a space or the line's end follows: drive letters have others.
  const start = /:(?=\s|$)/.exec(rule);
  if (start === null) return [];
  const names = rule
    .slice(start.index + 1)
    .replace(/\$\$|\$\([^)]*\)/g, (found) => (found === '$$' ? found : ''));
  const words = names.match(/(?:\\.|[^\s\\])+/g) ?? [];
  return words.map((word) => word.replace(/\\([ #])/g, '$1').replaceAll('$$', '$'));
}
