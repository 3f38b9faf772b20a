/** A file that was given to the window, wherever it was then: the editor takes it. */
import { create } from 'zustand';

export interface IncomingFile {
  /** Without its folder. */
  readonly name: string;
  readonly text: string;
}

export const useIncoming = create<{ readonly file: IncomingFile | null }>(() => ({ file: null }));

export function receiveFile(file: IncomingFile): void {
  useIncoming.setState({ file });
}

/** @returns the file, once */
export function takeIncoming(): IncomingFile | null {
  const { file } = useIncoming.getState();
  if (file !== null) useIncoming.setState({ file: null });
  return file;
}
