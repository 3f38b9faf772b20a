/**
 * Every bootloader and programmer that Kiln knows, with the source of each fact: the one place that recognition, image
 * checks, flashers, udev rules and docs/flashing.md are made from. A test holds it against the lists of a real QMK
 * tree. Long, since it is data.
 */
import type { Bootloader, BootloaderUsbId } from './schema.ts';

const AVR_DFU_MCUS: readonly (readonly [pid: string, label: string, mcus: string[]])[] = [
  ['2fef', 'ATmega16U2', ['atmega16u2']],
  ['2ff0', 'ATmega32U2', ['atmega32u2']],
  ['2ff3', 'ATmega16U4', ['atmega16u4']],
  ['2ff4', 'ATmega32U4', ['atmega32u4']],
  ['2ff9', 'AT90USB64', ['at90usb646', 'at90usb647']],
  ['2ffa', 'AT90USB162', ['at90usb162']],
  ['2ffb', 'AT90USB128', ['at90usb1286', 'at90usb1287']],
];

/** QMK's own loader has Atmel's ids and Ψ (U+0936) as its release number. */
const PSI = '0936';

const avrDfuIds = (
  revision: Pick<BootloaderUsbId, 'revision' | 'notRevision'>,
): BootloaderUsbId[] =>
  AVR_DFU_MCUS.map(([pid, label, mcus]) => ({
    vid: '03eb',
    pid,
    label: `${label} bootloader`,
    mcus,
    sources: ['firmware', 'udev', 'toolbox', 'cli'],
    ...revision,
  }));

const AVR_MCUS = AVR_DFU_MCUS.flatMap(([, , mcus]) => mcus);
const AVR_SIZE = { at90usb1286: 8192, at90usb1287: 8192, '*': 4096 };
const VUSB_MCUS = ['atmega32a', 'atmega328', 'atmega328p'];

const RESET_KEY = 'Press the key that is mapped to QK_BOOT';
const RESET_BUTTON = 'Press the reset button, or touch the two RST and GND pads with tweezers';
const BOOT_BUTTON = 'Hold the BOOT button while you plug the keyboard in';
const BOOT_PADS = 'Hold BOOT (BOOT0) and press RESET, or hold BOOT while you plug the keyboard in';

const avrDfu: Pick<
  Bootloader,
  | 'role'
  | 'appears'
  | 'mcus'
  | 'formats'
  | 'flasher'
  | 'size'
  | 'offset'
  | 'verify'
  | 'restart'
  | 'windowSeconds'
  | 'softwareEntry'
  | 'enter'
  | 'leave'
  | 'modemManagerIgnore'
  | 'needsUdevRule'
  | 'windowsDriver'
  | 'onlyOnRequest'
> = {
  role: 'bootloader',
  appears: 'usb',
  mcus: AVR_MCUS,
  formats: ['hex'],
  flasher: { tool: 'dfu-programmer' },
  size: AVR_SIZE,
  offset: 0,
  verify: 'tool',
  restart: 'by-command',
  windowSeconds: null,
  softwareEntry: true,
  enter: [RESET_KEY, RESET_BUTTON],
  leave: 'command',
  modemManagerIgnore: false,
  needsUdevRule: true,
  windowsDriver: 'WinUSB',
  onlyOnRequest: false,
};

/** DfuSe in ROM: the same dialect under several makers' ids. */
const dfuSe = (
  vid: string,
  pid: string,
  label: string,
  sources: BootloaderUsbId['sources'],
): Pick<
  Bootloader,
  | 'role'
  | 'appears'
  | 'ids'
  | 'formats'
  | 'flasher'
  | 'size'
  | 'offset'
  | 'verify'
  | 'restart'
  | 'windowSeconds'
  | 'softwareEntry'
  | 'enter'
  | 'leave'
  | 'eeprom'
  | 'modemManagerIgnore'
  | 'needsUdevRule'
  | 'windowsDriver'
  | 'onlyOnRequest'
