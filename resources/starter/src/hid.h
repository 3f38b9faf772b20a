/* SPDX-License-Identifier: MIT */
/*
 * The reports of the keyboard: what is to be sent, what was, how often to repeat it.
 * Knows the HID class (HID 1.11, section 7.2) but no USB registers.
 *
 * Three kinds of report go out: the keyboard's on interface 0, without a report id, and on
 * interface 1 the consumer and the system report, told apart by their ids.
 */
#ifndef HID_H
#define HID_H

#include <stdbool.h>
#include <stdint.h>

#define HID_INTERFACE_KEYBOARD 0
#define HID_INTERFACE_MEDIA 1
#define HID_REPORT_ID_CONSUMER 1
#define HID_REPORT_ID_SYSTEM 2
#define HID_REPORT_MAX 8 /* bytes, with the id */

/* The state after a bus reset: report protocol, lamps off, repeat rates as section 7.2.4 asks. */
void hid_reset(void);

/* Takes a new state, to be sent in its turn. Bytes follow the report's descriptor, without id. */
void hid_put_keyboard(const uint8_t report[8]);
void hid_put_consumer(uint16_t usage);
void hid_put_system(uint8_t control);

/* The next report due on an interface, copied to `bytes`. Returns its length, 0 for none. */
uint8_t hid_next_report(uint8_t interface, uint8_t bytes[HID_REPORT_MAX], uint16_t now);

/* GET_REPORT for an input report: its present state. Returns its length, 0 if unknown. */
uint8_t hid_current_report(uint8_t interface, uint8_t id, uint8_t bytes[HID_REPORT_MAX]);

/* The keyboard's output report: which lamps are lit. */
void hid_set_leds(uint8_t leds);
uint8_t hid_leds(void);

/* SET_IDLE and GET_IDLE. `rate` in units of 4 ms, 0 for never; id 0 means all of an interface. */
bool hid_set_idle(uint8_t interface, uint8_t id, uint8_t rate);
bool hid_get_idle(uint8_t interface, uint8_t id, uint8_t *rate);

/* SET_PROTOCOL and GET_PROTOCOL of the keyboard: 0 boot, 1 report. The reports are the same. */
void hid_set_protocol(uint8_t protocol);
uint8_t hid_protocol(void);

#endif
