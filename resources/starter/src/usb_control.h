/* SPDX-License-Identifier: MIT */
/* Endpoint 0: the standard requests (USB 2.0, chapter 9) and those of the HID class (HID 1.11). */
#ifndef USB_CONTROL_H
#define USB_CONTROL_H

/* Forgets a transfer under way; the endpoint itself must have been set up. */
void usb_control_reset(void);

/* Takes the next step of a transfer if the host has taken its own. */
void usb_control_task(void);

#endif
