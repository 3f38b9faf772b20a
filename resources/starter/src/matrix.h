/* SPDX-License-Identifier: MIT */
/* The key matrix as the pins show it, not yet debounced. */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"

/* One row, bit n for column n, 1 for pressed. */
#if MATRIX_COLS <= 8
typedef uint8_t matrix_row_t;
#elif MATRIX_COLS <= 16
typedef uint16_t matrix_row_t;
#else
typedef uint32_t matrix_row_t;
#endif

/* Makes all row and column pins inputs with pull-ups. */
void matrix_start(void);

/* Reads all keys. Takes about 30 us per line. */
void matrix_scan(matrix_row_t rows[MATRIX_ROWS]);

#endif
