/** Commands of the editor that work wherever the focus is, from the keyboard and from the shell's menu. */
import { useEffect, useRef } from 'react';
import { desktop } from '../bridge/desktop.ts';

export interface EditorCommands {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly build: () => void;
  readonly help: () => void;
}

/** Fields have an undo of their own. */
function isInField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

export function useEditorShortcuts(commands: EditorCommands): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const command = commandOf(event);
      if (command === null) return;
      if ((command === 'undo' || command === 'redo') && isInField(event.target)) return;
      event.preventDefault();
      latest.current[command]();
    };
    window.addEventListener('keydown', onKeyDown);
    const stop = desktop?.on('command', (command) => {
      if (command === 'undo' || command === 'redo' || command === 'build')
        latest.current[command]();
    });
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      stop?.();
    };
  }, []);
}

function commandOf({
  key,
  ctrlKey,
  metaKey,
  shiftKey,
}: KeyboardEvent): keyof EditorCommands | null {
  if (key === 'F1') return 'help';
  if (!ctrlKey && !metaKey) return null;
  switch (key.toLowerCase()) {
    case 'z':
      return shiftKey ? 'redo' : 'undo';
    case 'y':
      return 'redo';
    case 'enter':
      return 'build';
    default:
      return null;
  }
}
