/* SPDX-License-Identifier: MIT */
/* Reads the keys once a millisecond and passes them on: matrix, debounce, engine, USB. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <stdbool.h>
#include <string.h>
#include <util/delay.h>

#include "board.h"
#include "bootloader.h"
#include "clock.h"
#include "debounce.h"
#include "hid.h"
#include "indicators.h"
#include "keymap_engine.h"
#include "matrix.h"
#include "usb.h"

_Static_assert(sizeof(struct keyboard_report) == 8, "a report goes out as it lies in memory");

/* Time for the host to notice that the bootloader, or an earlier image, has gone. */
#define DETACHED_MS 50

static matrix_row_t stable[MATRIX_ROWS];

void output_keyboard(const struct keyboard_report *report) {
    hid_put_keyboard((const uint8_t *)report);
}

void output_consumer(uint16_t usage) {
    hid_put_consumer(usage);
}

void output_system(uint8_t control) {
    hid_put_system(control);
}

void output_bootloader(void) {
    bootloader_jump();
}

/* Pins F4 to F7 belong to the debug port until told otherwise, twice within four cycles. */
static void free_debug_pins(void) {
    uint8_t value = MCUCR | _BV(JTD);
    MCUCR = value;
    MCUCR = value;
}

/* A way back for a keymap without QK_BOOT: hold one key while plugging in. */
static void start_bootloader_if_asked(void) {
#if BOOTMAGIC
    matrix_row_t rows[MATRIX_ROWS];
    matrix_scan(rows);
    if (rows[BOOTMAGIC_ROW] & ((matrix_row_t)1 << BOOTMAGIC_COL)) {
        bootloader_jump();
    }
#endif
}

static void scan_keys(uint16_t now, uint8_t elapsed) {
    matrix_row_t raw[MATRIX_ROWS];
    matrix_row_t before[MATRIX_ROWS];
    memcpy(before, stable, sizeof before);
    matrix_scan(raw);
    debounce_update(raw, stable, elapsed);
    for (uint8_t row = 0; row < MATRIX_ROWS; row++) {
        matrix_row_t changed = before[row] ^ stable[row];
        for (uint8_t col = 0; changed != 0; col++, changed >>= 1) {
            if (changed & 1) {
                bool pressed = (stable[row] >> col) & 1;
                engine_key_event((struct key_event){row, col, pressed, now});
            }
        }
    }
    engine_tick(now);
}

/* Until the host wakes up by itself, or because a key goes down. */
static void sleep_while_suspended(void) {
    matrix_row_t before[MATRIX_ROWS];
    matrix_row_t rows[MATRIX_ROWS];
    indicators_show(0);
    matrix_scan(before);
    usb_sleep();
    while (usb_is_asleep()) {
        clock_nap();
        matrix_scan(rows);
        for (uint8_t row = 0; row < MATRIX_ROWS; row++) {
            if (rows[row] & ~before[row]) {
                usb_wake_host();
            }
            before[row] = rows[row];
        }
    }
}

int main(void) {
    MCUSR = 0;
    wdt_disable();
    free_debug_pins();
    usb_detach();
    matrix_start();
    clock_start();
    sei();
    _delay_ms(DETACHED_MS);
    start_bootloader_if_asked();
    debounce_start();
    engine_start();
    hid_reset();
    usb_start();
    uint16_t last = clock_ms();
    for (;;) {
        uint16_t now = clock_ms();
        uint16_t elapsed = now - last;
        usb_task(now);
        if (elapsed > 0) {
            last = now;
            scan_keys(now, elapsed < 255 ? (uint8_t)elapsed : 255);
            indicators_show(hid_leds());
        }
        if (usb_is_suspended()) {
            sleep_while_suspended();
        }
    }
}
