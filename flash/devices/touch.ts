/** The 1200-baud touch: Arduino's sign to a running board that it is to go over into its bootloader. */
import { KilnError } from '../../core/errors.ts';

const TOUCH_BAUD = 1200;

/**
 * Opens the port at 1200 baud and closes it. The board may leave in the middle of that, which is what it is for.
 * @throws KilnError `flash.permission`, `devices.unavailable`
 */
export async function touchPort(path: string): Promise<void> {
  // Loaded here, since it is native code: where it does not load, everything else still works.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({ path, baudRate: TOUCH_BAUD, autoOpen: false });
  // Without a listener, a board that leaves would end this process.
  port.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(toTouchError(path, error))));
  });
  // Some boards look at DTR as well; a port without such lines is no reason to stop.
  await new Promise<void>((resolve) => port.set({ dtr: false }, () => resolve()));
  await new Promise<void>((resolve) => port.close(() => resolve()));
}

function toTouchError(path: string, error: Error): KilnError {
  const isDenied = /permission denied|EACCES/i.test(error.message);
  return new KilnError(
    isDenied ? 'flash.permission' : 'devices.unavailable',
    `The serial port ${path} cannot be opened: ${error.message}.`,
    { cause: error, ...(isDenied ? {} : { remedy: 'Close the program that has the port open.' }) },
  );
}
