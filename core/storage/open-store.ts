/** The artifact store that the settings name. */
import { dataPaths, type Settings } from '../settings.ts';
import type { ArtifactStore } from './contract.ts';
import { createFilesystemStore } from './filesystem-store.ts';
import { createS3Store } from './s3/s3-store.ts';

const MEBIBYTE = 1024 * 1024;

/** Nothing is touched, loaded or asked before the store is used. */
export function openArtifactStore(settings: Settings): ArtifactStore {
  if (settings.storageEngine === 'filesystem') {
    return createFilesystemStore({ root: dataPaths(settings).artifacts });
  }
  return createS3Store({
    host: settings.s3Host,
    region: settings.s3Location,
    bucket: settings.s3Bucket,
    accessKey: settings.s3AccessKey,
    secretKey: settings.s3SecretKey,
    links: settings.s3Downloads === 'redirect',
    linkSeconds: settings.s3DownloadTimeout,
    cacheBytes: settings.s3CacheMebibytes * MEBIBYTE,
  });
}
