/** The keymap as a picture, all layers. */
import { useTranslation } from 'react-i18next';
import type { KeyboardInfo } from '../api/keyboards.ts';
import { drawPicture } from '../drawing/picture.ts';
import { encoderCount, layoutKeys } from './fit-keyboard.ts';
import type { EditedKeymap } from './keymap/document.ts';
import type { KeycodeCatalogue } from './keymap/keycode-catalogue.ts';
import { encoderKeycodes } from './keymap/keys.ts';
import { legendOf } from './keymap/legend.ts';
import { fallsThroughTo } from './keymap/references.ts';

export function usePicture({
  keyboard,
  info,
  keymap,
  catalogue,
}: {
  readonly keyboard: string;
  readonly info: KeyboardInfo;
  readonly keymap: EditedKeymap;
  readonly catalogue: KeycodeCatalogue;
}) {
  const { t } = useTranslation();
  return () => {
    const { layers, layout } = keymap.document;
    const nameOf = (layer: number) => keymap.layerNames[layer] || String(layer);
    const legend = (keycode: string) => legendOf(keycode, catalogue, nameOf);
    const pictured = layers.map((layer, number) => ({
      title:
        keymap.layerNames[number] === undefined || keymap.layerNames[number] === ''
          ? t('editor.layers.numbered', { layer: number })
          : `${number} ${keymap.layerNames[number]}`,
      faces: layer.map((keycode, index) => {
        const own = legend(keycode);
        const through = own.kind === 'transparent' ? fallsThroughTo(layers, number, index) : null;
        const shown = through === null ? own : legend(through.keycode);
        return {
          tap: shown.tap.join('\n'),
          hold: shown.hold.join('\n'),
          kind: own.kind,
          tint: own.layer,
          label: '',
          hasError: false,
        };
      }),
      notes: Array.from({ length: encoderCount(info) }, (_, encoder) => {
        const { ccw, cw } = encoderKeycodes(keymap, number, encoder);
        const word = (keycode: string) => legend(keycode).spokenTap || '–';
        return t('editor.dial.note', { dial: encoder + 1, ccw: word(ccw), cw: word(cw) });
      }),
    }));
    return drawPicture(
      `${info.keyboard_name ?? keyboard} · ${keymap.document.keymap ?? ''}`,
      layoutKeys(info, layout) ?? [],
      pictured,
    );
  };
}
