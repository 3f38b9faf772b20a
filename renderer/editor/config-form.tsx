import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CONFIG_RULES, type ConfigRule } from '../../core/keymap/config-rules.ts';
import type { JsonObject, JsonValue } from '../../core/keymap/strict-json.ts';
import { Button } from '../controls/button.tsx';
import styles from './config-form.module.css';
import type { EditedKeymap } from './keymap/document.ts';
import { keymapName } from './keymap/document.ts';
import { setConfig, setMember } from './keymap/keys.ts';
import { change } from './store/editor-store.ts';

/** Settings that many people change, with words of their own; the rest has QMK's names. */
const KNOWN = [
  'tapping.term',
  'tapping.permissive_hold',
  'tapping.hold_on_other_key_press',
  'tapping.retro',
  'tapping.chordal_hold',
  'tapping.flow_tap_term',
  'tapping.toggle',
  'oneshot.timeout',
  'debounce',
  'host.default.nkro',
  'build.lto',
] as const;

type Simple = Extract<ConfigRule, { kind: 'flag' | 'integer' | 'word' | 'effect' }>;
interface Setting {
  readonly path: readonly string[];
  readonly rule: Simple;
}

interface SwitchPlace {
  readonly path: readonly string[];
  readonly of: 'features' | 'effects';
}

/** As admission takes names of features and effects. */
const NAME = '[a-z][a-z0-9_]{0,39}';

/** Features that people switch by a keymap; any other can be typed. */
const FEATURES = [
  'auto_shift',
  'bootmagic',
  'caps_word',
  'combo',
  'command',
  'console',
  'dynamic_macro',
  'extrakey',
  'grave_esc',
  'key_lock',
  'leader',
  'mousekey',
  'nkro',
  'repeat_key',
  'rgb_matrix',
  'rgblight',
  'space_cadet',
  'swap_hands',
  'tri_layer',
];

function settingsOf(
  rules: Readonly<Record<string, ConfigRule>>,
  path: readonly string[] = [],
): Setting[] {
  return Object.entries(rules).flatMap(([name, rule]): Setting[] => {
    const inner = [...path, name];
    if (rule.kind === 'group') return settingsOf(rule.members, inner);
    if (rule.kind === 'switches') return [];
    return [{ path: inner, rule }];
  });
}

/** Places of names that are on or off: features of the keyboard, effects of its lights. */
function switchesOf(
  rules: Readonly<Record<string, ConfigRule>>,
  path: readonly string[] = [],
): SwitchPlace[] {
  return Object.entries(rules).flatMap(([name, rule]): SwitchPlace[] => {
    const inner = [...path, name];
    if (rule.kind === 'group') return switchesOf(rule.members, inner);
    return rule.kind === 'switches' ? [{ path: inner, of: rule.of }] : [];
  });
}

const ALL = settingsOf(CONFIG_RULES);
const SWITCHES = switchesOf(CONFIG_RULES);
const byName = new Map(ALL.map((setting) => [setting.path.join('.'), setting]));

function valueAt(config: JsonObject | undefined, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = config;
  for (const name of path) {
    const isGroup: boolean = typeof value === 'object' && value !== null && !Array.isArray(value);
    value =
      isGroup && Object.hasOwn(value as object, name) ? (value as JsonObject)[name] : undefined;
  }
  return value;
}

