/* SPDX-License-Identifier: MIT */
#include "hid.h"

#include <string.h>

/* Reports that can wait for the host. A tap makes two, a shifted tap four. */
#define QUEUE_LENGTH 12
/* Repeat rate of a keyboard until the host sets one: 500 ms (HID 1.11, section 7.2.4). */
#define KEYBOARD_IDLE_RATE 125
#define PROTOCOL_REPORT 1

/* One kind of report. */
struct channel {
    uint8_t interface;
    uint8_t id;     /* report id, 0 for none */
    uint8_t length; /* bytes, with the id */
    uint8_t idle_rate;
    uint16_t sent_at; /* ms */
    uint8_t sent[HID_REPORT_MAX];
    uint8_t queue[QUEUE_LENGTH][HID_REPORT_MAX];
    uint8_t first;
    uint8_t count;
};

enum { KEYBOARD, CONSUMER, SYSTEM, CHANNELS };

static struct channel channels[CHANNELS];
static uint8_t leds;
static uint8_t protocol;

static void reset(struct channel *channel, uint8_t interface, uint8_t id, uint8_t length) {
    memset(channel, 0, sizeof *channel);
    channel->interface = interface;
    channel->id = channel->sent[0] = id;
    channel->length = length;
}

void hid_reset(void) {
    reset(&channels[KEYBOARD], HID_INTERFACE_KEYBOARD, 0, 8);
    reset(&channels[CONSUMER], HID_INTERFACE_MEDIA, HID_REPORT_ID_CONSUMER, 3);
    reset(&channels[SYSTEM], HID_INTERFACE_MEDIA, HID_REPORT_ID_SYSTEM, 2);
    channels[KEYBOARD].idle_rate = KEYBOARD_IDLE_RATE;
    leds = 0;
    protocol = PROTOCOL_REPORT;
}

/*
 * When the host does not fetch reports and the queue is full, the newest state takes the place
 * of the one before it: a short press may be lost then, but no key stays down.
 */
static void put(struct channel *channel, const uint8_t *payload) {
    if (channel->count < QUEUE_LENGTH) {
        channel->count++;
    }
    uint8_t last = (uint8_t)((channel->first + channel->count - 1) % QUEUE_LENGTH);
    uint8_t *report = channel->queue[last];
    uint8_t head = channel->id ? 1 : 0;
    report[0] = channel->id;
    memcpy(report + head, payload, (size_t)(channel->length - head));
}

void hid_put_keyboard(const uint8_t report[8]) {
    put(&channels[KEYBOARD], report);
}

void hid_put_consumer(uint16_t usage) {
    uint8_t payload[2] = {(uint8_t)usage, (uint8_t)(usage >> 8)};
    put(&channels[CONSUMER], payload);
}

void hid_put_system(uint8_t control) {
    put(&channels[SYSTEM], &control);
}

static bool idle_time_is_over(const struct channel *channel, uint16_t now) {
    return channel->idle_rate != 0 &&
           (uint16_t)(now - channel->sent_at) >= 4 * (uint16_t)channel->idle_rate;
}

uint8_t hid_next_report(uint8_t interface, uint8_t bytes[HID_REPORT_MAX], uint16_t now) {
    for (uint8_t i = 0; i < CHANNELS; i++) {
        struct channel *channel = &channels[i];
        if (channel->interface != interface) {
            continue;
        }
        if (channel->count > 0) {
            memcpy(channel->sent, channel->queue[channel->first], HID_REPORT_MAX);
            channel->first = (uint8_t)((channel->first + 1) % QUEUE_LENGTH);
            channel->count--;
        } else if (!idle_time_is_over(channel, now)) {
            continue;
        }
        channel->sent_at = now;
        memcpy(bytes, channel->sent, channel->length);
        return channel->length;
    }
    return 0;
}

static struct channel *find_channel(uint8_t interface, uint8_t id) {
    for (uint8_t i = 0; i < CHANNELS; i++) {
        if (channels[i].interface == interface && channels[i].id == id) {
            return &channels[i];
        }
    }
    return 0;
}

uint8_t hid_current_report(uint8_t interface, uint8_t id, uint8_t bytes[HID_REPORT_MAX]) {
    const struct channel *channel = find_channel(interface, id);
    if (!channel) {
        return 0;
    }
    memcpy(bytes, channel->sent, channel->length);
    return channel->length;
}

void hid_set_leds(uint8_t state) {
    leds = state;
}

uint8_t hid_leds(void) {
    return leds;
}

bool hid_set_idle(uint8_t interface, uint8_t id, uint8_t rate) {
    bool found = false;
    for (uint8_t i = 0; i < CHANNELS; i++) {
        if (channels[i].interface == interface && (id == 0 || channels[i].id == id)) {
            channels[i].idle_rate = rate;
            found = true;
        }
    }
    return found;
}

bool hid_get_idle(uint8_t interface, uint8_t id, uint8_t *rate) {
    const struct channel *channel = find_channel(interface, id);
    if (!channel && id == 0 && interface == HID_INTERFACE_MEDIA) {
        channel = &channels[CONSUMER];
    }
    if (channel) {
        *rate = channel->idle_rate;
    }
    return channel != 0;
}

void hid_set_protocol(uint8_t value) {
    protocol = value;
}

uint8_t hid_protocol(void) {
    return protocol;
}
