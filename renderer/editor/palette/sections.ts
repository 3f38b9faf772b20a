/** How the palette sorts the keycodes of a tree. */
import type { CatalogueKeycode, KeycodeCatalogue } from '../keymap/keycode-catalogue.ts';

/** Sections of the basic keys, and QMK's groups; `other` for groups of trees to come. */
export const SECTIONS = [
  'nothing',
  'letters',
  'digits',
  'signs',
  'modifiers',
  'editing',
  'host',
  'functions',
  'pad',
  'international',
  'rare',
  'media',
  'system',
  'mouse',
  'backlight',
  'led_matrix',
  'underglow',
  'rgb',
  'rgb_matrix',
  'quantum',
  'macro',
  'magic',
  'audio',
  'midi',
  'sequencer',
  'steno',
  'swap_hands',
  'joystick',
  'programmable_button',
  'connection',
  'kb',
  'user',
  'other',
] as const;
export type Section = (typeof SECTIONS)[number];

export interface KeycodeSection {
  readonly group: Section;
  readonly keycodes: readonly CatalogueKeycode[];
}

const BASIC: ReadonlySet<string> = new Set(['basic', 'modifiers', 'internal', 'host']);

const TAB_GROUPS = {
  media: ['media', 'system', 'mouse'],
  lights: ['backlight', 'led_matrix', 'underglow', 'rgb', 'rgb_matrix'],
} as const;

function basicSection({ key, group }: CatalogueKeycode): Section {
  if (group === 'internal') return 'nothing';
  if (group === 'modifiers' || group === 'host') return group;
  if (/^KC_[A-Z]$/.test(key)) return 'letters';
  if (/^KC_[0-9]$/.test(key)) return 'digits';
  if (/^KC_F[0-9]+$/.test(key)) return 'functions';
  if (/^KC_KP_/.test(key)) return key === 'KC_KP_EQUAL_AS400' ? 'rare' : 'pad';
  if (/^KC_(?:INTERNATIONAL|LANGUAGE)_|^KC_NONUS_/.test(key)) return 'international';
  if (
    /^KC_(?:MINUS|EQUAL|LEFT_BRACKET|RIGHT_BRACKET|BACKSLASH|SEMICOLON|QUOTE|GRAVE|COMMA|DOT|SLASH)$/.test(
      key,
    )
  ) {
    return 'signs';
  }
  if (
    /^KC_(?:ENTER|ESCAPE|BACKSPACE|TAB|SPACE|CAPS_LOCK|PRINT_SCREEN|SCROLL_LOCK|PAUSE|INSERT|HOME|PAGE_UP|DELETE|END|PAGE_DOWN|RIGHT|LEFT|DOWN|UP|NUM_LOCK|APPLICATION)$/.test(
      key,
    )
  ) {
    return 'editing';
  }
  return 'rare';
}

export function basicSections({ all, hostKeycodes }: KeycodeCatalogue): readonly KeycodeSection[] {
  return sorted(
    [...all, ...hostKeycodes].filter(({ group }) => BASIC.has(group)),
    basicSection,
  );
}

/** @param tab `more`: whatever no other tab has */
export function groupsOf(
  { all }: KeycodeCatalogue,
  tab: 'media' | 'lights' | 'more',
): readonly KeycodeSection[] {
  const elsewhere = new Set<string>([...BASIC, ...TAB_GROUPS.media, ...TAB_GROUPS.lights]);
  const wanted = new Set<string>(tab === 'more' ? [] : TAB_GROUPS[tab]);
  const belongs = (group: string) => (tab === 'more' ? !elsewhere.has(group) : wanted.has(group));
  return sorted(
    all.filter(({ group }) => belongs(group)),
    ({ group }) => SECTIONS.find((section) => section === group) ?? 'other',
  );
}

function sorted(
  keycodes: readonly CatalogueKeycode[],
  sectionOf: (keycode: CatalogueKeycode) => Section,
): readonly KeycodeSection[] {
  return SECTIONS.map((group) => ({
    group,
    keycodes: keycodes.filter((keycode) => sectionOf(keycode) === group),
  })).filter((section) => section.keycodes.length > 0);
}
