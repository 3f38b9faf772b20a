/** How much, and for how long, one client may keep the service busy. */
export interface ApiLimits {
  /** Bytes of a request body, counted while it is read. */
  readonly bodyBytes: number;
  /** From the first byte of a request's head to its last. Not above `requestMs`. */
  readonly headersMs: number;
  /** From the first byte of a request to the last of its body. */
  readonly requestMs: number;
  /** How often the two above are looked at. */
  readonly checkMs: number;
  /** Silence on a connection in the middle of an answer. Well above `heartbeatMs`. */
  readonly idleMs: number;
  /** Silence on a connection between two requests. */
  readonly keepAliveMs: number;
  readonly requestsPerConnection: number;
  readonly connections: number;
  /** Of one other machine at the same time. */
  readonly connectionsOfOne: number;
  /** Between two signs of life on an event stream. */
  readonly heartbeatMs: number;
  /** How long answers under way may go on after the service was told to stop. */
  readonly closeMs: number;
}

export const LIMITS: ApiLimits = {
  // Of 3 760 published keymaps the largest has 11 KiB.
  bodyBytes: 256 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 5_000,
  idleMs: 120_000,
  // Longer than the 2.5 to 3.5 s between two polls of QMK Configurator.
  keepAliveMs: 10_000,
  requestsPerConnection: 1_000,
  connections: 512,
  // A browser opens six; some room for a few people behind one address.
  connectionsOfOne: 64,
  heartbeatMs: 15_000,
  closeMs: 5_000,
};
