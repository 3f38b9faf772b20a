import { Lock } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { type ChangeableSetting, isPending, type Name, textOf } from './setting-values.ts';
import styles from './settings-page.module.css';

const HAVE_CHOICES = ['treeUpdates', 'testBuilds'] as const;
type WithChoices = (typeof HAVE_CHOICES)[number];

const hasWords = (name: Name): name is WithChoices =>
  (HAVE_CHOICES as readonly string[]).includes(name);

/** One setting of the service: what it does, its value for the next start, and what keeps it from being changed. */
export function SettingField({
  name,
  setting,
  text,
  refusal,
  onChange,
}: {
  readonly name: Name;
  readonly setting: ChangeableSetting;
  /** What the field holds. */
  readonly text: string;
  /** Why the service did not take it. */
  readonly refusal: string | null;
  readonly onChange: (text: string) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const { form, standard, fixedBy } = setting.change;
  const isNumber = form.kind === 'integer' || form.kind === 'number';
  const word = (choice: string) =>
    hasWords(name)
      ? t(`settings.service.choices.${name}.${choice}` as 'settings.service.choices.testBuilds.on')
      : choice;
  const common = {
    id,
    disabled: fixedBy !== null,
    'aria-describedby': `${id}-about`,
    'aria-invalid': refusal !== null,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{t(`settings.service.names.${name}`)}</label>
      {form.kind === 'choice' ? (
        <select
          {...common}
          className={styles.select}
          value={text}
          onChange={({ target }) => onChange(target.value)}
        >
          {form.choices?.map((choice) => (
            <option key={choice} value={choice}>
              {word(choice)}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          className={styles.input}
          value={text}
          placeholder={textOf(standard)}
          inputMode={isNumber ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
      <div id={`${id}-about`} className={styles.about}>
        {refusal !== null && <p className={styles.refusal}>{refusal}</p>}
        {fixedBy !== null && (
          <p className={styles.fixed}>
            <Lock aria-hidden="true" />
            {t(`settings.service.fixed.${fixedBy}`, { variable: setting.variable })}
          </p>
        )}
        {isPending(setting) && (
          <p className={styles.pending}>
            {t('settings.service.pending', { value: word(textOf(setting.value)) })}
          </p>
        )}
        <p>
          {t(`settings.service.about.${name}`)}
          {standard !== null && form.kind !== 'list' && (
            <> {t('settings.service.standard', { value: word(textOf(standard)) })}</>
          )}
        </p>
      </div>
    </div>
  );
}
