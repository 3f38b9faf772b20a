/** `kiln log-level`: how much the running service logs. */
import { LOG_LEVELS, type LogLevel } from '../../core/log-level.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { needServiceClient } from '../service/service-client.ts';

/** @param level shows the present one when absent. @throws KilnError `request.invalid` for one that there is not */
export async function logLevelCommand(
  level: string | undefined,
  options: GlobalOptions,
): Promise<number> {
  const { settings, terminal } = createContext(options);
  const client = await needServiceClient(settings);
  const path = '/kiln/v1/log-level';
  const now = await (level === undefined
    ? client.get<{ level: LogLevel }>(path)
    : client.put<{ level: LogLevel }>(path, { level }));
  terminal.line(
    level === undefined
      ? `${now.level} (of ${LOG_LEVELS.join(', ')})`
      : `The service and its workers log ${now.level} and above, until it ends.`,
  );
  terminal.result(now);
  return EXIT.ok;
}
