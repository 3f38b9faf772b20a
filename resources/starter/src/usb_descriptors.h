/* SPDX-License-Identifier: MIT */
/* What the keyboard tells a host about itself. All of it lies in flash. */
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

#include <stdint.h>

/* Descriptor types: USB 2.0, table 9-5; HID 1.11, section 7.1. */
#define DESCRIPTOR_DEVICE 1
#define DESCRIPTOR_CONFIGURATION 2
#define DESCRIPTOR_STRING 3
#define DESCRIPTOR_INTERFACE 4
#define DESCRIPTOR_ENDPOINT 5
#define DESCRIPTOR_HID 0x21
#define DESCRIPTOR_HID_REPORT 0x22

/* Largest packets, in bytes. Endpoint n + 1 carries the reports of interface n. */
#define CONTROL_PACKET 64
#define REPORT_PACKET 8
#define REPORT_ENDPOINTS 2

/*
 * Finds a descriptor by the wValue and wIndex of GET_DESCRIPTOR. Sets `*data` to its place in
 * flash and returns its length, 0 if there is none.
 */
uint16_t usb_descriptor(uint8_t type, uint8_t index, uint16_t language_or_interface,
                        const uint8_t **data);

#endif
