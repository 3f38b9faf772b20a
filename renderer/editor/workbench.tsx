import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyboardInfo, LayoutKey } from '../api/keyboards.ts';
import { announce } from '../controls/announcer.tsx';
import { KeyboardBoard } from '../drawing/keyboard-board.tsx';
import { showKey, useKeyToShow } from '../workspace/workspace.ts';
import { onBoardKey } from './board-keys.ts';
import { encoderCount, layoutKeys } from './fit-keyboard.ts';
import { useKeyFaces } from './key-faces.ts';
import { Dials, KeyStrip } from './key-strip.tsx';
import type { EditedKeymap } from './keymap/document.ts';
import { LayerList } from './layer-list.tsx';
import { Palette } from './palette/palette.tsx';
import { selectKey, showLayer, useEditor } from './store/editor-store.ts';
import { useTroubles } from './store/troubles.ts';
import { useKeycodes } from './tree-keycodes.ts';
import { useLiveCheck } from './use-live-check.ts';
import { usePrewarm } from './use-prewarm.ts';
import styles from './workbench.module.css';

const NO_KEYS: readonly LayoutKey[] = [];

/** Layers, keyboard, palette: an open keymap and everything that changes it. */
export function Workbench({
  tree,
  info,
  keymap,
  onHelp,
}: {
  readonly tree: string;
  readonly info: KeyboardInfo;
  readonly keymap: EditedKeymap;
  readonly onHelp: () => void;
}) {
  const { t } = useTranslation();
  const { layer, cursor, selected, dial } = useEditor();
  const { catalogue, languages, isReading } = useKeycodes(tree, keymap.document.host_language);
  const keys = layoutKeys(info, keymap.document.layout) ?? NO_KEYS;
  const troubles = useTroubles();
  const failed = useMemo(
    () => new Set(troubles.filter((error) => error.layer === layer).map(({ index }) => index)),
    [troubles, layer],
  );
  const faces = useKeyFaces({ keymap, keys, layer, catalogue, failed });
  const isChanged = useEditor(({ history }) => history !== null && history.past !== null);
  const check = useLiveCheck(tree, isChanged ? keymap.document : null);
  usePrewarm(tree, isChanged ? null : keymap.document);
  const board = useRef<SVGSVGElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [capturing, setCapturing] = useState(false);
  const endCapture = useCallback((on: boolean) => setCapturing(on), []);

  const focusKey = useCallback((index: number) => {
    board.current?.querySelector<SVGGElement>(`[data-focus="${index}"]`)?.focus();
  }, []);
  const leavePalette = useCallback(() => focusKey(useEditor.getState().cursor), [focusKey]);
  useFocusFollowsCursor(board, cursor, focusKey);
  useShownKey(keys, focusKey);
  const layerWords = keymap.layerNames[layer] || t('editor.layers.numbered', { layer });
  useAnnouncedLayer(layer, layerWords);

  const failure =
    troubles.find((error) => error.layer === layer && error.index === cursor)?.message ?? null;
  return (
    <div className={styles.workbench}>
      <LayerList names={keymap.layerNames} count={keymap.document.layers.length} />
      <div className={styles.canvas}>
        <Dials keymap={keymap} count={encoderCount(info)} catalogue={catalogue} />
        <div className={styles.board}>
          <KeyboardBoard
            ref={board}
            label={t('editor.board', { layer: layerWords })}
            keys={keys}
            faces={faces}
            selected={dial === null ? selected : new Set()}
            current={cursor}
            onKeyDown={(event) => {
              const used = onBoardKey(event, keys, {
                openPalette: () => search.current?.focus(),
                captureKey: () => setCapturing(true),
                openHelp: onHelp,
              });
              if (used) event.preventDefault();
            }}
            onPoint={(index, event) => {
              const how =
                event.type === 'pointerover' || event.shiftKey
                  ? 'to'
                  : event.ctrlKey || event.metaKey
                    ? 'too'
                    : 'only';
              selectKey(keys, index, how);
            }}
          />
        </div>
      </div>
      <div className={styles.below}>
        <KeyStrip
          keymap={keymap}
          catalogue={catalogue}
          failure={failure}
          size={
            check?.size === undefined || check.size === null
              ? null
              : { used: check.size, limit: check.limit }
          }
          capturing={capturing}
          onCapture={endCapture}
        />
        <Palette
          catalogue={catalogue}
          languages={languages}
          isReading={isReading}
          search={search}
          onLeave={leavePalette}
        />
      </div>
    </div>
  );
}

/** While the focus is on the drawing it goes where the cursor goes; elsewhere it stays. */
function useFocusFollowsCursor(
  board: RefObject<SVGSVGElement | null>,
  cursor: number,
  focusKey: (index: number) => void,
): void {
  useEffect(() => {
    if (board.current?.contains(document.activeElement)) focusKey(cursor);
  }, [board, cursor, focusKey]);
}

/** A key that a build's error names. */
function useShownKey(keys: readonly LayoutKey[], focusKey: (index: number) => void): void {
  const key = useKeyToShow((state) => state.key);
  useEffect(() => {
    if (key === null || keys.length === 0) return;
    showLayer(key.layer);
    selectKey(keys, key.index);
    requestAnimationFrame(() => focusKey(key.index));
    showKey(null);
  }, [key, keys, focusKey]);
}

function useAnnouncedLayer(layer: number, words: string): void {
  const before = useRef(layer);
  useEffect(() => {
    if (before.current !== layer) announce(words);
    before.current = layer;
  }, [layer, words]);
}
