/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/power.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/atomic.h>

static volatile uint16_t milliseconds;

ISR(TIMER0_COMPA_vect) {
    milliseconds++;
}

/* The watchdog only ends a nap. */
EMPTY_INTERRUPT(WDT_vect)

void clock_start(void) {
    clock_prescale_set(clock_div_1);
    /* Timer 0 counts to 250 at 16 MHz / 64 (data sheet, "8-bit Timer/Counter0", CTC mode). */
    TCCR0A = _BV(WGM01);
    TCCR0B = _BV(CS01) | _BV(CS00);
    OCR0A = F_CPU / 64 / 1000 - 1;
    TIMSK0 = _BV(OCIE0A);
}

uint16_t clock_ms(void) {
    uint16_t now;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        now = milliseconds;
    }
    return now;
}

void clock_nap(void) {
    /* Interrupt mode, no reset, shortest period (data sheet, "Watchdog Timer", timed sequence). */
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        wdt_reset();
        WDTCSR = _BV(WDCE) | _BV(WDE);
        WDTCSR = _BV(WDIE);
    }
    set_sleep_mode(SLEEP_MODE_PWR_DOWN);
    sleep_mode();
    wdt_disable();
}
