/** What each cap of the drawing shows for a layer. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { checkKeycode, identifiersOf, parseKeycode } from '../../core/keymap/keycode.ts';
import type { LayoutKey } from '../api/keyboards.ts';
import type { CapFace } from '../drawing/key-cap.tsx';
import { rowsOf } from '../drawing/navigate.ts';
import type { EditedKeymap } from './keymap/document.ts';
import { isUnknownName, type KeycodeCatalogue } from './keymap/keycode-catalogue.ts';
import { legendOf } from './keymap/legend.ts';
import { fallsThroughTo } from './keymap/references.ts';

/** Why a keycode will not build, as far as that can be told here. */
export type KeyProblem =
  | { readonly kind: 'grammar'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'layer'; readonly layer: number };

/** @returns null for a keycode that nothing speaks against */
export function problemOf(
  keycode: string,
  catalogue: KeycodeCatalogue,
  declared: ReadonlySet<string>,
): KeyProblem | null {
  const problem = checkKeycode(keycode);
  if (problem !== null) return { kind: 'grammar', rule: problem.rule, reason: problem.reason };
  const parsed = parseKeycode(keycode).keycode;
  const name = (parsed === null ? [] : identifiersOf(parsed)).find((found) =>
    isUnknownName(catalogue, found, declared),
  );
  return name === undefined ? null : { kind: 'unknown', name };
}

/** Names that the keymap declares itself. */
export function declaredNames({ document }: EditedKeymap): ReadonlySet<string> {
  const { keycodes } = document;
  if (!Array.isArray(keycodes)) return new Set();
  return new Set(
    (keycodes as { key?: unknown; aliases?: unknown }[]).flatMap((entry) =>
      [entry?.key, ...(Array.isArray(entry?.aliases) ? entry.aliases : [])].filter(
        (name) => typeof name === 'string',
      ),
    ),
  );
}

interface FaceInput {
  readonly keymap: EditedKeymap;
  readonly keys: readonly LayoutKey[];
  readonly layer: number;
  readonly catalogue: KeycodeCatalogue;
  /** Keys that the last check or build named, as positions in the layer. */
  readonly failed: ReadonlySet<number>;
}

/** Faces of a layer. Those of keys that did not change are the same objects, so that only the others are drawn. */
export function useKeyFaces(input: FaceInput): readonly CapFace[] {
  const { keymap, keys, layer, catalogue, failed } = input;
  const { t, i18n } = useTranslation();
  const { layerNames, document } = keymap;
  const cache = useRef<{
    of: readonly unknown[];
    faces: Map<string, CapFace>;
    rows: ReturnType<typeof rowsOf>;
  }>({
    of: [],
    faces: new Map(),
    rows: [],
  });
  const of = [keys, layer, catalogue, layerNames, document.keycodes, i18n.language];
  if (of.some((value, index) => value !== cache.current.of[index])) {
    cache.current = { of, faces: new Map(), rows: rowsOf(keys) };
  }
  const { faces, rows } = cache.current;
  const declared = declaredNames(keymap);
  const nameOfLayer = (number: number) => layerNames[number] || String(number);

  const faceOf = (index: number): CapFace => {
    const keycode = document.layers[layer]?.[index] ?? '';
    const through = fallsThroughTo(document.layers, layer, index);
    const hasFailed = failed.has(index);
    const id = `${index} ${hasFailed} ${keycode} ${through?.keycode ?? ''}`;
    const seen = faces.get(id);
    if (seen !== undefined) return seen;
    const own = legendOf(keycode, catalogue, nameOfLayer);
    const isThrough = own.kind === 'transparent' && through !== null;
    const shown = isThrough ? legendOf(through.keycode, catalogue, nameOfLayer) : own;
    const { row, place } = rows[index] ?? { row: 1, place: index + 1 };
    const hasError = hasFailed || problemOf(keycode, catalogue, declared) !== null;
    const what =
      own.kind === 'transparent'
        ? t('editor.key.through', { what: shown.spokenTap || t('editor.key.nothing') })
        : own.spokenTap || t('editor.key.nothing');
    const hold = own.spokenHold === '' ? '' : t('editor.key.hold', { what: own.spokenHold });
    const error = hasError ? t('editor.key.error') : '';
    const label = t('editor.key.label', {
      row,
      place,
      what: what + hold,
      layer: nameOfLayer(layer),
      error,
    });
    const face: CapFace = {
      tap: shown.tap.join('\n'),
      hold: shown.hold.join('\n'),
      kind: own.kind,
      tint: own.layer,
      label,
      hasError,
    };
    faces.set(id, face);
    return face;
  };
  return keys.map((_, index) => faceOf(index));
}
