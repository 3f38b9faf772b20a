import { useMutation } from '@tanstack/react-query';
import { FileUp, History } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Job } from '../builds/follow-job.ts';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { formatBytes, formatRelative } from '../i18n/format.ts';
import { KeyboardPicture } from '../keyboards/keyboard-picture.tsx';
import { BuildForHand } from './build-for-hand.tsx';
import { ChooseBuild } from './choose-build.tsx';
import { type ImageSource, planFlash } from './flash-store.ts';
import styles from './prepare.module.css';
import { uploadImage } from './runs.ts';

/** The image: the build that was just made, one of before, or a file. */
export function ChooseImage({
  source,
  job,
}: {
  readonly source: ImageSource | null;
  readonly job: Job | null;
}) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const upload = useMutation({
    mutationFn: uploadImage,
    onSuccess: (image) =>
      planFlash({ source: { kind: 'file', image }, confirm: null, startWith: null }),
  });
  return (
    <section className={styles.group} aria-label={t('flash.image.label')}>
      <h3 className={styles.label}>{t('flash.image.label')}</h3>
      {source === null && <p className={styles.muted}>{t('flash.image.none')}</p>}
      {source?.kind === 'job' && job !== null && (
        <>
          <BuiltImage job={job} />
          <BuildForHand job={job} />
        </>
      )}
      {source?.kind === 'file' && (
        <div className={styles.card}>
          <div className={styles.facts}>
            <p className={styles.name}>{source.image.name}</p>
            <p className={styles.muted}>
              {t('flash.image.fromFile', { size: formatBytes(source.image.size) })}
            </p>
          </div>
        </div>
      )}
      {upload.error !== null && <ErrorNotice error={upload.error} />}
      <div className={styles.buttons}>
        <Button size="small" icon={<History />} onClick={() => setChoosing(true)}>
          {t('flash.image.build')}
        </Button>
        <Button
          size="small"
          icon={<FileUp />}
          disabled={upload.isPending}
          onClick={() => input.current?.click()}
        >
          {t('flash.image.file')}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".hex,.bin,.uf2"
          aria-label={t('flash.image.file')}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file !== undefined) upload.mutate(file);
            // The same file once more is a choice too.
            currentTarget.value = '';
          }}
        />
      </div>
      <ChooseBuild open={choosing} onClose={() => setChoosing(false)} />
    </section>
  );
}

function BuiltImage({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const { build, result, createdAt } = job;
  return (
    <div className={styles.card}>
      {build !== null && (
        <div className={styles.picture}>
          <KeyboardPicture tree={build.tree} keyboard={build.keyboard} />
        </div>
      )}
      <div className={styles.facts}>
        <p className={styles.name}>{build?.keyboard ?? job.kind}</p>
        {build !== null && (
          <p className={styles.muted}>
            {build.keymap} · {build.tree} · {formatRelative(createdAt, Date.now())}
          </p>
        )}
        <p className={styles.muted}>
          {result?.firmwareFilename == null ? (
            t('flash.image.notBuilt')
          ) : (
            <code>{result.firmwareFilename}</code>
          )}
          {result?.size != null && ` · ${formatBytes(result.size.used)}`}
        </p>
      </div>
    </div>
  );
}
