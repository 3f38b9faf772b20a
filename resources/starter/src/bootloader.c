/* SPDX-License-Identifier: MIT */
/*
 * Caterina stays in charge after a watchdog reset if it finds 0x7777 in RAM; otherwise it starts
 * the firmware at once. It looks at 0x0800, newer builds of it at the last but one byte of RAM.
 * Both places are written: nothing of ours is used any more.
 */
#include "bootloader.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "usb.h"

#define BOOT_KEY 0x7777
#define BOOT_KEY_ADDRESS 0x0800
#define BOOT_KEY_ADDRESS_NEWER (RAMEND - 1)

void bootloader_jump(void) {
    usb_detach();
    cli();
    /* The reset comes late enough for the host to see that the keyboard has gone. */
    wdt_enable(WDTO_120MS);
    *(volatile uint16_t *)BOOT_KEY_ADDRESS = BOOT_KEY;
    *(volatile uint16_t *)BOOT_KEY_ADDRESS_NEWER = BOOT_KEY;
    for (;;) {
    }
}
