/* SPDX-License-Identifier: MIT */
/*
 * Constant tables that stay in flash.
 *
 * An AVR reads data and program memory through separate instructions, so a constant that is not
 * to be copied into the 2.5 KiB of RAM must be marked and read specially (data sheet, "AVR
 * Memories"). On any other computer, where the engine is tested, these are plain reads.
 */
#ifndef FLASH_DATA_H
#define FLASH_DATA_H

#include <stdint.h>

#ifdef __AVR__
#include <avr/pgmspace.h>
#define FLASH_DATA PROGMEM
#define flash_byte(address) pgm_read_byte(address)
#define flash_word(address) pgm_read_word(address)
#else
#define FLASH_DATA
#define flash_byte(address) (*(const uint8_t *)(address))
#define flash_word(address) (*(const uint16_t *)(address))
#endif

#endif
