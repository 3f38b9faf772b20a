import { z } from 'zod';
import { LOG_LEVELS } from '../../core/log-level.ts';

const level = z.enum(LOG_LEVELS).describe('Each holds those after it');

export const logLevelSchema = z.object({ level }).meta({ id: 'LogLevel' });
export const logLevelBody = z.strictObject({ level });
