/** One sentence at a time about what a change meant elsewhere, shown beside the keyboard until the next one. */
import { create } from 'zustand';

export const useEditorWord = create<{ readonly text: string }>(() => ({ text: '' }));

/** @param text empty to take the sentence away */
export function sayInEditor(text: string): void {
  useEditorWord.setState({ text });
}
