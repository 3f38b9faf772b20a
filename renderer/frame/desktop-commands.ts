/** Commands of the shell's menus that lead to a page; those of a keymap belong to the editor. */
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { DesktopCommand } from '../bridge/bridge.ts';
import { desktop } from '../bridge/desktop.ts';
import { useCancelBuild } from '../builds/start-build.ts';
import { useWorkspace } from '../workspace/workspace.ts';

const PAGES: Partial<Record<DesktopCommand, string>> = {
  new: '/keyboards',
  'go-keyboards': '/keyboards',
  'go-editor': '/editor',
  'go-builds': '/builds',
  flash: '/flash',
  'go-flash': '/flash',
  'go-health': '/health',
  'go-settings': '/settings',
  'go-about': '/about',
};

/** Follows the shell's menus and `kiln://` addresses. */
export function useDesktopCommands(): void {
  const [, navigate] = useLocation();
  const { mutate: cancel } = useCancelBuild();
  useEffect(() => {
    if (desktop === null) return;
    const stops = [
      desktop.on('command', (command) => {
        const page = PAGES[command];
        if (page !== undefined) navigate(page);
        if (command === 'find' && !focusSearch()) navigate('/keyboards');
        const { jobId } = useWorkspace.getState();
        if (command === 'cancel-build' && jobId !== null) cancel(jobId);
      }),
      desktop.on('navigate', (path) => navigate(path)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [navigate, cancel]);
}

/** What the page has to search in: keyboards, keycodes, builds. @returns false for a page without */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('#content input[type=search]');
  field?.focus();
  field?.select();
  return field !== null;
}
