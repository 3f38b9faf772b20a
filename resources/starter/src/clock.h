/* SPDX-License-Identifier: MIT */
/* Time, and sleeping until some of it has passed. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Runs the processor at its full 16 MHz and counts ms from here on. Interrupts must be enabled. */
void clock_start(void);

/* Milliseconds since the start; wraps around at 65 536. Stands still during clock_nap(). */
uint16_t clock_ms(void);

/* Sleeps with all clocks stopped for about 16 ms, or until the USB bus wakes the processor. */
void clock_nap(void);

#endif
