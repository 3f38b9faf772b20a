/* SPDX-License-Identifier: MIT */
/*
 * Turns key events into reports: layers, modifiers, dual-role keys, media keys.
 *
 * It knows nothing of pins, USB or interrupts, so it runs on any computer. Time is counted in
 * milliseconds in 16 bits and may wrap around.
 */
#ifndef KEYMAP_ENGINE_H
#define KEYMAP_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

/* Keys one keyboard report can name, fixed by the boot protocol (HID 1.11, appendix B.1). */
#define REPORT_KEYS 6

/*
 * The boot keyboard's input report (HID 1.11, appendix B.1), also used in report protocol.
 * `modifiers`: bit 0 left control, then shift, alt, GUI; bits 4 to 7 the same on the right.
 * `keys`: usages of the keyboard page (0x07), 0 where no key; all 1 (ErrorRollOver) when more
 * than six keys are down at once, as HID 1.11, appendix C asks.
 */
struct keyboard_report {
    uint8_t modifiers;
    uint8_t reserved;
    uint8_t keys[REPORT_KEYS];
};

/* One debounced change of one key. */
struct key_event {
    uint8_t row;
    uint8_t col;
    bool pressed;
    uint16_t time; /* ms */
};

/* Forgets all keys and layers; layer 0 is the default layer again. Sends nothing. */
void engine_start(void);

/* Takes one event. Events must come in the order of their times, presses and releases in turn. */
void engine_key_event(struct key_event event);

/* Lets time pass, which decides keys held longer than the tapping term. Call every ms. */
void engine_tick(uint16_t now);

/*
 * What the program around the engine provides. Each is called with a new state, never twice in a
 * row with the same one.
 */
void output_keyboard(const struct keyboard_report *report);
void output_consumer(uint16_t usage); /* a usage of the consumer page (0x0C), 0 for none */
void output_system(uint8_t control);  /* 1 power down, 2 sleep, 3 wake up, 0 for none */
void output_bootloader(void);         /* QK_BOOT was pressed; need not return */

#endif
