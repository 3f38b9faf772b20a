/* SPDX-License-Identifier: MIT */
#include "matrix.h"

#include <string.h>
#include <util/delay.h>

#include "flash_data.h"
#include "pins.h"

/* One line at a time is driven low; a pressed key then pulls its pin on the other side low. */
static const uint8_t row_pins[MATRIX_ROWS] FLASH_DATA = MATRIX_ROW_PINS;
static const uint8_t col_pins[MATRIX_COLS] FLASH_DATA = MATRIX_COL_PINS;

/* A driven line settles at once, but a released one rises through its pull-up of up to 50 kohm. */
#define SETTLE_US 3
#define RISE_US 20

static uint8_t row_pin(uint8_t row) {
    return flash_byte(&row_pins[row]);
}

static uint8_t col_pin(uint8_t col) {
    return flash_byte(&col_pins[col]);
}

void matrix_start(void) {
    for (uint8_t row = 0; row < MATRIX_ROWS; row++) {
        pin_release(row_pin(row));
    }
    for (uint8_t col = 0; col < MATRIX_COLS; col++) {
        pin_release(col_pin(col));
    }
}

#if MATRIX_DRIVES_ROWS

void matrix_scan(matrix_row_t rows[MATRIX_ROWS]) {
    for (uint8_t row = 0; row < MATRIX_ROWS; row++) {
        matrix_row_t pressed = 0;
        pin_drive(row_pin(row), false);
        _delay_us(SETTLE_US);
        for (uint8_t col = 0; col < MATRIX_COLS; col++) {
            if (pin_is_low(col_pin(col))) {
                pressed |= (matrix_row_t)1 << col;
            }
        }
        pin_release(row_pin(row));
        _delay_us(RISE_US);
        rows[row] = pressed;
    }
}

#else

void matrix_scan(matrix_row_t rows[MATRIX_ROWS]) {
    memset(rows, 0, MATRIX_ROWS * sizeof rows[0]);
    for (uint8_t col = 0; col < MATRIX_COLS; col++) {
        pin_drive(col_pin(col), false);
        _delay_us(SETTLE_US);
        for (uint8_t row = 0; row < MATRIX_ROWS; row++) {
            if (pin_is_low(row_pin(row))) {
                rows[row] |= (matrix_row_t)1 << col;
            }
        }
        pin_release(col_pin(col));
        _delay_us(RISE_US);
    }
}

#endif
