/* SPDX-License-Identifier: MIT */
/*
 * The ATmega32U4's USB device controller, driven by polling: usb_task() must run at least once
 * every two milliseconds (USB 2.0, section 9.2.6.3 gives a new address no more time than that).
 * Section names in usb.c and usb_control.c are those of the ATmega32U4 data sheet.
 */
#ifndef USB_H
#define USB_H

#include <stdbool.h>
#include <stdint.h>

/* Lets go of the bus, so that the host sees the device leave. */
void usb_detach(void);

/* Switches the controller on and attaches to the bus. */
void usb_start(void);

/* Answers the host and hands it reports that are due. `now` in ms. */
void usb_task(uint16_t now);

/* Whether the host has put a configured keyboard to sleep. */
bool usb_is_suspended(void);

/* Stops the USB clocks until the bus moves or usb_wake() is called. Needs interrupts enabled. */
void usb_sleep(void);

/* Whether the controller is still stopped by usb_sleep(). */
bool usb_is_asleep(void);

/* Starts the clocks again and asks the host to wake up, if the host has allowed that. */
void usb_wake_host(void);

/* For usb_control.c: the state that control requests read and change. */
extern bool usb_remote_wakeup;
uint8_t usb_configuration(void);
void usb_configure(uint8_t configuration);

#endif
