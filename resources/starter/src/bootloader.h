/* SPDX-License-Identifier: MIT */
/* Leaving the firmware for the bootloader, so that a new image can be written. */
#ifndef BOOTLOADER_H
#define BOOTLOADER_H

/* Starts the Caterina bootloader. It waits about eight seconds for an image. Does not return. */
void bootloader_jump(void) __attribute__((noreturn));

#endif
