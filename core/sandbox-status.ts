/** How builds are contained on this machine, as the doctor, the logs and the service's health tell it. */

/**
 * - `full`: builds see nothing but the tree, the tools and their own folder, and have no network.
 * - `reduced`: limits on time, memory and files only, or a sandbox without a process namespace.
 * - `none`: builds run as any program of this account.
 */
export type SandboxLevel = 'full' | 'reduced' | 'none';

export interface SandboxStatus {
  readonly level: SandboxLevel;
  /** What contains builds, or why they are not contained fully, in a sentence. */
  readonly message: string;
  /** How to get the full level; null where there is nothing to mend, or nothing that could be. */
  readonly remedy: string | null;
}
