/* SPDX-License-Identifier: MIT */
#include "usb_descriptors.h"

#include "board.h"
#include "flash_data.h"
#include "hid.h"
#include "version.h"

#define LOW(word) ((word) & 0xFF)
#define HIGH(word) ((word) >> 8)

#define STRING_MANUFACTURER 1
#define STRING_PRODUCT 2
#define STRING_VERSION 3
#define LANGUAGE_ENGLISH_US 0x0409

#define BUS_POWERED_WITH_REMOTE_WAKEUP 0xA0
#define MILLIAMPERES(n) ((n) / 2)
#define POLL_EVERY_MS 1

/* HID 1.11, appendix B.1: the boot keyboard, with usages up to the last that has a keycode. */
static const uint8_t keyboard_report[] FLASH_DATA = {
    0x05, 0x01,       /* Usage Page (Generic Desktop) */
    0x09, 0x06,       /* Usage (Keyboard) */
    0xA1, 0x01,       /* Collection (Application) */
    0x05, 0x07,       /*   Usage Page (Keyboard) */
    0x19, 0xE0,       /*   Usage Minimum (Left Control) */
    0x29, 0xE7,       /*   Usage Maximum (Right GUI) */
    0x15, 0x00,       /*   Logical Minimum (0) */
    0x25, 0x01,       /*   Logical Maximum (1) */
    0x75, 0x01,       /*   Report Size (1) */
    0x95, 0x08,       /*   Report Count (8) */
    0x81, 0x02,       /*   Input (Data, Variable, Absolute): modifiers */
    0x95, 0x01,       /*   Report Count (1) */
    0x75, 0x08,       /*   Report Size (8) */
    0x81, 0x01,       /*   Input (Constant): reserved byte */
    0x05, 0x08,       /*   Usage Page (LEDs) */
    0x19, 0x01,       /*   Usage Minimum (Num Lock) */
    0x29, 0x05,       /*   Usage Maximum (Kana) */
    0x95, 0x05,       /*   Report Count (5) */
    0x75, 0x01,       /*   Report Size (1) */
    0x91, 0x02,       /*   Output (Data, Variable, Absolute): lamps */
    0x95, 0x01,       /*   Report Count (1) */
    0x75, 0x03,       /*   Report Size (3) */
    0x91, 0x01,       /*   Output (Constant) */
    0x05, 0x07,       /*   Usage Page (Keyboard) */
    0x19, 0x00,       /*   Usage Minimum (0) */
    0x29, 0xA4,       /*   Usage Maximum (ExSel) */
    0x15, 0x00,       /*   Logical Minimum (0) */
    0x26, 0xA4, 0x00, /*   Logical Maximum (164) */
    0x95, 0x06,       /*   Report Count (6) */
    0x75, 0x08,       /*   Report Size (8) */
    0x81, 0x00,       /*   Input (Data, Array): keys */
    0xC0,             /* End Collection */
};

static const uint8_t media_report[] FLASH_DATA = {
    0x05, 0x0C,                   /* Usage Page (Consumer) */
    0x09, 0x01,                   /* Usage (Consumer Control) */
    0xA1, 0x01,                   /* Collection (Application) */
    0x85, HID_REPORT_ID_CONSUMER, /*   Report ID */
    0x19, 0x01,                   /*   Usage Minimum (1) */
    0x2A, 0xFF, 0x03,             /*   Usage Maximum (0x3FF) */
    0x15, 0x01,                   /*   Logical Minimum (1): 0 is no usage */
    0x26, 0xFF, 0x03,             /*   Logical Maximum (0x3FF) */
    0x95, 0x01,                   /*   Report Count (1) */
    0x75, 0x10,                   /*   Report Size (16) */
    0x81, 0x00,                   /*   Input (Data, Array) */
    0xC0,                         /* End Collection */
    0x05, 0x01,                   /* Usage Page (Generic Desktop) */
    0x09, 0x80,                   /* Usage (System Control) */
    0xA1, 0x01,                   /* Collection (Application) */
    0x85, HID_REPORT_ID_SYSTEM,   /*   Report ID */
    0x19, 0x81,                   /*   Usage Minimum (System Power Down) */
    0x29, 0x83,                   /*   Usage Maximum (System Wake Up) */
    0x15, 0x01,                   /*   Logical Minimum (1): 0 is no control */
    0x25, 0x03,                   /*   Logical Maximum (3) */
    0x95, 0x01,                   /*   Report Count (1) */
    0x75, 0x02,                   /*   Report Size (2) */
    0x81, 0x00,                   /*   Input (Data, Array) */
    0x75, 0x06,                   /*   Report Size (6) */
    0x81, 0x01,                   /*   Input (Constant) */
    0xC0,                         /* End Collection */
};

