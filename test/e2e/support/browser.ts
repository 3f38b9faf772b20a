/** Which browser the tests drive, and how it is started. */

/** A Chromium that talks to nothing but the addresses that a test opens. */
export const chromium = {
  executablePath: process.env.KILN_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Its sandbox refuses to be set up by root, as which containers run.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
};

/** Where a report for programs goes, if one is wanted. */
export const jsonReport = process.env.KILN_E2E_REPORT ?? null;

/** A build of the real QMK Configurator, if there is one to test with. */
export const realConfigurator = process.env.KILN_TEST_CONFIGURATOR ?? null;

/** How often a test that fails is tried again. */
export const retries = Number(process.env.KILN_TEST_RETRIES ?? 0);
