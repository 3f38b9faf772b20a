import { type ReactNode, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { parseKeycode, printKeycode } from '../../../core/keymap/keycode.ts';
import { LAYER_CALLS } from '../../../core/keymap/keycode-names.ts';
import { Button } from '../../controls/button.tsx';
import { declaredNames, problemOf } from '../key-faces.ts';
import { useProblemWords } from '../key-strip.tsx';
import type { EditedKeymap } from '../keymap/document.ts';
import { type KeycodeCatalogue, searchKeycodes } from '../keymap/keycode-catalogue.ts';
import { layersOf, TAP_LAYERS } from '../keymap/references.ts';
import { assign, currentKeymap, useEditor } from '../store/editor-store.ts';
import styles from './builders.module.css';

/** What the selected key does on a tap now: builders put a hold around it. */
function currentTap(): string {
  const { layer, cursor } = useEditor.getState();
  const keycode = currentKeymap()?.document.layers[layer]?.[cursor] ?? '';
  const { keycode: parsed } = parseKeycode(keycode);
  if (parsed === null) return 'KC_A';
  if (parsed.kind === 'layer-tap' || parsed.kind === 'mod-tap') return printKeycode(parsed.tap);
  if (parsed.kind === 'call' && parsed.call.endsWith('_T')) return printKeycode(parsed.keycode);
  const isPlain =
    parsed.kind === 'name' && !/^(?:KC_TRNS|KC_TRANSPARENT|KC_NO|X{7}|_{7})$/.test(parsed.name);
  return isPlain || parsed.kind === 'call' ? printKeycode(parsed) : 'KC_SPC';
}

/** A field that takes a keycode by its name, with the tree's names to choose from. */
function TapField({
  label,
  value,
  catalogue,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly catalogue: KeycodeCatalogue;
  readonly onChange: (value: string) => void;
}) {
  const list = useId();
  const offered = useMemo(() => searchKeycodes(catalogue, value, 20), [catalogue, value]);
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <input
        value={value}
        list={list}
        spellCheck={false}
        autoComplete="off"
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <datalist id={list}>
        {offered.map(({ name, label: shown }) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
      </datalist>
    </label>
  );
}

/** The keycode as it would be, what is wrong with it, and the button that gives it to the selected keys. */
function Result({
  keycode,
  catalogue,
  children,
}: {
  readonly keycode: string;
  readonly catalogue: KeycodeCatalogue;
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation();
  const keymap = useEditor(({ history }) => history?.present ?? null);
  const declared = useMemo(
    () => (keymap === null ? new Set<string>() : declaredNames(keymap)),
    [keymap],
  );
  const problem = problemOf(keycode, catalogue, declared);
  const words = useProblemWords(problem);
  return (
    <div className={styles.result}>
      <Button
        size="small"
        kind="plain"
        disabled={problem?.kind === 'grammar'}
        onClick={() => assign(keycode)}
      >
        {t('editor.compose.assign')}
      </Button>
      <code>{keycode}</code>
      {words === null ? (
        children
      ) : (
        <span className={styles.problem} role="status">
          {words}
        </span>
      )}
    </div>
  );
}

/** Keys that lead to a layer: how, which, and for a tap-hold what the tap does. */
export function LayerBuilder({
  keymap,
  catalogue,
}: {
  readonly keymap: EditedKeymap;
  readonly catalogue: KeycodeCatalogue;
}) {
  const { t } = useTranslation();
  const cursor = useEditor((state) => state.cursor);
  const [tap, setTap] = useState<{ at: number; text: string } | null>(null);
  const text = tap?.at === cursor ? tap.text : currentTap();
  const name = (layer: number) => keymap.layerNames[layer] || String(layer);
  const layers = keymap.document.layers.map((_, layer) => layer);
  return (
    <div className={styles.builder}>
      <table className={styles.table}>
        <tbody>
          <tr>
            <th scope="row">
              {t('editor.layerCall.LT')} <code>LT</code>
            </th>
            <td>
              {layers.slice(0, TAP_LAYERS + 1).map((layer) => (
                <button
                  key={layer}
                  type="button"
                  className={`${styles.layer} ${styles[`tint${layer % 8}`]}`}
                  title={`LT(${layer},${text})`}
                  aria-label={t('editor.layerCall.label', { call: 'LT', layer: name(layer) })}
                  onClick={() => assign(`LT(${layer},${text})`)}
                >
                  {name(layer)}
                </button>
              ))}
              <TapField
                label={t('editor.compose.tap')}
                value={text}
                catalogue={catalogue}
                onChange={(value) => setTap({ at: cursor, text: value })}
              />
            </td>
          </tr>
          {LAYER_CALLS.map((call) => (
            <tr key={call}>
              <th scope="row">
                {t(`editor.layerCall.${call}`)} <code>{call}</code>
              </th>
              <td>
                {layers.map((layer) => (
                  <button
                    key={layer}
                    type="button"
                    className={`${styles.layer} ${styles[`tint${layer % 8}`]}`}
                    title={`${call}(${layer})`}
                    aria-label={t('editor.layerCall.label', { call, layer: name(layer) })}
                    onClick={() => assign(`${call}(${layer})`)}
                  >
                    {name(layer)}
                  </button>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const MODS = ['CTL', 'SFT', 'ALT', 'GUI'] as const;
type Mod = (typeof MODS)[number];
const WAYS = ['tap', 'with', 'once'] as const;
type Way = (typeof WAYS)[number];

/** Modifiers: held with a key, on hold instead of it, or for the next key only. */
export function ModifierBuilder({ catalogue }: { readonly catalogue: KeycodeCatalogue }) {
  const { t } = useTranslation();
  const cursor = useEditor((state) => state.cursor);
  const [mods, setMods] = useState<readonly Mod[]>(['CTL']);
  const [side, setSide] = useState<'L' | 'R'>('L');
  const [way, setWay] = useState<Way>('tap');
  const [tap, setTap] = useState<{ at: number; text: string } | null>(null);
  const text = tap?.at === cursor ? tap.text : currentTap();
  const list = MODS.filter((mod) => mods.includes(mod)).map((mod) => `MOD_${side}${mod}`);
  const keycode = keycodeOf(way, list, text);
  return (
    <div className={styles.builder}>
      <fieldset className={styles.choices}>
        <legend>{t('editor.compose.way')}</legend>
        {WAYS.map((name) => (
          <label key={name}>
            <input type="radio" name="way" checked={way === name} onChange={() => setWay(name)} />
            {t(`editor.compose.ways.${name}`)}
          </label>
        ))}
      </fieldset>
      <fieldset className={styles.choices}>
        <legend>{t('editor.compose.mods')}</legend>
        {MODS.map((mod) => (
          <label key={mod}>
            <input
              type="checkbox"
              checked={mods.includes(mod)}
              onChange={({ currentTarget }) =>
                setMods(currentTarget.checked ? [...mods, mod] : mods.filter((one) => one !== mod))
              }
            />
            {t(`editor.compose.mod.${mod}`)}
          </label>
        ))}
        <span className={styles.divider} aria-hidden="true" />
        {(['L', 'R'] as const).map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="side"
              checked={side === name}
              onChange={() => setSide(name)}
            />
            {t(`editor.compose.side.${name}`)}
          </label>
        ))}
      </fieldset>
      {way !== 'once' && (
        <TapField
          label={way === 'tap' ? t('editor.compose.tap') : t('editor.compose.key')}
          value={text}
          catalogue={catalogue}
          onChange={(value) => setTap({ at: cursor, text: value })}
        />
      )}
      <Result keycode={keycode} catalogue={catalogue} />
    </div>
  );
}

function keycodeOf(way: Way, mods: readonly string[], tap: string): string {
  if (way === 'once') return mods.length === 0 ? 'KC_NO' : `OSM(${mods.join('|')})`;
  if (mods.length === 0) return tap;
  if (way === 'tap') {
    const [only] = mods;
    // The short form that QMK's own keymaps use.
    return mods.length === 1 ? `${only?.slice(4)}_T(${tap})` : `MT(${mods.join('|')},${tap})`;
  }
  return mods.reduceRight((inner, mod) => `${mod.slice(4)}(${inner})`, tap);
}

/** A keycode by hand: whatever the grammar of keymaps has, checked letter by letter. */
export function AnyKeycode({
  keymap,
  catalogue,
}: {
  readonly keymap: EditedKeymap;
  readonly catalogue: KeycodeCatalogue;
}) {
  const { t } = useTranslation();
  const { layer, cursor } = useEditor();
  const own = keymap.document.layers[layer]?.[cursor] ?? '';
  const [typed, setTyped] = useState<{ of: string; text: string } | null>(null);
  const of = `${layer} ${cursor} ${own}`;
  const text = typed?.of === of ? typed.text : own;
  const count = keymap.document.layers.length;
  const far = layersOf(text).find((target) => target >= count);
  const isSound = problemOf(text, catalogue, declaredNames(keymap))?.kind !== 'grammar';
  return (
    <form
      className={styles.builder}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSound) assign(text);
      }}
    >
      <label className={styles.field}>
        <span>{t('editor.any.label')}</span>
        <input
          className={styles.any}
          value={text}
          maxLength={80}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={!isSound}
          onChange={({ currentTarget }) => setTyped({ of, text: currentTarget.value })}
        />
      </label>
      <Result keycode={text} catalogue={catalogue}>
        {far !== undefined && (
          <span className={styles.problem} role="status">
            {t('editor.problem.layer', { layer: far })}
          </span>
        )}
      </Result>
      <p className={styles.hint}>{t('editor.any.hint')}</p>
    </form>
  );
}