> => ({
  role: 'bootloader',
  appears: 'usb',
  ids: [{ vid, pid, label, sources }],
  formats: ['bin'],
  flasher: { tool: 'dfu-util', alt: 0, address: 0x0800_0000, readsBack: true, reset: false },
  size: { '*': 0 },
  offset: 0,
  verify: 'read-back',
  restart: 'by-command',
  windowSeconds: null,
  softwareEntry: true,
  enter: [RESET_KEY, BOOT_PADS],
  leave: 'command',
  eeprom: 'not-from-here',
  modemManagerIgnore: false,
  needsUdevRule: true,
  windowsDriver: 'WinUSB',
  onlyOnRequest: false,
});

const caterinaId = (
  vid: string,
  pid: string,
  label: string,
  sources: BootloaderUsbId['sources'] = ['firmware', 'udev', 'toolbox', 'cli'],
): BootloaderUsbId => ({ vid, pid, label, mcus: ['atmega32u4'], sources });

const UF2_VOLUME: Pick<
  Bootloader,
  | 'role'
  | 'appears'
  | 'formats'
  | 'flasher'
  | 'size'
  | 'verify'
  | 'restart'
  | 'windowSeconds'
  | 'leave'
  | 'eeprom'
  | 'modemManagerIgnore'
  | 'windowsDriver'
  | 'onlyOnRequest'
> = {
  role: 'bootloader',
  appears: 'volume',
  formats: ['uf2'],
  flasher: { tool: 'uf2-copy' },
  size: { '*': 0 },
  verify: 'none',
  restart: 'by-itself',
  windowSeconds: null,
  leave: 'replug',
  eeprom: 'not-from-here',
  modemManagerIgnore: false,
  windowsDriver: 'none',
  onlyOnRequest: false,
};

