/* SPDX-License-Identifier: MIT */
#include "media_keys.h"

#include "flash_data.h"
#include "keycodes.h"

/* In the order of the keycodes; names and numbers from HID Usage Tables, consumer page. */
static const uint16_t usages[] FLASH_DATA = {
    0x00E2, /* KC_AUDIO_MUTE          Mute */
    0x00E9, /* KC_AUDIO_VOL_UP        Volume Increment */
    0x00EA, /* KC_AUDIO_VOL_DOWN      Volume Decrement */
    0x00B5, /* KC_MEDIA_NEXT_TRACK    Scan Next Track */
    0x00B6, /* KC_MEDIA_PREV_TRACK    Scan Previous Track */
    0x00B7, /* KC_MEDIA_STOP          Stop */
    0x00CD, /* KC_MEDIA_PLAY_PAUSE    Play/Pause */
    0x0183, /* KC_MEDIA_SELECT        AL Consumer Control Configuration */
    0x00B8, /* KC_MEDIA_EJECT         Eject */
    0x018A, /* KC_MAIL                AL Email Reader */
    0x0192, /* KC_CALCULATOR          AL Calculator */
    0x0194, /* KC_MY_COMPUTER         AL Local Machine Browser */
    0x0221, /* KC_WWW_SEARCH          AC Search */
    0x0223, /* KC_WWW_HOME            AC Home */
    0x0224, /* KC_WWW_BACK            AC Back */
    0x0225, /* KC_WWW_FORWARD         AC Forward */
    0x0226, /* KC_WWW_STOP            AC Stop */
    0x0227, /* KC_WWW_REFRESH         AC Refresh */
    0x022A, /* KC_WWW_FAVORITES       AC Bookmarks */
    0x00B3, /* KC_MEDIA_FAST_FORWARD  Fast Forward */
    0x00B4, /* KC_MEDIA_REWIND        Rewind */
    0x006F, /* KC_BRIGHTNESS_UP       Display Brightness Increment */
    0x0070, /* KC_BRIGHTNESS_DOWN     Display Brightness Decrement */
    0x019F, /* KC_CONTROL_PANEL       AL Control Panel */
    0x01CB, /* KC_ASSISTANT           AL Context-aware Desktop Assistant */
    0x029F, /* KC_MISSION_CONTROL     AC Desktop Show All Windows */
    0x02A0, /* KC_LAUNCHPAD           AC Soft Key Left */
};

_Static_assert(sizeof usages / sizeof usages[0] == KC_LAUNCHPAD - KC_AUDIO_MUTE + 1,
               "one usage for each media keycode");

uint16_t media_key_usage(uint8_t keycode) {
    if (keycode < KC_AUDIO_MUTE || keycode > KC_LAUNCHPAD) {
        return 0;
    }
    return flash_word(&usages[keycode - KC_AUDIO_MUTE]);
}
