/* SPDX-License-Identifier: MIT */
#include "usb_control.h"

#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

#include "flash_data.h"
#include "hid.h"
#include "usb.h"
#include "usb_descriptors.h"

/* bmRequestType: USB 2.0, table 9-2. */
#define DIRECTION_IN 0x80
#define KIND_AND_RECIPIENT 0x7F
#define STANDARD_DEVICE 0x00
#define STANDARD_INTERFACE 0x01
#define STANDARD_ENDPOINT 0x02
#define CLASS_INTERFACE 0x21

/* bRequest: USB 2.0, table 9-4. */
#define GET_STATUS 0
#define CLEAR_FEATURE 1
#define SET_FEATURE 3
#define SET_ADDRESS 5
#define GET_DESCRIPTOR 6
#define GET_CONFIGURATION 8
#define SET_CONFIGURATION 9
#define GET_INTERFACE 10
#define SET_INTERFACE 11
#define FEATURE_ENDPOINT_HALT 0
#define FEATURE_REMOTE_WAKEUP 1

/* bRequest: HID 1.11, section 7.2. */
#define GET_REPORT 1
#define GET_IDLE 2
#define GET_PROTOCOL 3
#define SET_REPORT 9
#define SET_IDLE 10
#define SET_PROTOCOL 11
#define REPORT_INPUT 1
#define REPORT_OUTPUT 2

/* Where a transfer stands: what the host does next. */
enum stage { IDLE, DATA_IN, STATUS_OUT, DATA_OUT, STATUS_IN };

static enum stage stage;
static struct {
    uint8_t type;
    uint8_t request;
    uint8_t value_low;
    uint8_t value_high;
    uint16_t index;
    uint16_t length;
} setup;
static const uint8_t *source; /* what is being sent */
static bool source_is_flash;
static uint16_t remaining;    /* bytes of it */
static bool must_end_short;   /* less than asked for: a full last packet needs an empty one after */
static uint8_t answer[HID_REPORT_MAX];

/* Flags of UEINTX are cleared by writing 0; clearing TXINI sends the bank, RXOUTI frees it. */
static void clear_flags(uint8_t flags) {
    UEINTX = (uint8_t)~flags;
}

static bool send(const uint8_t *data, bool in_flash, uint16_t length) {
    must_end_short = length < setup.length;
    remaining = must_end_short ? length : setup.length;
    source = data;
    source_is_flash = in_flash;
    stage = DATA_IN;
    return true;
}

static bool send_answer(uint8_t length) {
    return length != 0 && send(answer, false, length);
}

static bool send_byte(uint8_t value) {
    answer[0] = value;
    return send_answer(1);
}

static bool send_word(uint8_t low) {
    answer[0] = low;
    answer[1] = 0;
    return send_answer(2);
}

/* Nothing more to carry: the host fetches an empty packet as the sign of success. */
static bool acknowledge(void) {
    clear_flags(_BV(TXINI));
    stage = STATUS_IN;
    return true;
}

static bool get_descriptor(void) {
    const uint8_t *data = 0;
    uint16_t length = usb_descriptor(setup.value_high, setup.value_low, setup.index, &data);
    return length != 0 && send(data, true, length);
}

static bool standard_device_request(void) {
    switch (setup.request) {
        case GET_STATUS: return send_word(usb_remote_wakeup ? 2 : 0);
        case CLEAR_FEATURE:
        case SET_FEATURE:
            if (setup.value_low != FEATURE_REMOTE_WAKEUP) {
                return false;
            }
            usb_remote_wakeup = setup.request == SET_FEATURE;
            return acknowledge();
        case SET_ADDRESS:
            UDADDR = setup.value_low & 0x7F; /* in force when ADDEN is set, after the status stage */
            return acknowledge();
        case GET_DESCRIPTOR: return get_descriptor();
        case GET_CONFIGURATION: return send_byte(usb_configuration());
        case SET_CONFIGURATION:
            if (setup.value_low > 1) {
                return false;
            }
            usb_configure(setup.value_low);
            UENUM = 0;
            return acknowledge();
        default: return false;
    }
}

static bool standard_interface_request(void) {
    switch (setup.request) {
        case GET_STATUS: return send_word(0);
        case GET_DESCRIPTOR: return get_descriptor();
        case GET_INTERFACE: return send_byte(0);
        case SET_INTERFACE: return setup.value_low == 0 && acknowledge();
        default: return false;
    }
}

