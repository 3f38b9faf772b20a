/**
 * What a keymap may set in `config`, as data. Names and types follow QMK's `data/schemas/keyboard.jsonschema`
 * and `data/mappings/info_config.hjson`; where those leave an integer open, the range is that of the C type
 * that the firmware keeps it in. The lists are closed: a value is written into C and make text as it is, so
 * there is no free text, and nothing that changes which device an image is for.
 */

export type ConfigRule =
  | { readonly kind: 'flag' }
  | { readonly kind: 'integer'; readonly least: number; readonly most: number }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  /** The name of a lighting effect. */
  | { readonly kind: 'effect' }
  /** Names that are on or off. */
  | { readonly kind: 'switches'; readonly of: 'features' | 'effects'; readonly most: number }
  | { readonly kind: 'group'; readonly members: Readonly<Record<string, ConfigRule>> };

const flag: ConfigRule = { kind: 'flag' };
const integer = (least: number, most: number): ConfigRule => ({ kind: 'integer', least, most });
const word = (...words: readonly string[]): ConfigRule => ({ kind: 'word', words });
const group = (members: Readonly<Record<string, ConfigRule>>): ConfigRule => ({
  kind: 'group',
  members,
});

const byte = integer(0, 0xff);
const step = integer(1, 0xff);
const count = integer(0, 0xffff);
/** Milliseconds. */
const shortTime = integer(0, 0xffff);
/** Milliseconds; half of what the firmware's 32-bit timers span, so that comparisons stay right. */
const longTime = integer(0, 0x7fff_ffff);

const effects: ConfigRule = { kind: 'switches', of: 'effects', most: 128 };
const effect: ConfigRule = { kind: 'effect' };

const colourDefaults = {
  on: flag,
  animation: effect,
  hue: byte,
  sat: byte,
  val: byte,
  speed: byte,
};

const matrixLights = {
  animations: effects,
  led_flush_limit: shortTime,
  led_process_limit: count,
  max_brightness: byte,
  react_on_keyup: flag,
  sleep: flag,
  speed_steps: step,
  timeout: longTime,
  val_steps: step,
};

export const CONFIG_RULES: Readonly<Record<string, ConfigRule>> = {
  audio: group({
    default: group({ on: flag, clicky: flag }),
    macro_beep: flag,
    voices: flag,
  }),
  backlight: group({
    as_caps_lock: flag,
    breathing: flag,
    breathing_period: byte,
    default: group({ on: flag, breathing: flag, brightness: byte }),
    levels: integer(1, 31),
    max_brightness: byte,
  }),
  bootmagic: group({ enabled: flag }),
  build: group({ lto: flag }),
  caps_word: group({
    enabled: flag,
    both_shifts_turns_on: flag,
    double_tap_shift_turns_on: flag,
    idle_timeout: shortTime,
    invert_on_shift: flag,
  }),
  combo: group({ count, term: shortTime }),
  debounce: byte,
  dip_switch: group({ enabled: flag }),
  dynamic_keymap: group({ layer_count: integer(1, 32) }),
  encoder: group({ enabled: flag }),
  features: { kind: 'switches', of: 'features', most: 64 },
  host: group({ default: group({ nkro: flag }) }),
  layer_lock: group({ timeout: longTime }),
  leader_key: group({ timing: flag, strict_processing: flag, timeout: shortTime }),
  led_matrix: group({
    ...matrixLights,
    default: group({ on: flag, animation: effect, val: byte, speed: byte }),
  }),
  mouse_key: group({
    enabled: flag,
    delay: byte,
    interval: byte,
    max_speed: byte,
    time_to_max: byte,
    wheel_delay: byte,
  }),
  // The name that the mapping to config.h has; `mouse_key` is that of the schema.
  mousekey: group({
    delay: byte,
    interval: byte,
    max_speed: byte,
    time_to_max: byte,
    wheel_delay: byte,
  }),
  oneshot: group({ tap_toggle: byte, timeout: shortTime }),
  qmk: group({
    keys_per_scan: byte,
    locking: group({ enabled: flag, resync: flag }),
    tap_capslock_delay: shortTime,
    tap_keycode_delay: shortTime,
  }),
  rgb_matrix: group({
    ...matrixLights,
    default: group(colourDefaults),
    hue_steps: step,
    sat_steps: step,
  }),
  rgblight: group({
    animations: effects,
    brightness_steps: step,
    default: group(colourDefaults),
    // Which chip the strip has: real keymaps set it, since keyboards leave the strip to their owner.
    driver: word('apa102', 'custom', 'ws2812'),
    hue_steps: step,
    layers: group({ blink: flag, enabled: flag, max: integer(1, 32), override_rgb: flag }),
    led_count: integer(1, 0xff),
    max_brightness: byte,
    saturation_steps: step,
    sleep: flag,
    split: flag,
  }),
  secure: group({ enabled: flag, idle_timeout: longTime, unlock_timeout: longTime }),
  stenography: group({ enabled: flag, protocol: word('all', 'geminipr', 'txbolt') }),
  tapping: group({
    chordal_hold: flag,
    flow_tap_term: shortTime,
    force_hold: flag,
    force_hold_per_key: flag,
    hold_on_other_key_press: flag,
    hold_on_other_key_press_per_key: flag,
    ignore_mod_tap_interrupt: flag,
    permissive_hold: flag,
    permissive_hold_per_key: flag,
    retro: flag,
    retro_per_key: flag,
    term: shortTime,
    term_per_key: flag,
    toggle: byte,
  }),
};

/** Paths below `config` that describe the device; setting one would make an image for another device. */
const DEVICE_PATHS: ReadonlySet<string> = new Set([
  'apa102',
  'audio.driver',
  'audio.power_control',
  'backlight.driver',
  'backlight.on_state',
  'bluetooth',
  'board',
  'bootloader',
  'build.firmware_format',
  'community_layouts',
  'development_board',
  'diode_direction',
  'dynamic_keymap.eeprom_max_addr',
  'eeprom',
  'encoder.driver',
  'encoder.rotary',
  'haptic',
  'indicators',
  'joystick',
  'layout_aliases',
  'layouts',
  'led_matrix.driver',
  'led_matrix.layout',
  'matrix_pins',
  'pin_compatible',
  'platform_key',
  'processor',
  'ps2',
  'qmk_lufa_bootloader',
  'rgb_matrix.driver',
  'rgb_matrix.layout',
  'rgblight.led_map',
  'rgblight.rgbw',
  'split',
  'usb',
  'ws2812',
]);

/** Free text that would be compiled into the image. */
const TEXT_PATHS: ReadonlySet<string> = new Set([
  'bootloader_instructions',
  'keyboard_folder',
  'keyboard_name',
  'maintainer',
  'manufacturer',
  'url',
]);

/** Why a path outside of `CONFIG_RULES` is refused. */
export function reasonAgainst(path: readonly string[]): 'device' | 'text' | 'unknown' {
  const name = path.join('.');
  if (DEVICE_PATHS.has(name) || /(?:^|_)pins?$/.test(path.at(-1) ?? '')) return 'device';
  return TEXT_PATHS.has(name) ? 'text' : 'unknown';
}
