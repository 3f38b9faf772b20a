/** Kiln's own version, from its one source. */
import packageJson from '../package.json' with { type: 'json' };

export const RELEASE: string = packageJson.version;
