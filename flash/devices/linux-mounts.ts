/** `/proc/mounts`, the table of what is mounted where. */

export interface Mount {
  readonly device: string;
  readonly folder: string;
  readonly type: string;
  readonly readOnly: boolean;
}

/** Space, tab, newline and backslash are written as `\040` and so on. */
function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [device, folder, type, options] = line.split(' ');
    if (device === undefined || folder === undefined || type === undefined) return [];
    return [
      {
        device: plain(device),
        folder: plain(folder),
        type,
        readOnly: (options ?? '').split(',').includes('ro'),
      },
    ];
  });
}
