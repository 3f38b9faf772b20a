/* SPDX-License-Identifier: MIT */
/*
 * How it works
 *
 * Every key that is down remembers the keycode it acts as (`held`), so that its release undoes
 * what its press did, whatever the layers are by then. Reports are computed from all held keys
 * rather than adjusted step by step: nothing can be left behind.
 *
 * A dual-role key (mod-tap, layer-tap) is pending from its press until it is decided. Events that
 * arrive meanwhile wait in a queue, since what they mean may depend on the decision. The rules are
 * QMK's: held for the tapping term or longer makes a hold, released earlier makes a tap, whatever
 * other keys do in between, unless one of the two options in board.h says otherwise.
 */
#include "keymap_engine.h"

#include <string.h>

#include "board.h"
#include "keycodes.h"
#include "keymap.h"
#include "media_keys.h"

#define KEY_COUNT (MATRIX_ROWS * MATRIX_COLS)
#define NO_KEY 0xFF
#define LAYER_LIMIT 32
/* More events than fingers. If it ever fills up, the pending key is taken as held. */
#define QUEUE_LENGTH 16
/* Usage ErrorRollOver of the keyboard page: the keys are too many to tell (HID 1.11, app. C). */
#define ERROR_ROLL_OVER 0x01

_Static_assert(KEY_COUNT < NO_KEY, "a key number fits in a byte");

static struct {
    uint16_t held[KEY_COUNT]; /* what each key that is down acts as, KC_NO for a key that is up */
    uint32_t layers;          /* bit n: layer n is on */
    uint32_t default_layers;  /* bit n: layer n is the one below all others */
    struct keyboard_report keyboard; /* as last sent */
    uint16_t consumer;               /* as last sent */
    uint8_t system;                  /* as last sent */
    uint8_t wrapped_key;       /* the key whose wrapped modifiers, as in LSFT(KC_1), apply */
    uint8_t wrapped_modifiers; /* in the form of a report */
    bool is_pending;           /* a dual-role key waits for its decision */
    struct key_event pending;
    uint16_t pending_keycode;
    uint8_t tapped_key;      /* the last key that acted as a tap, NO_KEY when another came after */
    bool tapped_key_is_down;
    uint16_t tapped_at;      /* when it was released, ms */
    struct key_event queue[QUEUE_LENGTH];
    uint8_t queue_length;
} engine;

enum decision { UNDECIDED, TAP, HOLD };

static uint8_t key_number(struct key_event event) {
    return (uint8_t)(event.row * MATRIX_COLS + event.col);
}

static bool is_modifier(uint8_t usage) {
    return usage >= KC_LEFT_CTRL && usage <= KC_RIGHT_GUI;
}

static bool is_system_key(uint8_t keycode) {
    return keycode >= KC_SYSTEM_POWER && keycode <= KC_SYSTEM_WAKE;
}

static bool is_keyboard_usage(uint8_t keycode) {
    return keycode >= KC_A && keycode < KC_SYSTEM_POWER;
}

static bool is_dual_role(uint16_t keycode) {
    return keycode >= QK_MOD_TAP && keycode <= QK_LAYER_TAP_MAX;
}

/* From a keycode's five bits (bit 4: the right hand's) to the eight bits of a report. */
static uint8_t report_modifiers(uint8_t bits) {
    return (bits & 0x10) ? (uint8_t)(bits << 4) : (bits & 0x0F);
}

static uint32_t layer_bit(uint16_t keycode) {
    return (uint32_t)1 << (keycode & 0x1F);
}

/* The keycode of a key on the topmost layer that is on and not transparent there. */
static uint16_t current_keycode(struct key_event event) {
    uint32_t active = engine.layers | engine.default_layers;
    uint8_t layer = keymap_layer_count();
    if (layer > LAYER_LIMIT) {
        layer = LAYER_LIMIT;
    }
    while (layer-- > 0) {
        if (layer == 0 || (active & ((uint32_t)1 << layer))) {
            uint16_t keycode = keymap_keycode(layer, event.row, event.col);
            if (keycode != KC_TRANSPARENT) {
                return keycode;
            }
        }
    }
    return KC_NO;
}

static void add_usage(struct keyboard_report *report, uint8_t *count, uint8_t usage) {
    for (uint8_t i = 0; i < *count && i < REPORT_KEYS; i++) {
        if (report->keys[i] == usage) {
            return;
        }
    }
    if (*count < REPORT_KEYS) {
        report->keys[*count] = usage;
    }
    (*count)++;
}

