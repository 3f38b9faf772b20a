import { CircleAlert, LocateFixed } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Schema } from '../api/client.ts';
import { Button } from '../controls/button.tsx';
import { Words } from '../controls/words.tsx';
import { editorPath } from '../frame/navigation.ts';
import { showKey } from '../workspace/workspace.ts';
import styles from './build-errors.module.css';
import type { Job } from './follow-job.ts';

type BuildError = Schema<'BuildSummary'>['errors'][number];

/** The errors of a build, before its log: each with the way to the key that caused it. */
export function BuildErrors({
  errors,
  build,
  jobId,
}: {
  readonly errors: readonly BuildError[];
  readonly build: Job['build'];
  /** Opens the build's own keymap, where another one may be open; absent for the build that belongs to what is open. */
  readonly jobId?: string;
}) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  if (errors.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={t('builds.errors')}>
      {errors.map(({ message, file, line, layer, index, keycode }) => (
        <li key={`${message} ${file} ${line} ${layer} ${index}`} className={styles.error}>
          <CircleAlert aria-hidden="true" />
          <div className={styles.words}>
            <p>
              <Words text={message} />
            </p>
            <p className={styles.where}>
              {layer !== undefined && index !== undefined && (
                <span>{t('builds.keyAt', { layer, key: index })}</span>
              )}
              {keycode !== undefined && <code>{keycode}</code>}
              {file !== undefined && <code>{line === undefined ? file : `${file}:${line}`}</code>}
            </p>
          </div>
          {layer !== undefined && index !== undefined && build !== null && (
            <Button
              size="small"
              icon={<LocateFixed />}
              onClick={() => {
                showKey({ layer, index });
                const path = editorPath(build.tree, build.keyboard);
                navigate(jobId === undefined ? path : `${path}?job=${jobId}`);
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