export const BOOTLOADERS: readonly Bootloader[] = [
  {
    ...avrDfu,
    key: 'atmel-dfu',
    name: 'Atmel DFU',
    ids: avrDfuIds({ notRevision: PSI }),
    // dfu-programmer writes the EEPROM only of a chip whose flash was erased.
    eeprom: 'tool-erases-firmware',
    sources: {
      flasher: ['firmware', 'toolbox'],
      size: ['firmware'],
      quirks: ['toolbox', 'issues'],
    },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    ...avrDfu,
    key: 'lufa-dfu',
    name: 'LUFA DFU',
    // The same ids and release numbers as Atmel's: only a keyboard's metadata tells them apart.
    ids: [],
    eeprom: 'tool-erases-firmware',
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    ...avrDfu,
    key: 'qmk-dfu',
    name: 'QMK DFU',
    ids: avrDfuIds({ revision: PSI }),
    eeprom: 'tool',
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    key: 'caterina',
    name: 'Caterina (Pro Micro, Leonardo)',
    role: 'bootloader',
    appears: 'serial',
    ids: [
      caterinaId('1b4f', '9203', 'Pro Micro 3.3 V'),
      caterinaId('1b4f', '9205', 'Pro Micro 5 V'),
      caterinaId('1b4f', '9207', 'LilyPad, and some Pro Micro clones'),
      caterinaId('1ffb', '0101', 'A-Star 32U4'),
      caterinaId('2341', '0036', 'Arduino Leonardo'),
      caterinaId('2341', '0037', 'Arduino Micro'),
      caterinaId('239a', '000c', 'Feather 32U4'),
      caterinaId('239a', '000d', 'ItsyBitsy 32U4 3.3 V'),
      caterinaId('239a', '000e', 'ItsyBitsy 32U4 5 V'),
      caterinaId('2a03', '0036', 'Arduino Leonardo (dog hunter)'),
      caterinaId('2a03', '0037', 'Arduino Micro (dog hunter)'),
      caterinaId('2a03', '0040', 'Arduino Leonardo ETH', ['toolbox']),
      caterinaId('1209', '2302', 'Keyboardio Atreus bootloader', ['firmware', 'udev', 'toolbox']),
    ],
    mcus: ['atmega32u4'],
    formats: ['hex'],
    flasher: { tool: 'avrdude', programmer: 'avr109' },
    size: { '*': 4096 },
    offset: 0,
    verify: 'tool',
    restart: 'by-itself',
    windowSeconds: 8,
    softwareEntry: true,
    enter: [
      RESET_KEY,
      RESET_BUTTON,
      'Some Pro Micros need two resets within three quarters of a second',
    ],
    leave: 'wait',
    eeprom: 'tool',
    modemManagerIgnore: true,
    needsUdevRule: true,
    windowsDriver: 'usbser',
    onlyOnRequest: false,
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['issues'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    key: 'halfkay',
    name: 'HalfKay (Teensy)',
    role: 'bootloader',
    appears: 'hid',
    ids: [
      {
        vid: '16c0',
        pid: '0478',
        label: 'Teensy bootloader',
        sources: ['firmware', 'udev', 'toolbox', 'cli'],
      },
    ],
    mcus: [
      'atmega32u4',
      'at90usb1286',
      'MKL26Z64',
      'MK20DX128',
      'MK20DX256',
      'MK64FX512',
      'MK66FX1M0',
      'MIMXRT1062',
    ],
    formats: ['hex'],
    flasher: { tool: 'teensy_loader_cli' },
    size: { atmega32u4: 512, at90usb1286: 1024, '*': 0 },
    offset: 0,
    verify: 'none',
    restart: 'by-itself',
    windowSeconds: null,
    softwareEntry: true,
    enter: [RESET_KEY, 'Press the button on the Teensy'],
    leave: 'command',
    eeprom: 'not-from-here',
    modemManagerIgnore: false,
    needsUdevRule: true,
    windowsDriver: 'HidUsb',
    onlyOnRequest: false,
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['protocol'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    key: 'qmk-hid',
    name: 'QMK HID',
    role: 'bootloader',
    appears: 'hid',
    ids: [
      {
        vid: '03eb',
        pid: '2067',
        label: 'QMK HID bootloader',
        revision: PSI,
        sources: ['firmware', 'udev', 'toolbox', 'cli'],
      },
    ],
    mcus: AVR_MCUS,
    formats: ['hex'],
    flasher: { tool: 'hid_bootloader_cli' },
    size: { '*': 4096 },
    offset: 0,
    verify: 'none',
    restart: 'by-itself',
    windowSeconds: null,
    softwareEntry: true,
    enter: [RESET_KEY, RESET_BUTTON],
    leave: 'replug',
    eeprom: 'not-from-here',
    modemManagerIgnore: false,
    needsUdevRule: true,
    windowsDriver: 'HidUsb',
    onlyOnRequest: false,
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'fixture', flashed: 'stand-in' },
  },
  {
    key: 'lufa-hid',
    name: 'LUFA HID',
    role: 'bootloader',
    appears: 'hid',
    ids: [
      {
        vid: '03eb',
        pid: '2067',
        label: 'LUFA HID bootloader',
        notRevision: PSI,
        sources: ['toolbox', 'cli'],
      },
    ],
    mcus: AVR_MCUS,
    formats: ['hex'],
    flasher: { tool: 'hid_bootloader_cli' },
    size: { '*': 4096 },
    offset: 0,
    verify: 'none',
    restart: 'by-itself',
    windowSeconds: null,
    softwareEntry: true,
    enter: [RESET_KEY, RESET_BUTTON],
    leave: 'replug',
    eeprom: 'not-from-here',
    modemManagerIgnore: false,
    needsUdevRule: true,
    windowsDriver: 'HidUsb',
    onlyOnRequest: false,
    sources: { flasher: ['toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    key: 'lufa-ms',
    name: 'LUFA mass storage',
    role: 'bootloader',
    appears: 'volume',
    ids: [
      {
        vid: '03eb',
        pid: '2045',
        label: 'LUFA mass storage bootloader',
        sources: ['toolbox', 'cli'],
      },
    ],
    mcus: AVR_MCUS,
    formats: ['bin'],
    flasher: { tool: 'flash-bin-copy' },
    size: { '*': 8192 },
    offset: 0,
    verify: 'none',
    restart: 'by-hand',
    windowSeconds: null,
    softwareEntry: true,
    enter: [RESET_KEY, RESET_BUTTON],
    leave: 'replug',
    eeprom: 'not-from-here',
    modemManagerIgnore: false,
    needsUdevRule: false,
    windowsDriver: 'USBSTOR',
    onlyOnRequest: false,
    warning:
      'This bootloader loses the firmware easily: do not touch the keyboard or its cable until Kiln says that it has ended.',
    sources: { flasher: ['toolbox'], size: ['firmware'], quirks: ['firmware', 'toolbox'] },
    proof: { detected: 'fixture', flashed: 'no' },
  },
  {
    key: 'bootloadhid',
    name: 'bootloadHID (PS2AVRGB)',
    role: 'bootloader',
    appears: 'hid',
    ids: [
      {
        vid: '16c0',
        pid: '05df',
        label: 'bootloadHID',
        // All HID devices with V-USB may have this id.
        product: 'HIDBoot',
        sources: ['firmware', 'udev', 'toolbox', 'cli'],
      },
    ],
    mcus: VUSB_MCUS,
    formats: ['hex'],
    flasher: { tool: 'bootloadHID' },
    size: { '*': 4096 },
    offset: 0,
    verify: 'none',
    restart: 'by-itself',
    windowSeconds: null,
    softwareEntry: true,
    enter: [RESET_KEY, 'Hold the top left key (or Left Control) while you plug the keyboard in'],
    leave: 'command',
    // The jump from the firmware writes 0 to EEPROM byte 1.
    eeprom: 'cleared-on-entry',
    modemManagerIgnore: false,
    needsUdevRule: true,
    windowsDriver: 'HidUsb',
    onlyOnRequest: false,
    warning: 'Entering this bootloader by a key already cleared the keyboard’s settings.',
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['firmware'] },
    proof: { detected: 'fixture', flashed: 'stand-in' },
  },
  {
    key: 'usbasploader',
    name: 'USBaspLoader, or a USBasp programmer',
    role: 'bootloader',
    appears: 'usb',
    ids: [
      {
        vid: '16c0',
        pid: '05dc',
        label: 'USBaspLoader or USBasp',
        product: 'USBasp',
        sources: ['firmware', 'udev', 'toolbox', 'cli'],
      },
    ],
    mcus: [...VUSB_MCUS, ...AVR_MCUS],
    formats: ['hex'],
    flasher: { tool: 'avrdude', programmer: 'usbasp' },
    size: { '*': 4096 },
    offset: 0,
    verify: 'tool',
    restart: 'by-hand',
    windowSeconds: null,
    softwareEntry: false,
    enter: ['Hold BOOT, press and let go of RESET, then let go of BOOT'],
    leave: 'reset-button',
    eeprom: 'tool',
    modemManagerIgnore: false,
    needsUdevRule: true,
    windowsDriver: 'libusbK',
    onlyOnRequest: false,
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    key: 'usbtinyisp',
    name: 'USBtinyISP programmer',
    role: 'programmer',
    appears: 'usb',
    ids: [
      // The registered vendor id, and the one that the firmware's lists have instead.
      { vid: '1781', pid: '0c9f', label: 'USBtinyISP', sources: ['toolbox'] },
      { vid: '1782', pid: '0c9f', label: 'USBtinyISP', sources: ['firmware', 'udev'] },
    ],
    mcus: [...AVR_MCUS, ...VUSB_MCUS, 'attiny85'],
    formats: ['hex'],
    flasher: { tool: 'avrdude', programmer: 'usbtiny' },
    size: { '*': 0 },
    offset: 0,
    verify: 'tool',
    restart: 'by-itself',
    windowSeconds: null,
    softwareEntry: false,
    enter: ['Connect the programmer to the keyboard’s ISP pins'],
    leave: 'replug',
    eeprom: 'tool',
    modemManagerIgnore: false,
    needsUdevRule: true,
    windowsDriver: 'libusb0',
    onlyOnRequest: true,
    warning: 'A programmer writes over the bootloader as well.',
    sources: { flasher: ['firmware', 'toolbox'], size: [], quirks: ['toolbox'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    key: 'avrisp',
    name: 'Arduino as ISP programmer',
    role: 'programmer',
    appears: 'serial',
    ids: [
      { vid: '16c0', pid: '0483', label: 'AVRISP, or a Teensy with serial', sources: ['toolbox'] },
    ],
    mcus: [...AVR_MCUS, ...VUSB_MCUS],
    formats: ['hex'],
    flasher: { tool: 'avrdude', programmer: 'avrisp' },
    size: { '*': 0 },
    offset: 0,
    verify: 'tool',
    restart: 'by-itself',
    windowSeconds: null,
    softwareEntry: false,
    enter: ['Connect the programmer to the keyboard’s ISP pins'],
    leave: 'replug',
    eeprom: 'tool',
    modemManagerIgnore: true,
    needsUdevRule: true,
    windowsDriver: 'usbser',
    // The id is that of every Teensy sketch with a serial port.
    onlyOnRequest: true,
    warning: 'A programmer writes over the bootloader as well.',
    sources: { flasher: ['toolbox'], size: [], quirks: ['toolbox'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    ...dfuSe('0483', 'df11', 'STM32 in DFU mode', ['firmware', 'udev', 'toolbox', 'cli']),
    key: 'stm32-dfu',
    name: 'STM32 DFU',
    mcus: [
      'STM32F042',
      'STM32F072',
      'STM32F103',
      'STM32F303',
      'STM32F401',
      'STM32F405',
      'STM32F407',
      'STM32F411',
      'STM32F446',
      'STM32G0B1',
      'STM32G431',
      'STM32G474',
      'STM32H723',
      'STM32H733',
      'STM32L412',
      'STM32L422',
      'STM32L432',
      'STM32L433',
      'STM32L442',
      'STM32L443',
    ],
    sources: { flasher: ['firmware', 'toolbox'], size: ['protocol'], quirks: ['issues'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    ...dfuSe('314b', '0106', 'APM32 in DFU mode', ['firmware', 'udev', 'toolbox', 'cli']),
    key: 'apm32-dfu',
    name: 'APM32 DFU',
    // Geehy's chips are built for as the STM32 that they copy.
    mcus: ['STM32F072', 'STM32F103'],
    sources: { flasher: ['firmware', 'toolbox'], size: ['protocol'], quirks: ['issues'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    ...dfuSe('28e9', '0189', 'GD32V in DFU mode', ['firmware', 'udev', 'toolbox', 'cli']),
    key: 'gd32v-dfu',
    name: 'GD32V DFU',
    mcus: ['GD32VF103'],
    // QMK's jump is an ordinary reset on this chip.
    softwareEntry: false,
    enter: [BOOT_PADS],
    warning: 'Some revisions of this chip’s ROM loader answer dfu-util wrongly.',
    sources: {
      flasher: ['firmware', 'toolbox'],
      size: ['protocol'],
      quirks: ['firmware', 'issues'],
    },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    ...dfuSe('2e3c', 'df11', 'AT32 in DFU mode', ['firmware', 'udev']),
    key: 'at32-dfu',
    name: 'AT32 DFU',
    mcus: ['AT32F415'],
    sources: { flasher: ['firmware'], size: ['protocol'], quirks: ['issues'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    ...dfuSe('3297', '0791', 'ZSA Voyager (ignition)', ['firmware']),
    key: 'zsa-ignition',
    name: 'ZSA ignition',
    mcus: ['STM32F303'],
    // The loader lies in front: keyboards/zsa/voyager/rules.mk.
    flasher: { tool: 'dfu-util', alt: 0, address: 0x0800_2000, readsBack: true, reset: false },
    offset: 0x2000,
    enter: [RESET_KEY, 'Press the reset button with a paper clip'],
    sources: { flasher: ['firmware'], size: ['firmware'], quirks: ['firmware'] },
    proof: { detected: 'fixture', flashed: 'parser' },
  },
  {
    ...dfuSe('1eaf', '0003', 'STM32duino (Maple 003)', ['firmware', 'udev', 'toolbox', 'cli']),
    key: 'stm32duino',
    name: 'STM32duino',
    mcus: ['STM32F103'],
    // Plain DFU: the loader knows where the image goes, behind itself.
    flasher: { tool: 'dfu-util', alt: 2, address: null, readsBack: false, reset: true },
    offset: 0x2000,
    verify: 'none',
    restart: 'by-itself',
    leave: 'replug',
    enter: [RESET_KEY, RESET_BUTTON],
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    ...dfuSe('1c11', 'b007', 'Kiibohd DFU', ['firmware', 'udev', 'toolbox', 'cli']),
    key: 'kiibohd',
    name: 'Kiibohd DFU (Infinity, K-Type)',
    mcus: ['MK20DX128', 'MK20DX256'],
    flasher: { tool: 'dfu-util', alt: 0, address: null, readsBack: false, reset: false },
    // The loader takes 4 KiB at the start of the flash: the linker scripts of QMK's kiibohd boards.
    offset: 0x1000,
    verify: 'none',
    restart: 'by-itself',
    leave: 'command',
    enter: [RESET_KEY, 'Press the button on the underside'],
    warning: 'The two halves of an ErgoDox Infinity take different images.',
    sources: { flasher: ['firmware', 'toolbox'], size: ['firmware'], quirks: ['toolbox'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    ...dfuSe('342d', 'dfa0', 'WB32 in DFU mode', ['firmware', 'udev', 'toolbox', 'cli']),
    key: 'wb32-dfu',
    name: 'WB32 DFU',
    mcus: ['WB32F3G71', 'WB32FQ95'],
    formats: ['bin', 'hex'],
    flasher: { tool: 'wb32-dfu-updater_cli', address: 0x0800_0000 },
    verify: 'none',
    enter: [RESET_KEY, BOOT_BUTTON],
    sources: { flasher: ['firmware', 'toolbox'], size: ['protocol'], quirks: ['issues'] },
    proof: { detected: 'fixture', flashed: 'stand-in' },
  },
  {
    ...UF2_VOLUME,
    key: 'rp2040',
    name: 'RP2040 (BOOTSEL)',
    ids: [
      {
        vid: '2e8a',
        pid: '0003',
        label: 'RP2040 in BOOTSEL mode',
        mcus: ['RP2040'],
        sources: ['udev', 'protocol'],
      },
    ],
    mcus: ['RP2040'],
    offset: 0,
    softwareEntry: true,
    enter: [
      RESET_KEY,
      BOOT_BUTTON,
      'Press RESET twice quickly, where the firmware was built for it',
    ],
    // Only tools that speak PICOBOOT need it; the volume is mounted by the desktop.
    needsUdevRule: true,
    sources: { flasher: ['firmware', 'protocol'], size: ['protocol'], quirks: ['issues'] },
    proof: { detected: 'lab', flashed: 'lab' },
  },
  {
    ...UF2_VOLUME,
    key: 'tinyuf2',
    name: 'TinyUF2',
    ids: [],
    mcus: ['STM32F303', 'STM32F401', 'STM32F405', 'STM32F411'],
    offset: 0x4000,
    softwareEntry: true,
    enter: [RESET_KEY, 'Press RESET twice quickly'],
    needsUdevRule: false,
    sources: { flasher: ['firmware'], size: ['firmware'], quirks: ['issues'] },
    proof: { detected: 'fixture', flashed: 'no' },
  },
  {
    ...UF2_VOLUME,
    key: 'uf2boot',
    name: 'uf2boot',
    ids: [],
    mcus: ['STM32F103'],
    offset: 0x4000,
    softwareEntry: true,
    enter: [RESET_KEY, RESET_BUTTON],
    needsUdevRule: false,
    sources: { flasher: ['firmware'], size: ['firmware'], quirks: ['issues'] },
    proof: { detected: 'fixture', flashed: 'no' },
  },
  {
    key: 'md-boot',
    name: 'SAM-BA (Drop CTRL, ALT, SHIFT)',
    role: 'bootloader',
    appears: 'serial',
    ids: [
      {
        vid: '03eb',
        pid: '6124',
        label: 'SAM-BA',
        sources: ['firmware', 'udev', 'toolbox', 'cli'],
      },
    ],
    mcus: ['SAMD51J18A'],
    formats: ['bin', 'hex'],
    flasher: { tool: 'mdloader' },
    size: { '*': 0 },
    offset: 0x4000,
    // mdloader believes its applet's word for each page, and reads nothing back.
    verify: 'none',
    restart: 'by-command',
    windowSeconds: null,
    softwareEntry: true,
    enter: [
      RESET_KEY,
      'Hold Fn and b for half a second',
      'Press the button under the keyboard with a pin',
    ],
    leave: 'command',
    eeprom: 'not-from-here',
    modemManagerIgnore: true,
    needsUdevRule: true,
    windowsDriver: 'usbser',
    onlyOnRequest: false,
    sources: { flasher: ['firmware', 'toolbox'], size: ['protocol'], quirks: ['issues'] },
    proof: { detected: 'fixture', flashed: 'stand-in' },
  },
];
