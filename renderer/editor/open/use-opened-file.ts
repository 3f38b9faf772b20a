/** From a file's text to the keymap in hand: reads it, asks where it has to ask, and reports what was lost. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { post } from '../../api/client.ts';
import { type KeyboardInfo, type LayoutKey, readKeyboard } from '../../api/keyboards.ts';
import { announce } from '../../controls/announcer.tsx';
import { editorPath } from '../../frame/navigation.ts';
import { receiveFile } from '../../workspace/incoming.ts';
import { type FitNote, fitToKeyboard, layoutKeys, matrixSize } from '../fit-keyboard.ts';
import type { EditedKeymap, KeymapDocument } from '../keymap/document.ts';
import type { KeycodeCatalogue } from '../keymap/keycode-catalogue.ts';
import { change, currentKeymap } from '../store/editor-store.ts';
import { layerFromLegends } from './kle-legends.ts';
import type { Loss } from './losses.ts';
import { openKeymapText } from './open-keymap.ts';
import type { OpenRefusal } from './opened.ts';

export type OpenState =
  | {
      readonly kind: 'report';
      readonly name: string;
      readonly losses: readonly Loss[];
      readonly notes: readonly FitNote[];
    }
  | { readonly kind: 'refused'; readonly name: string; readonly reason: OpenRefusal | 'no-legends' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The file is of another keyboard. */
  | {
      readonly kind: 'other-keyboard';
      readonly name: string;
      readonly document: KeymapDocument;
      /** Whether the tree has that keyboard. */
      readonly isThere: boolean;
      readonly text: string;
    };

export interface OpenContext {
  readonly tree: string;
  readonly keyboard: string;
  readonly info: KeyboardInfo;
  readonly keymap: EditedKeymap;
  readonly catalogue: KeycodeCatalogue;
}

export function useOpenedFile({ tree, keyboard, info, keymap, catalogue }: OpenContext) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [state, setState] = useState<OpenState | null>(null);
  const { layout } = keymap.document;

  const take = useCallback(
    (name: string, document: KeymapDocument, losses: readonly Loss[]) => {
      const fitted = fitToKeyboard({ ...document, keyboard }, info);
      change('opened', () => ({ document: fitted.document, layerNames: [] }), { layer: 0 });
      announce(t('editor.open.done', { name }));
      const isWhole = losses.length === 0 && fitted.notes.length === 0;
      setState(isWhole ? null : { kind: 'report', name, losses, notes: fitted.notes });
    },
    [keyboard, info, t],
  );

  const open = useCallback(
    async (name: string, text: string): Promise<void> => {
      const keys = layoutKeys(info, layout) ?? [];
      const matrix = matrixSize(info);
      const result = openKeymapText(text, { keyboard, layout, keys, matrix, catalogue });
      if (result.kind === 'refused') setState({ kind: 'refused', name, reason: result.reason });
      else if (result.kind === 'kle') {
        const drawn = await readKle(result.rows);
        const { layer, losses, found } = layerFromLegends(drawn, keys, catalogue);
        const document = currentKeymap()?.document;
        if (found === 0 || document === undefined) {
          setState({ kind: 'refused', name, reason: 'no-legends' });
        } else take(name, { ...document, layers: document.layers.with(0, layer) }, losses);
      } else if (result.document.keyboard === keyboard || isAlias(info, result.document.keyboard)) {
        take(name, result.document, result.losses);
      } else {
        const other = result.document.keyboard;
        const isThere = await client
          .fetchQuery({
            queryKey: ['keyboard', tree, other],
            queryFn: ({ signal }) => readKeyboard(tree, other, signal),
          })
          .then(() => true)
          .catch(() => false);
        setState({ kind: 'other-keyboard', name, document: result.document, isThere, text });
      }
    },
    [info, layout, keyboard, catalogue, client, tree, take],
  );

  return {
    state,
    open: useCallback(
      (name: string, text: string) =>
        void open(name, text).catch((error: unknown) => setState({ kind: 'failed', error })),
      [open],
    ),
    close: () => setState(null),
    useHere: () => {
      if (state?.kind === 'other-keyboard') take(state.name, state.document, []);
    },
    goThere: () => {
      if (state?.kind !== 'other-keyboard') return;
      receiveFile({ name: state.name, text: state.text });
      setState(null);
      navigate(editorPath(tree, state.document.keyboard));
    },
  };
}

/** The name of the folder that an alias stands for. */
function isAlias({ keyboard_folder }: KeyboardInfo, name: string): boolean {
  return keyboard_folder === name;
}

async function readKle(rows: readonly unknown[]): Promise<readonly LayoutKey[]> {
  const skeleton = await post('/v1/converters/kle', { body: { raw: [...rows] } });
  return skeleton.layouts.LAYOUT.layout;
}
