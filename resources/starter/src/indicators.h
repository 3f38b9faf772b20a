/* SPDX-License-Identifier: MIT */
/* Lamps for Num Lock, Caps Lock and Scroll Lock, on boards that have them. */
#ifndef INDICATORS_H
#define INDICATORS_H

#include <stdint.h>

/* Bits of the keyboard's output report (HID 1.11, appendix B.1). */
#define LED_NUM_LOCK 0x01
#define LED_CAPS_LOCK 0x02
#define LED_SCROLL_LOCK 0x04

/* Shows the state that the host last sent. */
void indicators_show(uint8_t leds);

#endif
