import { Zap } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Button } from '../controls/button.tsx';
import { flashBuild } from '../flash/flash-store.ts';
import { flashWhenBuilt, useDockBuild } from '../workspace/dock-build.ts';
import { isEnded, type Job } from './follow-job.ts';
import { outcomeOf } from './outcome.tsx';

/** Beside a keymap: build and flash. Elsewhere: flash what was built. */
export function DockFlash({ job }: { readonly job: Job | undefined }) {
  const { t } = useTranslation();
  const [location, navigate] = useLocation();
  const build = useDockBuild((state) => state.build);
  const awaited = useDockBuild((state) => state.flashWhenBuilt);
  const [starting, setStarting] = useState(false);

  useEffect(() => {
    if (job === undefined || job.id !== awaited || !isEnded(job)) return;
    // Its end is known a moment before its result is.
    if (job.state === 'finished' && job.result === null) return;
    flashWhenBuilt(null);
    if (outcomeOf(job) !== 'built') return;
    flashBuild(job.id, { byItself: true });
    navigate('/flash');
  }, [job, awaited, navigate]);

  if (build !== null) {
    const start = async () => {
      setStarting(true);
      try {
        flashWhenBuilt(await build());
      } catch {
        // The editor says what is wrong with the keymap.
        flashWhenBuilt(null);
      } finally {
        setStarting(false);
      }
    };
    const isBusy = starting || (awaited !== null && awaited === job?.id);
    return (
      <Button size="small" icon={<Zap />} disabled={isBusy} onClick={() => void start()}>
        {t('flash.dock.buildAndFlash')}
      </Button>
    );
  }
  if (job === undefined || outcomeOf(job) !== 'built' || location.startsWith('/flash')) return null;
  const flash = () => {
    flashBuild(job.id);
    navigate('/flash');
  };
  return (
    <Button size="small" icon={<Zap />} onClick={flash}>
      {t('flash.dock.flash')}
    </Button>
  );
}
