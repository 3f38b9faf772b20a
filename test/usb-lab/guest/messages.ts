/** What the tests and the process of the emulated devices say to each other. */

export interface BoardSpec {
  readonly kind: 'dfuse' | 'flip' | 'halfkay' | 'caterina' | 'uf2-disk' | 'stm32duino' | 'kiibohd';
  /** Of the device core. */
  readonly options?: {
    readonly pulledAtBlock?: number;
    readonly locked?: boolean;
    readonly serial?: string;
    readonly pid?: number;
    readonly revision?: number;
    readonly signature?: readonly [number, number, number];
    readonly badCell?: number;
  };
  /** Runs its firmware at first, which has to be asked to go over into the bootloader. */
  readonly startsInFirmware?: boolean;
  /** Whether its firmware starts after the bootloader was left; true by default. */
  readonly comesBack?: boolean;
  readonly firmwarePid?: number;
}

export interface BoardView {
  readonly flash: Uint8Array;
  /** Null for a board without one. */
  readonly eeprom: Uint8Array | null;
  readonly violations: readonly string[];
  readonly blocks: number;
  readonly left: boolean;
  readonly isPulled: boolean;
  readonly wasTouched: boolean;
}

type Call =
  | { readonly do: 'plug'; readonly name: string; readonly spec: BoardSpec }
  | { readonly do: 'view'; readonly name: string }
  /** Pulls all cables. */
  | { readonly do: 'clear' };

export type ToEmulator = Call & { readonly call: number };

export interface FromEmulator {
  readonly call: number;
  readonly view: BoardView | null;
  readonly error: string | null;
}

/** A line of the report that the guest leaves to the host. */
export type ReportLine =
  | {
      readonly type: 'case';
      readonly title: string;
      readonly ok: boolean;
      readonly ms: number;
      readonly why: string;
      readonly log: readonly string[];
    }
  | { readonly type: 'end'; readonly cases: number };