/* The report that all held keys make together. */
static struct keyboard_report build_report(void) {
    struct keyboard_report report = {0};
    uint8_t count = 0;
    report.modifiers = engine.wrapped_modifiers;
    for (uint8_t key = 0; key < KEY_COUNT; key++) {
        uint16_t keycode = engine.held[key];
        uint8_t usage = (uint8_t)keycode;
        if (keycode <= QK_MODS_MAX) {
            if (is_keyboard_usage(usage)) {
                add_usage(&report, &count, usage);
            } else if (is_modifier(usage)) {
                report.modifiers |= (uint8_t)(1 << (usage - KC_LEFT_CTRL));
            }
            if (usage == KC_NO || is_modifier(usage)) {
                report.modifiers |= report_modifiers((uint8_t)(keycode >> 8));
            }
        } else if (keycode >= QK_LAYER_MOD && keycode <= QK_LAYER_MOD_MAX) {
            report.modifiers |= report_modifiers(keycode & 0x1F);
        }
    }
    if (count > REPORT_KEYS) {
        memset(report.keys, ERROR_ROLL_OVER, REPORT_KEYS);
    }
    return report;
}

static void send_keyboard(struct keyboard_report report) {
    if (memcmp(&report, &engine.keyboard, sizeof report) != 0) {
        engine.keyboard = report;
        output_keyboard(&report);
    }
}

/*
 * Sends what changed. When modifiers and keys change at once, they go in two reports, so that no
 * host can apply a modifier to the wrong key: on a press the modifiers go first, on a release
 * the keys.
 */
static void publish(bool pressed) {
    struct keyboard_report next = build_report();
    struct keyboard_report first = pressed ? engine.keyboard : next;
    first.modifiers = pressed ? next.modifiers : engine.keyboard.modifiers;
    send_keyboard(first);
    send_keyboard(next);
}

static void send_consumer(uint16_t usage) {
    if (usage != engine.consumer) {
        engine.consumer = usage;
        output_consumer(usage);
    }
}

static void send_system(uint8_t control) {
    if (control != engine.system) {
        engine.system = control;
        output_system(control);
    }
}

static uint8_t system_control(uint8_t keycode) {
    return is_system_key(keycode) ? (uint8_t)(keycode - KC_SYSTEM_POWER + 1) : 0;
}

/* Presses a keycode of QK_BASIC or QK_MODS. The modifiers around a key apply to that key only. */
static void press_basic(uint8_t key, uint16_t keycode) {
    uint8_t code = (uint8_t)keycode;
    if (code != KC_NO && !is_modifier(code)) {
        engine.wrapped_key = key;
        engine.wrapped_modifiers = report_modifiers((uint8_t)(keycode >> 8));
    }
    publish(true);
    if (media_key_usage(code) != 0) {
        send_consumer(media_key_usage(code));
    } else if (is_system_key(code)) {
        send_system(system_control(code));
    }
}

/* One media key counts at a time: releasing an older one leaves the newer one alone. */
static void release_basic(uint16_t keycode) {
    uint8_t code = (uint8_t)keycode;
    if (media_key_usage(code) != 0 && media_key_usage(code) == engine.consumer) {
        send_consumer(0);
    } else if (is_system_key(code) && system_control(code) == engine.system) {
        send_system(0);
    }
}

static void press(uint8_t key, uint16_t keycode) {
    engine.held[key] = keycode;
    if (keycode <= QK_MODS_MAX) {
        press_basic(key, keycode);
    } else if (keycode >= QK_LAYER_MOD && keycode <= QK_LAYER_MOD_MAX) {
        engine.layers |= layer_bit((keycode >> 5) & 0x0F);
        publish(true);
    } else if (keycode >= QK_TO && keycode <= QK_TO_MAX) {
        engine.layers = layer_bit(keycode);
    } else if (keycode >= QK_MOMENTARY && keycode <= QK_MOMENTARY_MAX) {
        engine.layers |= layer_bit(keycode);
    } else if (keycode >= QK_DEF_LAYER && keycode <= QK_DEF_LAYER_MAX) {
        engine.default_layers = layer_bit(keycode);
    } else if (keycode >= QK_TOGGLE_LAYER && keycode <= QK_TOGGLE_LAYER_MAX) {
        engine.layers ^= layer_bit(keycode);
    } else if (keycode == QK_BOOT) {
        output_bootloader();
    }
}

static void release(uint8_t key) {
    uint16_t keycode = engine.held[key];
    engine.held[key] = KC_NO;
    if (engine.wrapped_key == key) {
        engine.wrapped_key = NO_KEY;
        engine.wrapped_modifiers = 0;
    }
    if (keycode >= QK_MOMENTARY && keycode <= QK_MOMENTARY_MAX) {
        engine.layers &= ~layer_bit(keycode);
    } else if (keycode >= QK_LAYER_MOD && keycode <= QK_LAYER_MOD_MAX) {
        engine.layers &= ~layer_bit((keycode >> 5) & 0x0F);
    }
    publish(false);
    if (keycode <= QK_MODS_MAX) {
        release_basic(keycode);
    }
}

