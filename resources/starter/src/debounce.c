/* SPDX-License-Identifier: MIT */
#include "debounce.h"

#include <string.h>

static uint8_t remaining[MATRIX_ROWS][MATRIX_COLS]; /* ms until a change counts */
static matrix_row_t changing[MATRIX_ROWS];          /* 1: a change is under way */

void debounce_start(void) {
    memset(changing, 0, sizeof changing);
}

/* Whether a key that differs from its stable state has done so for long enough. */
static bool change_counts(uint8_t row, uint8_t col, uint8_t elapsed) {
    matrix_row_t bit = (matrix_row_t)1 << col;
    if (!(changing[row] & bit)) {
        changing[row] |= bit;
        remaining[row][col] = DEBOUNCE_MS;
    } else if (remaining[row][col] > elapsed) {
        remaining[row][col] -= elapsed;
    } else {
        remaining[row][col] = 0;
    }
    return remaining[row][col] == 0;
}

void debounce_update(const matrix_row_t raw[MATRIX_ROWS], matrix_row_t stable[MATRIX_ROWS],
                     uint8_t elapsed) {
    for (uint8_t row = 0; row < MATRIX_ROWS; row++) {
        matrix_row_t different = raw[row] ^ stable[row];
        changing[row] &= different;
        if (different == 0) {
            continue;
        }
        for (uint8_t col = 0; col < MATRIX_COLS; col++) {
            matrix_row_t bit = (matrix_row_t)1 << col;
            if ((different & bit) && change_counts(row, col, elapsed)) {
                stable[row] ^= bit;
                changing[row] &= (matrix_row_t)~bit;
            }
        }
    }
}
