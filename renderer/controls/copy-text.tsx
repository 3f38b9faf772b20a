import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from './announcer.tsx';
import { Button } from './button.tsx';
import styles from './copy-text.module.css';

/** A button that puts a text into the clipboard, and says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(t('common.copied'));
  };
  return (
    <Button size="small" icon={copied ? <Check /> : <Copy />} onClick={() => void copy()}>
      {copied ? t('common.copied') : (label ?? t('common.copy'))}
    </Button>
  );
}

/** A command to type elsewhere, with its copy button. */
export function CopyText({ text }: { readonly text: string }) {
  return (
    <div className={styles.row}>
      <code className={styles.text}>{text}</code>
      <CopyButton text={text} />
    </div>
  );
}
