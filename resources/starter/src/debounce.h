/* SPDX-License-Identifier: MIT */
/*
 * Filters the contact bounce of each key by itself: a change counts when every sample has shown
 * it for DEBOUNCE_MS (board.h). Presses and releases are treated alike.
 */
#ifndef DEBOUNCE_H
#define DEBOUNCE_H

#include <stdint.h>

#include "matrix.h"

/* Forgets all changes under way. */
void debounce_start(void);

/*
 * Brings `stable` closer to `raw`. Both hold one bit per key, 1 for pressed.
 * `elapsed`: ms since the last call, at least 1.
 */
void debounce_update(const matrix_row_t raw[MATRIX_ROWS], matrix_row_t stable[MATRIX_ROWS],
                     uint8_t elapsed);

#endif
