/** The German catalogue, loaded when it is asked for. */
import about from './de/about.json' with { type: 'json' };
import builds from './de/builds.json' with { type: 'json' };
import common from './de/common.json' with { type: 'json' };
import editor from './de/editor.json' with { type: 'json' };
import errors from './de/errors.json' with { type: 'json' };
import flash from './de/flash.json' with { type: 'json' };
import frame from './de/frame.json' with { type: 'json' };
import health from './de/health.json' with { type: 'json' };
import keyboards from './de/keyboards.json' with { type: 'json' };
import sentences from './de/sentences.json' with { type: 'json' };
import service from './de/service.json' with { type: 'json' };
import settings from './de/settings.json' with { type: 'json' };
import trees from './de/trees.json' with { type: 'json' };

export const german = {
  about,
  builds,
  common,
  editor,
  errors,
  flash,
  frame,
  health,
  keyboards,
  sentences,
  service,
  settings,
  trees,
};