/** What belongs to the keymap as a whole: its name, the host's language, and the settings that a keymap may change. */
export function ConfigForm({
  keymap,
  languages,
}: {
  readonly keymap: EditedKeymap;
  readonly languages: readonly string[];
}) {
  const { t } = useTranslation();
  const { document } = keymap;
  const language = document.host_language ?? '';
  const isKnown = new Set<string>(KNOWN);
  return (
    <div className={styles.form}>
      <label className={styles.row}>
        <span>{t('editor.settings.name')}</span>
        <input
          key={keymapName(document)}
          defaultValue={keymapName(document)}
          pattern="[A-Za-z0-9_][A-Za-z0-9_\-]{0,127}"
          onBlur={({ currentTarget }) => {
            const { value, validity } = currentTarget;
            if (validity.valid && value !== '' && value !== document.keymap) {
              change('name', (edited) => setMember(edited, 'keymap', value));
            } else currentTarget.value = keymapName(document);
          }}
        />
      </label>
      <label className={styles.row}>
        <span>{t('editor.settings.language')}</span>
        <select
          value={language}
          onChange={({ currentTarget }) =>
            change('language', (edited) =>
              setMember(edited, 'host_language', currentTarget.value || undefined),
            )
          }
        >
          <option value="">{t('editor.settings.noLanguage')}</option>
          {[...new Set([...languages, ...(language === '' ? [] : [language])])].map((name) => (
            <option key={name} value={name}>
              {name.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </label>
      {KNOWN.map((name) => {
        const setting = byName.get(name);
        return (
          setting !== undefined && (
            <SettingRow
              key={name}
              setting={setting}
              label={t(`editor.setting.${name.replaceAll('.', '_') as Underscored<typeof name>}`)}
              value={valueAt(document.config, setting.path)}
            />
          )
        );
      })}
      <details className={styles.rest}>
        <summary>{t('editor.settings.all')}</summary>
        <div className={styles.form}>
          {ALL.filter(({ path }) => !isKnown.has(path.join('.'))).map((setting) => (
            <SettingRow
              key={setting.path.join('.')}
              setting={setting}
              label={setting.path.join('.')}
              isCode
              value={valueAt(document.config, setting.path)}
            />
          ))}
          {SWITCHES.map((place) => (
            <Switches
              key={place.path.join('.')}
              place={place}
              value={valueAt(document.config, place.path)}
            />
          ))}
        </div>
      </details>
      <p className={styles.hint}>{t('editor.settings.needsC')}</p>
    </div>
  );
}

/** `tapping.term` → `tapping_term`: the catalogue's keys have no dots of their own. */
type Underscored<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Head}_${Underscored<Tail>}`
  : Name;

function SettingRow({
  setting: { path, rule },
  label,
  value,
  isCode = false,
}: {
  readonly setting: Setting;
  readonly label: string;
  readonly value: JsonValue | undefined;
  readonly isCode?: boolean;
}) {
  const { t } = useTranslation();
  const id = useId();
  const set = (next: boolean | number | string | undefined) =>
    change('config', (edited) => setConfig(edited, path, next));
  const shown = value === undefined ? '' : String(value);
  return (
    <div className={styles.row}>
      <label htmlFor={id} title={path.join('.')}>
        {isCode ? <code>{label}</code> : label}
      </label>
      {rule.kind === 'effect' ? (
        <input
          key={shown}
          id={id}
          pattern={NAME}
          defaultValue={shown}
          placeholder={t('editor.settings.byDefault')}
          spellCheck={false}
          onBlur={({ currentTarget }) => {
            const { value: text, validity } = currentTarget;
            if (validity.valid) set(text === '' ? undefined : text);
            else currentTarget.reportValidity();
          }}
        />
      ) : rule.kind === 'integer' ? (
        <input
          key={shown}
          id={id}
          type="number"
          min={rule.least}
          max={rule.most}
          step={1}
          defaultValue={shown}
          placeholder={t('editor.settings.byDefault')}
          onBlur={({ currentTarget }) => {
            const { value: text, valueAsNumber, validity } = currentTarget;
            if (text === '') set(undefined);
            else if (validity.valid) set(valueAsNumber);
            else currentTarget.reportValidity();
          }}
        />
      ) : (
        <select
          id={id}
          value={shown}
          onChange={({ currentTarget }) => {
            const { value: text } = currentTarget;
            set(text === '' ? undefined : rule.kind === 'flag' ? text === 'true' : text);
          }}
        >
          <option value="">{t('editor.settings.byDefault')}</option>
          {rule.kind === 'flag' ? (
            <>
              <option value="true">{t('editor.settings.on')}</option>
              <option value="false">{t('editor.settings.off')}</option>
            </>
          ) : (
            rule.words.map((word) => (
              <option key={word} value={word}>
                {word}
              </option>
            ))
          )}
        </select>
      )}
    </div>
  );
}

/** Names that are on, off, or as the keyboard has them; those that the keymap says nothing about can be added. */
function Switches({
  place: { path, of },
  value,
}: {
  readonly place: SwitchPlace;
  readonly value: JsonValue | undefined;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState('');
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
  const names = isGroup ? Object.keys(value).sort() : [];
  const title = path.join('.');
  const add = (event: FormEvent) => {
    event.preventDefault();
    change('config', (edited) => setConfig(edited, [...path, name], true));
    setName('');
  };
  return (
    <fieldset className={styles.switches}>
      <legend>
        <code>{title}</code>
      </legend>
      {names.map((each) => (
        <SettingRow
          key={each}
          setting={{ path: [...path, each], rule: { kind: 'flag' } }}
          label={each}
          isCode
          value={isGroup ? (value as JsonObject)[each] : undefined}
        />
      ))}
      <form className={styles.row} onSubmit={add}>
        <input
          aria-label={t(`editor.settings.add.${of}`, { where: title })}
          placeholder={t(`editor.settings.example.${of}`)}
          list={of === 'features' ? id : undefined}
          pattern={NAME}
          required
          spellCheck={false}
          autoComplete="off"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {of === 'features' && (
          <datalist id={id}>
            {FEATURES.map((feature) => (
              <option key={feature} value={feature} />
            ))}
          </datalist>
        )}
        <Button size="small" type="submit">
          {t('editor.settings.switchOn')}
        </Button>
      </form>
    </fieldset>
  );
}
