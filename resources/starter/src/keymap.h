/* SPDX-License-Identifier: MIT */
/* The keymap that the user made. The generated keymap.c implements it. */
#ifndef KEYMAP_H
#define KEYMAP_H

#include <stdint.h>

/* Number of layers in the keymap, 1 to 32. */
uint8_t keymap_layer_count(void);

/* The keycode of one matrix position; a layer that does not exist is transparent everywhere. */
uint16_t keymap_keycode(uint8_t layer, uint8_t row, uint8_t col);

#endif
