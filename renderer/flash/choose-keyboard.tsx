import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../workspace/workspace.ts';
import { useDevices } from './devices.ts';
import { type KeyboardRef, planFlash } from './flash-store.ts';
import styles from './prepare.module.css';

const keyOf = ({ tree, name }: KeyboardRef) => `${tree} ${name}`;

/** Which keyboard it is, where the image does not tell: those attached, and those worked on. */
export function ChooseKeyboard({ chosen }: { readonly chosen: KeyboardRef | null }) {
  const { t } = useTranslation();
  const id = useId();
  const recent = useWorkspace((workspace) => workspace.recent);
  const { data } = useDevices();
  const attached = (data?.devices ?? []).flatMap(({ keyboards }) => keyboards);
  const known = new Map(
    [
      ...(chosen === null ? [] : [chosen]),
      ...attached,
      ...recent.map(({ tree, keyboard }) => ({ tree, name: keyboard })),
    ].map((one) => [keyOf(one), one]),
  );
  return (
    <div className={styles.group}>
      <label className={styles.label} htmlFor={id}>
        {t('flash.keyboard.label')}
      </label>
      <div className={styles.buttons}>
        <select
          id={id}
          className={styles.select}
          value={chosen === null ? '' : keyOf(chosen)}
          onChange={(event) => planFlash({ keyboard: known.get(event.target.value) ?? null })}
        >
          <option value="">{t('flash.keyboard.any')}</option>
          {[...known].map(([key, { tree, name }]) => (
            <option key={key} value={key}>
              {name} · {tree}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
