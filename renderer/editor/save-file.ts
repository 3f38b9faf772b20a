/** Files out of the window: by the system's dialog in the shell, as a download in a browser. */
import { desktop } from '../bridge/desktop.ts';

export interface SavedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** @returns false when the person closed the dialog */
export async function saveFile(file: SavedFile): Promise<boolean> {
  if (desktop !== null) return (await desktop.request('save-file', file)) !== null;
  const address = URL.createObjectURL(new Blob([file.content], { type: file.mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  // The download has begun by then; the memory need not wait for the window's end.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return true;
}

/** SVG to PNG by the browser's own drawing, at twice its size, so that print is sharp. */
export async function renderPng(picture: {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}): Promise<Uint8Array<ArrayBuffer>> {
  const address = URL.createObjectURL(new Blob([picture.svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    // Browsers draw nothing on a canvas of more than about 16 000 pixels a side.
    const scale = Math.min(2, 16_000 / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The browser made no picture of the keymap.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(address);
  }
}
