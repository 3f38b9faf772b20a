/** The one door for files: tells what a text is, carries over what a keymap can hold, and says what it cannot. */
import type { JsonObject } from '../../../core/keymap/strict-json.ts';
import { isKeymapDocument } from '../keymap/document.ts';
import { openKbfirmware } from './kbfirmware.ts';
import type { OpenResult, OpenTarget } from './opened.ts';
import { openVia } from './via.ts';
import { openVial } from './vial.ts';

/** Characters. The largest exports of any of the tools have some tens of thousands. */
const MOST = 2_000_000;

/** Never throws, whatever the text is. */
export function openKeymapText(text: string, target: OpenTarget): OpenResult {
  if (text.length > MOST) return { kind: 'refused', reason: 'too-large' };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { kind: 'refused', reason: 'not-json' };
  }
  if (Array.isArray(value)) {
    const isKle = value.some(Array.isArray);
    return isKle ? { kind: 'kle', rows: value } : { kind: 'refused', reason: 'not-a-keymap' };
  }
  if (typeof value !== 'object' || value === null)
    return { kind: 'refused', reason: 'not-a-keymap' };
  return openObject(value as JsonObject, target);
}

function openObject(value: JsonObject, target: OpenTarget): OpenResult {
  if (Array.isArray(value.layout) && ('uid' in value || 'vial_protocol' in value)) {
    return openVial(value, target);
  }
  if (Array.isArray(value.layers) && 'vendorProductId' in value) return openVia(value, target);
  if ('layouts' in value && 'matrix' in value && !('layers' in value)) {
    return { kind: 'refused', reason: 'via-definition' };
  }
  const { keyboard } = value;
  const isKbfirmware =
    typeof keyboard === 'object' && keyboard !== null && 'keys' in keyboard && !('layers' in value);
  if (isKbfirmware) return openKbfirmware(keyboard as JsonObject, target);
  return openQmk(value, target);
}

/**
 * QMK's and the Configurator's own. Files of earlier years leave members out, and have layers with holes.
 */
function openQmk(value: JsonObject, { keyboard, layout }: OpenTarget): OpenResult {
  const { layers } = value;
  if (!Array.isArray(layers) || layers.length === 0) {
    return { kind: 'refused', reason: 'not-a-keymap' };
  }
  const whole = {
    ...value,
    keyboard: typeof value.keyboard === 'string' ? value.keyboard : keyboard,
    layout: typeof value.layout === 'string' ? value.layout : layout,
    layers: layers.map((layer) =>
      Array.isArray(layer)
        ? layer.map((keycode) => (typeof keycode === 'string' ? keycode : 'KC_TRNS'))
        : [],
    ),
  };
  if (!isKeymapDocument(whole)) return { kind: 'refused', reason: 'not-a-keymap' };
  return { kind: 'keymap', format: 'qmk', document: whole, losses: [] };
}