/* USB 2.0, table 9-8. */
static const uint8_t device[18] FLASH_DATA = {
    sizeof device, DESCRIPTOR_DEVICE,
    0x00, 0x02,              /* USB 2.0 */
    0, 0, 0, CONTROL_PACKET, /* the class is told by each interface */
    LOW(USB_VENDOR_ID), HIGH(USB_VENDOR_ID),
    LOW(USB_PRODUCT_ID), HIGH(USB_PRODUCT_ID),
    LOW(USB_DEVICE_VERSION), HIGH(USB_DEVICE_VERSION),
    STRING_MANUFACTURER, STRING_PRODUCT, 0, /* no serial number */
    1,                       /* one configuration */
};

#define INTERFACE_LENGTH (9 + 9 + 7)
/* An interface (USB 2.0, table 9-12), its HID descriptor (HID 1.11, 6.2.1), its endpoint. */
#define HID_INTERFACE(number, is_boot, protocol, report) \
    9, DESCRIPTOR_INTERFACE, number, 0, 1, 0x03, is_boot, protocol, 0, \
    9, DESCRIPTOR_HID, 0x11, 0x01, 0, 1, DESCRIPTOR_HID_REPORT, \
    LOW(sizeof report), HIGH(sizeof report), \
    7, DESCRIPTOR_ENDPOINT, 0x80 | (number + 1), 0x03, REPORT_PACKET, 0, POLL_EVERY_MS

#define CONFIGURATION_LENGTH (9 + REPORT_ENDPOINTS * INTERFACE_LENGTH)
static const uint8_t configuration[CONFIGURATION_LENGTH] FLASH_DATA = {
    9, DESCRIPTOR_CONFIGURATION, LOW(CONFIGURATION_LENGTH), HIGH(CONFIGURATION_LENGTH),
    REPORT_ENDPOINTS, 1, STRING_VERSION, BUS_POWERED_WITH_REMOTE_WAKEUP, MILLIAMPERES(100),
    HID_INTERFACE(HID_INTERFACE_KEYBOARD, 1, 1, keyboard_report),
    HID_INTERFACE(HID_INTERFACE_MEDIA, 0, 0, media_report),
};

/* Strings are UTF-16, after a length and the type (USB 2.0, table 9-16). */
#define STRING(name, ...) \
    static const uint16_t name[] FLASH_DATA = { \
        DESCRIPTOR_STRING << 8 | sizeof((uint16_t[]){0, __VA_ARGS__}), __VA_ARGS__}
STRING(string_languages, LANGUAGE_ENGLISH_US);
STRING(string_manufacturer, USB_MANUFACTURER_UTF16);
STRING(string_product, USB_PRODUCT_UTF16);
STRING(string_version, FIRMWARE_VERSION_UTF16);

#define HID_DESCRIPTOR_OFFSET(interface) (9 + (interface) * INTERFACE_LENGTH + 9)

#define FOUND(descriptor) (*data = (const uint8_t *)(descriptor), sizeof(descriptor))

static uint16_t string_descriptor(uint8_t index, const uint8_t **data) {
    switch (index) {
        case 0: return FOUND(string_languages);
        case STRING_MANUFACTURER: return FOUND(string_manufacturer);
        case STRING_PRODUCT: return FOUND(string_product);
        case STRING_VERSION: return FOUND(string_version);
        default: return 0;
    }
}

uint16_t usb_descriptor(uint8_t type, uint8_t index, uint16_t language_or_interface,
                        const uint8_t **data) {
    switch (type) {
        case DESCRIPTOR_DEVICE: return FOUND(device);
        case DESCRIPTOR_CONFIGURATION: return index == 0 ? FOUND(configuration) : 0;
        case DESCRIPTOR_STRING: return string_descriptor(index, data);
        case DESCRIPTOR_HID:
            if (language_or_interface >= REPORT_ENDPOINTS) {
                return 0;
            }
            *data = configuration + HID_DESCRIPTOR_OFFSET(language_or_interface);
            return 9;
        case DESCRIPTOR_HID_REPORT:
            switch (language_or_interface) {
                case HID_INTERFACE_KEYBOARD: return FOUND(keyboard_report);
                case HID_INTERFACE_MEDIA: return FOUND(media_report);
                default: return 0;
            }
        default: return 0;
    }
}
