/* SPDX-License-Identifier: MIT */
#include "indicators.h"

#include "board.h"
#include "pins.h"

#if defined(INDICATOR_NUM_LOCK) || defined(INDICATOR_CAPS_LOCK) || defined(INDICATOR_SCROLL_LOCK)
static void show(uint8_t pin, uint8_t is_on) {
    pin_drive(pin, is_on ? INDICATOR_ON_STATE : !INDICATOR_ON_STATE);
}
#endif

void indicators_show(uint8_t leds) {
    (void)leds;
#ifdef INDICATOR_NUM_LOCK
    show(INDICATOR_NUM_LOCK, leds & LED_NUM_LOCK);
#endif
#ifdef INDICATOR_CAPS_LOCK
    show(INDICATOR_CAPS_LOCK, leds & LED_CAPS_LOCK);
#endif
#ifdef INDICATOR_SCROLL_LOCK
    show(INDICATOR_SCROLL_LOCK, leds & LED_SCROLL_LOCK);
#endif
}
