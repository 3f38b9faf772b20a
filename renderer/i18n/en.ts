/** The English catalogue: the one that others are held to. A file a part of the window. */
import about from './en/about.json' with { type: 'json' };
import builds from './en/builds.json' with { type: 'json' };
import common from './en/common.json' with { type: 'json' };
import editor from './en/editor.json' with { type: 'json' };
import errors from './en/errors.json' with { type: 'json' };
import flash from './en/flash.json' with { type: 'json' };
import frame from './en/frame.json' with { type: 'json' };
import health from './en/health.json' with { type: 'json' };
import keyboards from './en/keyboards.json' with { type: 'json' };
import sentences from './en/sentences.json' with { type: 'json' };
import service from './en/service.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import trees from './en/trees.json' with { type: 'json' };

export const english = {
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
