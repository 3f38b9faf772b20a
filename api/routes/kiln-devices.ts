/** `/kiln/v1/devices…`: what is attached to the service's machine. Only for who may flash. */
import { z } from 'zod';
import { installUdevRules, udevStatus } from '../../flash/udev/install.ts';
import { udevRules } from '../../flash/udev/rules.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import type { SendEvents } from '../event-stream.ts';
import { consoleStory, deviceStory } from '../flash-stories.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import { deviceListSchema, udevSchema } from '../schemas/kiln-flash.ts';
import { deviceView } from '../views/flash.ts';

const FLASH = { access: 'flash' } as const;
const security = [{ sessionToken: [] }];
const events = (description: string) => ({
  description,
  content: { 'text/event-stream': { schema: z.string() } },
});

export function kilnDeviceRoutes(
  app: Api,
  { flash }: ApiDependencies,
  sendEvents: SendEvents,
): void {
  app.get(
    '/kiln/v1/devices',
    {
      config: FLASH,
      schema: {
        summary: 'Attached keyboards and bootloaders, what can be done with each, and why not',
        tags: ['flash'],
        security,
        response: { 200: deviceListSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      const { devices, trouble } = await flash.devices();
      return { devices: devices.map(deviceView), trouble };
    },
  );
  app.get(
    '/kiln/v1/devices/events',
    {
      config: FLASH,
      schema: {
        summary: 'The same as server-sent events: `devices`, at once and after each change',
        tags: ['flash'],
        security,
        response: { 200: events('The list now, then after each change'), ...errorsOf(401) },
      },
    },
    async (request, reply) => sendEvents(request, reply, (signal) => deviceStory(flash, signal)),
  );
  app.get(
    '/kiln/v1/console/events',
    {
      config: FLASH,
      schema: {
        summary: 'What attached keyboards print on their debug consoles, as server-sent events',
        description: 'Events are `line` {at, device, title, text}. Consoles carry no keystrokes.',
        tags: ['flash'],
        security,
        response: { 200: events('Lines from now on'), ...errorsOf(401) },
      },
    },
    async (request, reply) => sendEvents(request, reply, (signal) => consoleStory(flash, signal)),
  );
  udevRoutes(app);
}

function udevRoutes(app: Api): void {
  const show = async () => {
    const status = await udevStatus();
    const { missing, files, target } = status;
    return { rules: udevRules(), target, missing: [...missing], files: [...files] };
  };
  app.get(
    '/kiln/v1/udev',
    {
      config: FLASH,
      schema: {
        summary: 'The udev rules that let a person open bootloaders, and whether they are missing',
        tags: ['flash'],
        security,
        response: { 200: udevSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return show();
    },
  );
  app.post(
    '/kiln/v1/udev/install',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Install them: asks for the administrator’s password on the service’s own desktop',
        tags: ['flash'],
        security,
        response: { 200: udevSchema, ...errorsOf(...BODY_REFUSALS, 401) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      await installUdevRules((line) => request.log.info({ udev: line }, 'installing udev rules'));
      return show();
    },
  );
}