/* Only the halt feature of the report endpoints; endpoint 0 is never halted. */
static bool standard_endpoint_request(void) {
    uint8_t number = setup.index & 0x0F;
    if (number > REPORT_ENDPOINTS) {
        return false;
    }
    if (number == 0) {
        return setup.request == GET_STATUS ? send_word(0) : acknowledge();
    }
    UENUM = number;
    bool is_halted = UECONX & _BV(STALLRQ);
    if (setup.request != GET_STATUS && setup.value_low == FEATURE_ENDPOINT_HALT) {
        UECONX = setup.request == SET_FEATURE ? _BV(EPEN) | _BV(STALLRQ)
                                              : _BV(EPEN) | _BV(STALLRQC) | _BV(RSTDT);
    }
    UENUM = 0;
    switch (setup.request) {
        case GET_STATUS: return send_word(is_halted);
        case CLEAR_FEATURE:
        case SET_FEATURE: return setup.value_low == FEATURE_ENDPOINT_HALT && acknowledge();
        default: return false;
    }
}

static bool hid_request(void) {
    uint8_t interface = (uint8_t)setup.index;
    bool is_keyboard = interface == HID_INTERFACE_KEYBOARD;
    switch (setup.request) {
        case GET_REPORT:
            return setup.value_high == REPORT_INPUT &&
                   send_answer(hid_current_report(interface, setup.value_low, answer));
        case GET_IDLE:
            return hid_get_idle(interface, setup.value_low, answer) && send_answer(1);
        case GET_PROTOCOL: return is_keyboard && send_byte(hid_protocol());
        case SET_REPORT:
            if (!is_keyboard || setup.value_high != REPORT_OUTPUT || setup.length != 1) {
                return false;
            }
            stage = DATA_OUT;
            return true;
        case SET_IDLE:
            return hid_set_idle(interface, setup.value_low, setup.value_high) && acknowledge();
        case SET_PROTOCOL:
            if (!is_keyboard || setup.value_low > 1) {
                return false;
            }
            hid_set_protocol(setup.value_low);
            return acknowledge();
        default: return false;
    }
}

/* Carries out a request or starts to. Returns whether it is one that can be answered. */
static bool handle_setup(void) {
    switch (setup.type & KIND_AND_RECIPIENT) {
        case STANDARD_DEVICE: return standard_device_request();
        case STANDARD_INTERFACE: return standard_interface_request();
        case STANDARD_ENDPOINT: return standard_endpoint_request();
        case CLASS_INTERFACE: return hid_request();
        default: return false;
    }
}

static void read_setup(void) {
    uint8_t *bytes = (uint8_t *)&setup;
    for (uint8_t i = 0; i < sizeof setup; i++) {
        bytes[i] = UEDATX;
    }
    clear_flags(_BV(RXSTPI) | _BV(RXOUTI));
}

static void send_packet(void) {
    uint8_t length = remaining < CONTROL_PACKET ? (uint8_t)remaining : CONTROL_PACKET;
    for (uint8_t i = 0; i < length; i++) {
        UEDATX = source_is_flash ? flash_byte(source) : *source;
        source++;
    }
    clear_flags(_BV(TXINI));
    remaining -= length;
    if (remaining == 0 && (length < CONTROL_PACKET || !must_end_short)) {
        stage = STATUS_OUT;
    }
}

void usb_control_reset(void) {
    stage = IDLE;
}

void usb_control_task(void) {
    UENUM = 0;
    uint8_t flags = UEINTX;
    if (flags & _BV(RXSTPI)) {
        read_setup();
        stage = IDLE;
        if (!handle_setup()) {
            UECONX = _BV(EPEN) | _BV(STALLRQ); /* until the next setup packet */
        }
    } else if (flags & _BV(RXOUTI)) {
        if (stage == DATA_OUT) {
            hid_set_leds(UEDATX);
            clear_flags(_BV(RXOUTI));
            acknowledge();
        } else { /* the host has all it wanted, sooner perhaps than expected */
            clear_flags(_BV(RXOUTI));
            stage = IDLE;
        }
    } else if (flags & _BV(TXINI)) {
        if (stage == DATA_IN) {
            send_packet();
        } else if (stage == STATUS_IN) {
            UDADDR |= _BV(ADDEN);
            stage = IDLE;
        }
    }
}
