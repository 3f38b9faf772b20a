/** What is known about a keyboard: the parts of QMK's info.json that the window draws and edits. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, ServiceError } from './client.ts';
import { createTurns } from './turns.ts';

/** A key's place in a layout, in key units (1 u = 19.05 mm), as QMK's info.json says it. */
export interface LayoutKey {
  readonly x: number;
  readonly y: number;
  /** 1 when absent, as is the height. */
  readonly w?: number;
  readonly h?: number;
  /** Clockwise, in degrees, around (rx, ry). */
  readonly r?: number;
  readonly rx?: number;
  readonly ry?: number;
  readonly label?: string;
  readonly matrix?: readonly [number, number];
  /** The key is the press of this encoder. */
  readonly encoder?: number;
}

export interface KeyboardInfo {
  readonly keyboard_name?: string;
  /** The folder that builds it; another name than that asked for where that was an alias. */
  readonly keyboard_folder?: string;
  readonly manufacturer?: string;
  readonly maintainer?: string;
  readonly processor?: string;
  readonly bootloader?: string;
  /** QMK's platform of its processor: `avr`, `chibios`, … */
  readonly platform_key?: string;
  readonly layouts: Readonly<Record<string, { readonly layout: readonly LayoutKey[] }>>;
  readonly layout_aliases?: Readonly<Record<string, string>>;
  readonly encoder?: { readonly rotary?: readonly unknown[] };
  readonly split?: {
    readonly enabled?: boolean;
    readonly encoder?: { readonly right?: { readonly rotary?: readonly unknown[] } };
  };
  readonly matrix_size?: { readonly rows: number; readonly cols: number };
  readonly keymaps?: Readonly<Record<string, { readonly url?: string }>>;
}

/** @throws ServiceError `keyboard.unknown` and its like */
export async function readKeyboard(
  tree: string,
  keyboard: string,
  signal?: AbortSignal,
): Promise<KeyboardInfo> {
  const answer = (await get('/kiln/v1/trees/{tree}/v1/keyboards/{path}', {
    path: { tree, path: keyboard },
    signal,
  })) as unknown as { readonly keyboards: Readonly<Record<string, KeyboardInfo>> };
  const info = answer.keyboards[keyboard] ?? Object.values(answer.keyboards)[0];
  if (info === undefined) throw new ServiceError(404, { code: 'keyboard.unknown' });
  return info;
}

/** Long enough that a list which the next keystroke replaces asks for no pictures. */
const PICTURE_AFTER_MS = 120;
/** A keyboard that was not read yet takes its time; the search has to find a connection meanwhile. */
const pictures = createTurns(2);

/**
 * As `useKeyboard`, for what is only looked at: asks a little later, and leaves room for other questions. What is known
 * already is there at once.
 */
export function useKeyboardPicture(tree: string, keyboard: string) {
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(true), PICTURE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return useQuery({
    queryKey: ['keyboard', tree, keyboard],
    queryFn: ({ signal }) => pictures.take(() => readKeyboard(tree, keyboard, signal), signal),
    staleTime: KEYBOARD_STALE_MS,
    enabled: isAsked,
  });
}

const KEYBOARD_STALE_MS = 5 * 60_000;

/** A keyboard's data does not change while its tree's commit does not. */
export function useKeyboard(tree: string, keyboard: string, enabled = true) {
  return useQuery({
    queryKey: ['keyboard', tree, keyboard],
    queryFn: ({ signal }) => readKeyboard(tree, keyboard, signal),
    staleTime: KEYBOARD_STALE_MS,
    enabled,
  });
}

/** The layout that a keyboard is shown in when nobody chose one: the one with the most keys. */
export function mainLayout(
  info: KeyboardInfo,
): { name: string; keys: readonly LayoutKey[] } | null {
  const layouts = Object.entries(info.layouts);
  const most = layouts.reduce<(typeof layouts)[number] | null>(
    (best, layout) =>
      best === null || layout[1].layout.length > best[1].layout.length ? layout : best,
    null,
  );
  return most === null ? null : { name: most[0], keys: most[1].layout };
}
