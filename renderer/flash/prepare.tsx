import { Timer, Zap } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useJob } from '../builds/follow-job.ts';
import { Button } from '../controls/button.tsx';
import { ErrorNotice } from '../controls/error-notice.tsx';
import { useWorkspace } from '../workspace/workspace.ts';
import { ChooseImage } from './choose-image.tsx';
import { ChooseKeyboard } from './choose-keyboard.tsx';
import { ChooseWork } from './choose-work.tsx';
import { useDevices } from './devices.ts';
import { needsImage, planFlash, useFlashPlan } from './flash-store.ts';
import { Instructions } from './instructions.tsx';
import { ARMED_SECONDS, readinessOf, requestOf } from './plan-request.ts';
import styles from './prepare.module.css';
import { PreviewResult } from './preview-result.tsx';
import { type StartRun, usePreview, useStartRun } from './runs.ts';

/** What, onto which keyboard, and whether that fits: everything before a run is started. */
export function Prepare() {
  const { t } = useTranslation();
  const plan = useFlashPlan();
  const current = useWorkspace((workspace) => workspace.current);
  const [eeprom, setEeprom] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const wantsImage = needsImage(plan.action, eeprom);
  const source = useChosenSource(wantsImage);
  const { data: job } = useJob(source?.kind === 'job' ? source.id : null);
  const built = job?.build ?? null;
  const isBuilt = wantsImage && built !== null;
  const keyboard =
    isBuilt || plan.keyboard !== null || wantsImage
      ? plan.keyboard
      : current === null
        ? null
        : { tree: current.tree, name: current.keyboard };
  const body = requestOf({ ...plan, source, keyboard: isBuilt ? null : keyboard, eeprom });
  const { data: attached } = useDevices();
  const instances = (attached?.devices ?? []).map(({ instance }) => instance).join();
  const preview = usePreview(body, instances);
  const found = body === null || preview.isError ? undefined : preview.data;
  const readiness = found === undefined ? null : readinessOf(found, plan.confirm, typed);
  const start = useStart();
  const begin = (more: Partial<StartRun> = {}) => {
    if (body === null) return;
    const confirmation = typed.trim() === '' ? {} : { confirmation: typed.trim() };
    start.mutate({ ...body, ...confirmation, ...more });
  };

  useEffect(() => setEeprom(preview.data?.bootloader?.eeprom ?? null), [preview.data]);
  const isFresh = !preview.isPlaceholderData && !preview.isFetching;
  useStartByItself(source, isFresh ? (readiness?.state ?? null) : null, () => begin());

  const isReady = readiness?.state === 'ready' && !start.isPending;
  const isHere = found?.device != null;
  return (
    <div className={styles.prepare}>
      <ChooseWork action={plan.action} hand={plan.hand} />
      {wantsImage && <ChooseImage source={source} job={job ?? null} />}
      {!isBuilt && <ChooseKeyboard chosen={keyboard} />}
      {preview.error !== null && <ErrorNotice error={preview.error} />}
      {found !== undefined && (
        <PreviewResult
          preview={found}
          withImage={wantsImage}
          readiness={readiness}
          typed={typed}
          onType={setTyped}
        />
      )}
      {found?.bootloader != null && !isHere && (
        <Instructions
          title={t('flash.enter', { bootloader: found.bootloader.name })}
          lines={found.bootloader.enter}
        />
      )}
      {start.error !== null && <ErrorNotice error={start.error} />}
      <div className={styles.actions}>
        <Button kind="primary" icon={<Zap />} disabled={!isReady} onClick={() => begin()}>
          {t(isHere ? `flash.start.${plan.action}` : `flash.await.${plan.action}`)}
        </Button>
        {plan.action === 'flash' && !isHere && (
          <ArmButton disabled={!isReady} onArm={() => begin({ waitSeconds: ARMED_SECONDS })} />
        )}
      </div>
    </div>
  );
}

function ArmButton({
  disabled,
  onArm,
}: {
  readonly disabled: boolean;
  readonly onArm: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <>
      <Button icon={<Timer />} disabled={disabled} aria-describedby={id} onClick={onArm}>
        {t('flash.arm')}
      </Button>
      <p id={id} className={styles.note}>
        {t('flash.armAbout')}
      </p>
    </>
  );
}

/** What was chosen; else the build that was just made. */
function useChosenSource(wanted: boolean) {
  const chosen = useFlashPlan(({ source }) => source);
  const jobId = useWorkspace((workspace) => workspace.jobId);
  const { data: latest } = useJob(wanted && chosen === null ? jobId : null);
  if (chosen !== null) return chosen;
  const isBuilt = latest?.id === jobId && latest?.result?.firmwareFilename != null;
  return isBuilt && jobId !== null ? ({ kind: 'job', id: jobId } as const) : null;
}

function useStart() {
  const start = useStartRun();
  const { mutate } = start;
  return {
    ...start,
    mutate: (body: StartRun) => {
      planFlash({ startWith: null });
      mutate(body, { onSuccess: ({ id }) => planFlash({ runId: id, confirm: null }) });
    },
  };
}

/** «Build and flash»: the run begins by itself, once, when nothing speaks against it. */
function useStartByItself(
  source: ReturnType<typeof useChosenSource>,
  readiness: 'ready' | 'mismatch' | 'stop' | null,
  begin: () => void,
): void {
  const startWith = useFlashPlan((plan) => plan.startWith);
  const isMeant = startWith !== null && source?.kind === 'job' && source.id === startWith;
  useEffect(() => {
    if (!isMeant || readiness === null) return;
    planFlash({ startWith: null });
    if (readiness === 'ready') begin();
  });
}
