import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, post, ServiceError } from '../api/client.ts';
import { type KeyboardInfo, useKeyboard } from '../api/keyboards.ts';
import { isEnded, type Job } from '../builds/follow-job.ts';
import { readKeymapOfBuild } from '../builds/keymap-of-build.ts';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { type Hand, planFlash } from './flash-store.ts';
import styles from './prepare.module.css';

const HANDS: readonly Hand[] = ['left', 'right'];
const LOOK_EVERY_MS = 250;

/** Whether the firmware itself makes its half the left or the right one: QMK does so on ChibiOS alone. */
export function holdsHand(info: KeyboardInfo | undefined): boolean {
  return info?.split?.enabled === true && info.platform_key === 'chibios';
}

/** Builds the same keymap for one half. @returns the new build's id, once it has an image */
async function buildForHand(job: Job, hand: Hand): Promise<string> {
  const keymap = await readKeymapOfBuild(job.id);
  const body = { ...keymap, branch: job.build?.tree, hand } as never;
  const { job_id: id } = await post('/v1/compile', { body });
  for (;;) {
    const now = await get('/kiln/v1/jobs/{id}', { path: { id } });
    if (isEnded(now) && (now.state !== 'finished' || now.result !== null)) {
      if (now.result?.firmwareFilename != null) return id;
      throw new ServiceError(422, now.error ?? { code: 'job.no-file' });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** For a split keyboard whose halves are told apart by their firmware: an image for each, one after the other. */
export function BuildForHand({ job }: { readonly job: Job }) {
  const { t } = useTranslation();
  const { build } = job;
  const { data: info } = useKeyboard(build?.tree ?? '', build?.keyboard ?? '', build !== null);
  const start = useMutation({
    mutationFn: (hand: Hand) => buildForHand(job, hand),
    onSuccess: (id) =>
      planFlash({ action: 'flash', source: { kind: 'job', id }, confirm: null, startWith: null }),
  });
  if (build === null || !holdsHand(info)) return null;
  return (
    <fieldset className={styles.group}>
      <legend className={styles.label}>{t('flash.halves.label')}</legend>
      <p className={styles.muted}>{t('flash.halves.about')}</p>
      <div className={styles.buttons}>
        {HANDS.map((hand) => (
          <Button
            key={hand}
            size="small"
            disabled={start.isPending || build.hand === hand}
            onClick={() => start.mutate(hand)}
          >
            {t(build.hand === hand ? 'flash.halves.is' : 'flash.halves.build', {
              hand: t(`flash.hand.${hand}`),
            })}
          </Button>
        ))}
      </div>
      {start.isPending && (
        <p className={styles.muted} role="status">
          {t('flash.halves.building')}
        </p>
      )}
      {start.error !== null && <ErrorNotice error={start.error} />}
    </fieldset>
  );
}
