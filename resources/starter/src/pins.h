/* SPDX-License-Identifier: MIT */
/*
 * Pins of the ATmega32U4 by their data sheet names: PIN_D3 is bit 3 of port D.
 *
 * The registers PINx, DDRx and PORTx of a port lie side by side, and the ports B to F follow
 * each other (data sheet, "Register Summary": PINB 0x23, DDRB 0x24, PORTB 0x25, PINC 0x26 ...).
 * So the upper half of a pin's number chooses the registers, the lower half the bit.
 */
#ifndef PINS_H
#define PINS_H

#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

#define PIN(port_index, bit) ((uint8_t)((port_index) << 4 | (bit)))
#define PIN_B0 PIN(0, 0)
#define PIN_B1 PIN(0, 1)
#define PIN_B2 PIN(0, 2)
#define PIN_B3 PIN(0, 3)
#define PIN_B4 PIN(0, 4)
#define PIN_B5 PIN(0, 5)
#define PIN_B6 PIN(0, 6)
#define PIN_B7 PIN(0, 7)
#define PIN_C6 PIN(1, 6)
#define PIN_C7 PIN(1, 7)
#define PIN_D0 PIN(2, 0)
#define PIN_D1 PIN(2, 1)
#define PIN_D2 PIN(2, 2)
#define PIN_D3 PIN(2, 3)
#define PIN_D4 PIN(2, 4)
#define PIN_D5 PIN(2, 5)
#define PIN_D6 PIN(2, 6)
#define PIN_D7 PIN(2, 7)
#define PIN_E2 PIN(3, 2)
#define PIN_E6 PIN(3, 6)
#define PIN_F0 PIN(4, 0)
#define PIN_F1 PIN(4, 1)
#define PIN_F4 PIN(4, 4)
#define PIN_F5 PIN(4, 5)
#define PIN_F6 PIN(4, 6)
#define PIN_F7 PIN(4, 7)

static inline volatile uint8_t *pin_registers(uint8_t pin) {
    return &PINB + 3 * (pin >> 4);
}

static inline uint8_t pin_mask(uint8_t pin) {
    return (uint8_t)(1 << (pin & 7));
}

/* Input with the pull-up on: the state of every matrix pin that is not being driven. */
static inline void pin_release(uint8_t pin) {
    volatile uint8_t *registers = pin_registers(pin);
    registers[1] &= (uint8_t)~pin_mask(pin); /* DDR */
    registers[2] |= pin_mask(pin);           /* PORT */
}

static inline void pin_drive(uint8_t pin, bool high) {
    volatile uint8_t *registers = pin_registers(pin);
    if (high) {
        registers[2] |= pin_mask(pin);
    } else {
        registers[2] &= (uint8_t)~pin_mask(pin);
    }
    registers[1] |= pin_mask(pin);
}

static inline bool pin_is_low(uint8_t pin) {
    return (pin_registers(pin)[0] & pin_mask(pin)) == 0;
}

#endif
