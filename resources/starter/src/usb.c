/* SPDX-License-Identifier: MIT */
#include "usb.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/delay.h>

#include "hid.h"
#include "usb_control.h"
#include "usb_descriptors.h"

bool usb_remote_wakeup;
static uint8_t configuration; /* 0 until the host has chosen the only one */
static bool is_suspended;
static volatile bool is_asleep;

/* UECFG1X (section "USB Device Operating modes", registers): one bank of 64, two of 8 bytes. */
#define ONE_BANK_OF_64 (_BV(EPSIZE1) | _BV(EPSIZE0) | _BV(ALLOC))
#define TWO_BANKS_OF_8 (_BV(EPBK0) | _BV(ALLOC))
#define TYPE_CONTROL 0
#define TYPE_INTERRUPT_IN (_BV(EPTYPE1) | _BV(EPTYPE0) | _BV(EPDIR))

/* The controller signals for 1 to 15 ms, once the bus has been still for 5 ms. */
#define WAKE_UP_MS 25

/* Clears flags of UDINT: they are cleared by writing 0, and writing 1 does nothing. */
static void clear_bus_flags(uint8_t flags) {
    UDINT = (uint8_t)~flags;
}

/* Section "PLL": 16 MHz / 2 in, 48 MHz out. */
static void start_clocks(void) {
    PLLFRQ = _BV(PDIV2);
    PLLCSR = _BV(PINDIV) | _BV(PLLE);
    while (!(PLLCSR & _BV(PLOCK))) {
    }
    USBCON &= (uint8_t)~_BV(FRZCLK);
}

/* Section "USB Device Operating modes", "Endpoint activation". */
static void activate_endpoint(uint8_t number, uint8_t type, uint8_t size) {
    UENUM = number;
    UECONX = _BV(EPEN);
    UECFG0X = type;
    UECFG1X = size;
}

void usb_detach(void) {
    UDCON = _BV(DETACH);
}

/* Section "USB controller", "Power On and Reset"; the pad regulator feeds the bus lines. */
void usb_start(void) {
    UHWCON = _BV(UVREGE);
    USBCON = _BV(FRZCLK);
    USBCON = _BV(USBE) | _BV(FRZCLK);
    start_clocks();
    USBCON = _BV(USBE) | _BV(OTGPADE);
    UDIEN = 0;
    UDCON = 0; /* full speed, attached */
}

static void on_bus_reset(void) {
    configuration = 0;
    usb_remote_wakeup = false;
    is_suspended = false;
    activate_endpoint(0, TYPE_CONTROL, ONE_BANK_OF_64);
    usb_control_reset();
    hid_reset();
}

uint8_t usb_configuration(void) {
    return configuration;
}

void usb_configure(uint8_t value) {
    configuration = value;
    for (uint8_t number = 1; number <= REPORT_ENDPOINTS; number++) {
        if (value) {
            activate_endpoint(number, TYPE_INTERRUPT_IN, TWO_BANKS_OF_8);
            UECONX = _BV(EPEN) | _BV(RSTDT);
            UERST = (uint8_t)_BV(number);
            UERST = 0;
        } else {
            UENUM = number;
            UECONX = 0;
            UECFG1X = 0;
        }
    }
}

/* Section "USB Device Operating modes", "IN endpoint management": fill a free bank, hand it over. */
static void send_report(uint8_t interface, uint16_t now) {
    uint8_t bytes[HID_REPORT_MAX];
    UENUM = (uint8_t)(interface + 1);
    if (!(UEINTX & _BV(TXINI))) {
        return;
    }
    uint8_t length = hid_next_report(interface, bytes, now);
    if (length == 0) {
        return;
    }
    for (uint8_t i = 0; i < length; i++) {
        UEDATX = bytes[i];
    }
    UEINTX = (uint8_t)~(_BV(FIFOCON) | _BV(NAKINI) | _BV(RXOUTI) | _BV(TXINI));
}

void usb_task(uint16_t now) {
    uint8_t flags = UDINT;
    if (flags & _BV(EORSTI)) {
        clear_bus_flags(_BV(EORSTI) | _BV(SUSPI));
        on_bus_reset();
    } else if (flags & _BV(SUSPI)) {
        if (configuration) {
            is_suspended = true; /* the flag stays: without it no wake-up can be asked for */
            return;
        }
        clear_bus_flags(_BV(SUSPI));
    }
    usb_control_task();
    if (configuration) {
        send_report(HID_INTERFACE_KEYBOARD, now);
        send_report(HID_INTERFACE_MEDIA, now);
    }
}

bool usb_is_suspended(void) {
    return is_suspended;
}

bool usb_is_asleep(void) {
    return is_asleep;
}

/* Section "USB controller", "Power modes": the clock may stop, waking is noticed without it. */
void usb_sleep(void) {
    cli();
    clear_bus_flags(_BV(WAKEUPI));
    UDIEN = _BV(WAKEUPE);
    is_asleep = true;
    USBCON |= _BV(FRZCLK);
    PLLCSR = 0;
    sei();
}

static void awake(void) {
    start_clocks();
    UDIEN = 0;
    clear_bus_flags(_BV(WAKEUPI));
    is_asleep = false;
    is_suspended = false;
}

ISR(USB_GEN_vect) {
    awake();
    clear_bus_flags(_BV(SUSPI));
}

/* Section "USB Device Operating modes", "Remote Wake-up". */
void usb_wake_host(void) {
    cli();
    if (is_asleep && usb_remote_wakeup) {
        awake();
        UDCON |= _BV(RMWKUP);
        for (uint8_t ms = 0; ms < WAKE_UP_MS && (UDCON & _BV(RMWKUP)); ms++) {
            _delay_ms(1);
        }
        clear_bus_flags(_BV(SUSPI));
    }
    sei();
}
