import { CircleAlert, LocateFixed } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Schema } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { editorPath } from '../frame/navigation.ts';
import { showKey, useWorkspace } from '../workspace/workspace.ts';
import styles from './build-errors.module.css';

type BuildError = Schema<'BuildSummary'>['errors'][number];

/** The errors of a build, before its log: each with the way to the key that caused it. */
export function BuildErrors({ errors }: { readonly errors: readonly BuildError[] }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const current = useWorkspace(({ current }) => current);
  if (errors.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={t('builds.errors')}>
      {errors.map(({ message, file, line, layer, index, keycode }) => (
        <li key={`${message} ${file} ${line} ${layer} ${index}`} className={styles.error}>
          <CircleAlert aria-hidden="true" />
          <div className={styles.words}>
            <p>{message}</p>
            <p className={styles.where}>
              {layer !== undefined && index !== undefined && (
                <span>{t('builds.keyAt', { layer, key: index })}</span>
              )}
              {keycode !== undefined && <code>{keycode}</code>}
              {file !== undefined && <code>{line === undefined ? file : `${file}:${line}`}</code>}
            </p>
          </div>
          {layer !== undefined && index !== undefined && current !== null && (
            <Button
              size="small"
              icon={<LocateFixed />}
              onClick={() => {
                showKey({ layer, index });
                navigate(editorPath(current.tree, current.keyboard));
              }}
            >
              {t('builds.showKey')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
