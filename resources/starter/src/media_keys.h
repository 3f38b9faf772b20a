/* SPDX-License-Identifier: MIT */
/* Which usage of the consumer page a media keycode stands for. */
#ifndef MEDIA_KEYS_H
#define MEDIA_KEYS_H

#include <stdint.h>

/* Consumer page usage (HID Usage Tables, page 0x0C) of a media keycode; 0 for any other. */
uint16_t media_key_usage(uint8_t keycode);

#endif