/* What a dual-role key does while held: MO(layer), or modifiers without a key. */
static uint16_t hold_keycode(uint16_t keycode) {
    if (keycode >= QK_LAYER_TAP) {
        return QK_MOMENTARY | ((keycode >> 8) & 0x0F);
    }
    return keycode & 0x1F00;
}

static void tap(uint8_t key, uint16_t keycode) {
    press(key, keycode & 0xFF);
    engine.tapped_key = key;
    engine.tapped_key_is_down = true;
}

static void settle_pending(enum decision decision) {
    uint8_t key = key_number(engine.pending);
    engine.is_pending = false;
    if (decision == TAP) {
        tap(key, engine.pending_keycode);
    } else {
        press(key, hold_keycode(engine.pending_keycode));
    }
}

static bool queue_has_press(uint8_t end, uint8_t key) {
    for (uint8_t i = 0; i < end; i++) {
        if (engine.queue[i].pressed && key_number(engine.queue[i]) == key) {
            return true;
        }
    }
    return false;
}

static bool tapping_term_is_over(uint16_t time) {
    return (uint16_t)(time - engine.pending.time) >= TAPPING_TERM_MS;
}

/* Decides the pending key by the events that came after it, oldest first. */
static enum decision decide_pending(void) {
    uint8_t key = key_number(engine.pending);
    for (uint8_t i = 0; i < engine.queue_length; i++) {
        struct key_event event = engine.queue[i];
        uint8_t other = key_number(event);
        if (tapping_term_is_over(event.time)) {
            return HOLD;
        }
        if (!event.pressed && other == key) {
            return TAP;
        }
        if (TAPPING_HOLD_ON_OTHER_KEY_PRESS && event.pressed) {
            return HOLD;
        }
        if (TAPPING_PERMISSIVE_HOLD && !event.pressed && queue_has_press(i, other)) {
            return HOLD;
        }
    }
    return UNDECIDED;
}

static void process_press(struct key_event event) {
    uint8_t key = key_number(event);
    uint16_t keycode = current_keycode(event);
    bool again = key == engine.tapped_key &&
                 (uint16_t)(event.time - engine.tapped_at) < TAPPING_TERM_MS;
    engine.tapped_key = NO_KEY;
    if (!is_dual_role(keycode)) {
        press(key, keycode);
    } else if (again) {
        tap(key, keycode); /* tap, then hold: the host repeats the tapped key */
    } else {
        engine.is_pending = true;
        engine.pending = event;
        engine.pending_keycode = keycode;
    }
}

static void process_release(struct key_event event) {
    uint8_t key = key_number(event);
    if (key == engine.tapped_key) {
        engine.tapped_at = event.time;
        engine.tapped_key_is_down = false;
    }
    release(key);
}

/* Works through the queue until it is empty or the next step needs a decision. */
static void process_queue(void) {
    for (;;) {
        if (engine.is_pending) {
            enum decision decision = decide_pending();
            if (decision == UNDECIDED) {
                return;
            }
            settle_pending(decision);
        } else if (engine.queue_length > 0) {
            struct key_event event = engine.queue[0];
            engine.queue_length--;
            memmove(&engine.queue[0], &engine.queue[1], engine.queue_length * sizeof event);
            if (event.pressed) {
                process_press(event);
            } else {
                process_release(event);
            }
        } else {
            return;
        }
    }
}

/*
 * A key that was down before the pending one may go up at once; otherwise it would seem to be
 * held longer than it is, and repeat. Modifiers and layer keys wait, for they may still apply.
 */
static bool may_release_at_once(struct key_event event) {
    uint16_t keycode = engine.held[key_number(event)];
    return engine.is_pending && !event.pressed && keycode <= QK_MODS_MAX &&
           (uint8_t)keycode != KC_NO && !is_modifier((uint8_t)keycode);
}

void engine_start(void) {
    memset(&engine, 0, sizeof engine);
    engine.default_layers = 1;
    engine.wrapped_key = NO_KEY;
    engine.tapped_key = NO_KEY;
}

void engine_key_event(struct key_event event) {
    engine_tick(event.time);
    if (may_release_at_once(event)) {
        process_release(event);
        return;
    }
    if (engine.queue_length == QUEUE_LENGTH) {
        settle_pending(HOLD);
        process_queue();
    }
    engine.queue[engine.queue_length++] = event;
    process_queue();
}

void engine_tick(uint16_t now) {
    while (engine.is_pending && tapping_term_is_over(now)) {
        settle_pending(HOLD);
        process_queue();
    }
    if (engine.tapped_key != NO_KEY && !engine.tapped_key_is_down &&
        (uint16_t)(now - engine.tapped_at) >= TAPPING_TERM_MS) {
        engine.tapped_key = NO_KEY;
    }
}
