/** Made from api/openapi.json by npm run docs. Do not edit. */
export interface paths {
    readonly "/kiln/v1/builds": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Builds of before and of now, in pages */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description The id that the page before ended with */
                    readonly before?: string;
                    readonly limit?: number;
                    /** @description `open`: waits or runs */
                    readonly outcome?: "built" | "errors" | "failed" | "canceled" | "open";
                    readonly pinned?: "true";
                    /** @description Words of keyboard, keymap and firmware tree */
                    readonly q?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["BuildHistory"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/check": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Build a keymap before queued jobs, keep nothing, answer with size and errors */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description Whose checks replace each other, where several are at one address: a window’s own word */
                    readonly "x-kiln-client"?: string;
                };
                readonly path?: never;
                readonly cookie?: never;
            };
            /** @description A keymap as QMK Configurator exports it */
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Name of the firmware tree; the default one without it */
                        readonly branch?: string;
                        readonly config?: {
                            readonly [key: string]: unknown;
                        };
                        readonly converter?: string;
                        readonly encoders?: readonly (readonly {
                            readonly ccw: string;
                            readonly cw: string;
                        }[])[];
                        readonly host_language?: string;
                        /** @description A name of /v1/keyboards, or an alias */
                        readonly keyboard: string;
                        /** @description Letters, digits, _ and -; becomes part of file names */
                        readonly keymap: string;
                        /** @description A keycode a key, in the order of the layout */
                        readonly layers: readonly (readonly string[])[];
                        /** @description A layout of the keyboard, or an alias */
                        readonly layout: string;
                        readonly macros?: readonly (readonly unknown[])[];
                        readonly modules?: readonly string[];
                    } & {
                        readonly [key: string]: unknown;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["CheckAnswer"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/checks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether this machine can build, and what is missing: what kiln doctor says */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Checks"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/console/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What attached keyboards print on their debug consoles, as server-sent events
         * @description Events are `line` {at, device, title, text}. Consoles carry no keystrokes.
         */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Lines from now on */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/event-stream": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/devices": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Attached keyboards and bootloaders, what can be done with each, and why not */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["DeviceList"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/devices/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The same as server-sent events: `devices`, at once and after each change */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The list now, then after each change */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/event-stream": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-checks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * What a flash run would find before it writes, without starting one
         * @description Takes what starting a run takes. Nothing is touched.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @default flash
                         * @enum {string}
                         */
                        readonly action?: "flash" | "clear-eeprom" | "set-hand" | "exit";
                        /** @description Key, where others have the same USB id */
                        readonly bootloader?: string;
                        /** @description The keyboard’s name, typed, against a mismatch */
                        readonly confirmation?: string;
                        /** @description Its id or instance; the one that fits when absent */
                        readonly device?: string;
                        /**
                         * @description With set-hand
                         * @enum {string}
                         */
                        readonly hand?: "left" | "right";
                        /** @description Id of an image that was sent to /kiln/v1/flash-images */
                        readonly image?: string;
                        /** @description A finished job, whose image is written */
                        readonly job?: string;
                        /** @description Which keyboard it is; the one of the job when absent */
                        readonly keyboard?: {
                            readonly name: string;
                            /** @description The default tree when absent */
                            readonly tree?: string;
                        };
                        /** @description The chip, where nothing tells */
                        readonly mcu?: string;
                        /**
                         * @description For the bootloader
                         * @default 300
                         */
                        readonly waitSeconds?: number;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashPreview"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-images": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Hand in an image from a file, for a flash run that is to come
         * @description The body is the file itself, as application/octet-stream. It is kept in memory for a while.
         */
        readonly post: {
            readonly parameters: {
                readonly query: {
                    /** @description File name, whose extension has to fit the content */
                    readonly name: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Created */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashImage"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-runs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Flash runs, newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashRunList"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Start a flash run: armed for one keyboard and one image, fires once */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @default flash
                         * @enum {string}
                         */
                        readonly action?: "flash" | "clear-eeprom" | "set-hand" | "exit";
                        /** @description Key, where others have the same USB id */
                        readonly bootloader?: string;
                        /** @description The keyboard’s name, typed, against a mismatch */
                        readonly confirmation?: string;
                        /** @description Its id or instance; the one that fits when absent */
                        readonly device?: string;
                        /**
                         * @description With set-hand
                         * @enum {string}
                         */
                        readonly hand?: "left" | "right";
                        /** @description Id of an image that was sent to /kiln/v1/flash-images */
                        readonly image?: string;
                        /** @description A finished job, whose image is written */
                        readonly job?: string;
                        /** @description Which keyboard it is; the one of the job when absent */
                        readonly keyboard?: {
                            readonly name: string;
                            /** @description The default tree when absent */
                            readonly tree?: string;
                        };
                        /** @description The chip, where nothing tells */
                        readonly mcu?: string;
                        /**
                         * @description For the bootloader
                         * @default 300
                         */
                        readonly waitSeconds?: number;
                    };
                };
            };
            readonly responses: {
                /** @description Created */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashRun"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-runs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A flash run: where it is, what the keyboard holds, how it ended */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashRun"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-runs/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End a flash run, where that is safe; refused with the reason where it is not */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashRun"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-runs/{id}/device": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Say which of several devices is meant */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly device: string;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashRun"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-runs/{id}/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A flash run as server-sent events
         * @description Events are `log` {line}, `run` (the run, after each change) and at last `end` {outcome}.
         */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The run so far, then each change */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/event-stream": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/flash-runs/{id}/log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What Kiln and the tools said in a flash run */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FlashLog"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the service lives; for supervisors, without secrets */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ServiceHealth"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/health/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the service answers at all; for supervisors that start it anew */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {boolean} */
                            readonly live: true;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/health/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether it can build now: its queue answers and a worker lives; for load balancers */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {boolean} */
                            readonly ready: true;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/hooks/git": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Webhook of GitHub, Gitea or GitLab: have the trees looked at for updates
         * @description Signed with KILN_WEBHOOK_SECRET as X-Hub-Signature-256 or X-Gitea-Signature, or sent as X-Gitlab-Token. Nothing of the body is believed: it only has the update of git trees begin, once nothing is built.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Hooked"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Jobs that run or wait */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["JobList"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A job’s state, progress and outcome */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Forget a job that has ended, with its files */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End a job: at once while it waits, soon while it runs */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/events": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A job’s state, progress and log as server-sent events
         * @description Events are `state` {at, state}, `progress` {at, stage, fraction?} and `log` {at, lines}, each with its number as id, and at last `end` {state}, after which the stream ends.
         */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: {
                    /** @description Events after this one are sent */
                    readonly "last-event-id"?: string;
                };
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The events so far, then each as it happens */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/event-stream": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/keymap.c": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The keymap as C, as it was built */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The keymap as C, as it was built */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/x-c": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A job’s log so far, as plain text */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Its lines */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/plain": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/pin": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Keep a job and its files, whatever their age */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Queue the keymap of a job once more, as a new job */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/jobs/{id}/unpin": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let a job go with the others when its time has come */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/keyboards": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Keyboards of all firmware trees that a text describes */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                    /** @description Words, each of which has to be found: names, makers, processors, USB ids */
                    readonly q?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardSearch"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The API keys that hold */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ApiKeys"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Make an API key */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Milliseconds since the epoch */
                        readonly expiresAt?: number;
                        /** @description 1 to 40 letters, digits, spaces and . _ - */
                        readonly name: string;
                        /** Format: uri */
                        readonly origin?: string;
                        /**
                         * @default [
                         *       "compile"
                         *     ]
                         */
                        readonly scopes?: readonly ("compile" | "flash" | "admin")[];
                    };
                };
            };
            readonly responses: {
                /** @description Created */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["IssuedKey"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/keys/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Refuse a key from now on */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description 1 to 40 letters, digits, spaces and . _ - */
                    readonly name: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ApiKeys"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/log-level": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The least level that is logged now */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["LogLevel"];
                    };
                };
            };
        };
        /** Log more or less, until the service ends */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @description Each holds those after it
                         * @enum {string}
                         */
                        readonly level: "trace" | "debug" | "info" | "warn" | "error" | "silent";
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["LogLevel"];
                    };
                };
            };
        };
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This document */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly openapi: string;
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/pair": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let a device in by the pairing code
         * @description The secret is an API key with the scope `compile`, which ends with the code. Browsers also get it as a cookie, so that the Configurator that this service hands out works in them as it is.
         */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description As it was read out; case, spaces and dashes do not matter */
                        readonly code: string;
                        /**
                         * @description What the list of keys calls the device
                         * @default device
                         */
                        readonly name?: string;
                    };
                };
            };
            readonly responses: {
                /** @description Created */
                readonly 201: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Paired"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/pairing": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The pairing code that holds */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Pairing"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Make a pairing code, or show the one that holds */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @description How long a new code holds
                         * @default 12
                         */
                        readonly hours?: number;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Pairing"];
                    };
                };
            };
        };
        /** Refuse the pairing code, and every device that it let in, from now on */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Pairing"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/ping": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Ask the database and every worker whether they answer, and how quickly */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Pong"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/prewarm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Make later builds of that keyboard quick, once the machine has nothing else to do */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            /** @description A keymap as QMK Configurator exports it */
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Name of the firmware tree; the default one without it */
                        readonly branch?: string;
                        readonly config?: {
                            readonly [key: string]: unknown;
                        };
                        readonly converter?: string;
                        readonly encoders?: readonly (readonly {
                            readonly ccw: string;
                            readonly cw: string;
                        }[])[];
                        readonly host_language?: string;
                        /** @description A name of /v1/keyboards, or an alias */
                        readonly keyboard: string;
                        /** @description Letters, digits, _ and -; becomes part of file names */
                        readonly keymap: string;
                        /** @description A keycode a key, in the order of the layout */
                        readonly layers: readonly (readonly string[])[];
                        /** @description A layout of the keyboard, or an alias */
                        readonly layout: string;
                        readonly macros?: readonly (readonly unknown[])[];
                        readonly modules?: readonly string[];
                    } & {
                        readonly [key: string]: unknown;
                    };
                };
            };
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Prewarmed"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/queue": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What runs, what waits and for whom, and what each worker does now */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly limit?: number;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["QueueView"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/queue/clients": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who has jobs in the queue, and how many */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ClientShares"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/queue/flush": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Cancel every job that waits, and on demand those that run */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @description Ends running jobs as well
                         * @default false
                         */
                        readonly running?: boolean;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Flushed"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/queue/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A job with what only operators see of it */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["OperatorJob"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/remote-keymaps": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Fetch a keymap file from an address that a person agreed to */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Of a host of KILN_IMPORT_HOSTS */
                        readonly url: string;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["RemoteKeymap"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/schedule": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the service does by itself: last run, next run, outcome */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Schedule"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/schedule/{task}/run": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Run a task now, whatever its time */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly task: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @description Does not wait for a quiet hour
                         * @default false
                         */
                        readonly now?: boolean;
                        /**
                         * @description Answers at its end instead of at its start
                         * @default false
                         */
                        readonly wait?: boolean;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["TaskState"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/session-codes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A one-time code for a browser on this machine */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["BrowserCode"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Exchanges a one-time code for a key that only Kiln’s own page may use */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly code: string;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Session"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/settings": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How the service is set up, and what of it can be changed */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ServiceSettings"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Change settings; all but the log level hold from the next start on */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description By name; null takes a setting out of the file */
                        readonly values: {
                            readonly [key: string]: (string | number | boolean | readonly string[]) | null;
                        };
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ServiceSettings"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/test-keyboard": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Queue the build of an empty keymap, to see whether a keyboard works */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly keyboard: string;
                        /** @description The usual one when absent */
                        readonly layout?: string;
                        /** @description The default firmware tree when absent */
                        readonly tree?: string;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/token/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Replace the session token: the old one is refused at once, also here */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["SessionToken"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/toolchain/install": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Install the qmk command line from the Python package index, in the background */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Work"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/toolchain/repair": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Unpack what is missing or damaged of the toolchain that came packed, in the background */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Work"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The firmware trees, and how far each one’s catalogue is */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Trees"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Add a firmware tree, in the background */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Lower-case letters, digits, - and _, at most 32 */
                        readonly name: string;
                        /** @description An absolute folder, used in place and never written to, or a git address[@ref] */
                        readonly source: string;
                    };
                };
            };
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Work"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Forget a tree, and Kiln’s own clone of it */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly commit: string | null;
                            readonly tree: string;
                        };
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/catalogue": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How far a tree’s catalogue is, and which keyboards cannot be read */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Catalogue"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/catalogue/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Look for changes of a tree now, in the background */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["IndexStatus"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/preview": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Look what an update would change, in the background */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Work"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/readme.md": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What these data are */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A text */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/markdown": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Go back to the commit before the last update */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly commit: string | null;
                            readonly tree: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/test-builds": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Which keyboards of a tree build, as test builds found */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description Leaves out what was tested before then, and the untested: for who has those already */
                    readonly since?: number;
                };
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["TestBuilds"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/toolchain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Build a tree with tools of your own before the usual ones */
        readonly put: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description A staged toolchain, or a folder with a bin; null for the usual tools again */
                        readonly folder: string | null;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly commit: string | null;
                            readonly tree: string;
                        };
                    };
                };
            };
        };
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/update": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Update a firmware tree, in the background */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Accepted */
                readonly 202: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Work"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/use": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Make it the tree that answers when none is named */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly commit: string | null;
                            readonly tree: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/constants_metadata.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Which versions of which constants there are */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ConstantsMetadata"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/constants/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Keycodes by version and language, and hooks of modules */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboard_aliases.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Old names of keyboards and of their layouts */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardAliases"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboard_list.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Names of all keyboards, as the static files give them */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardList"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboard_metadata.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Names, old names and USB ids of all keyboards */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardMetadata"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Names of all keyboards, as a bare array */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardNames"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metadata of all keyboards read so far */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardInfos"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A keyboard’s info.json, readme, keymap or last test build */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `<keyboard>` or up to 50 of them with commas, `<keyboard>/info.json`, `<keyboard>/readme` or `…/readme.md`, `<keyboard>/keymaps/<keymap>` or `…/keymap.json`, `<keyboard>/build_log` */
                    readonly path: string;
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The data; the nearest readme.md from the keyboard’s folder upward; a keymap file */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardInfos"] | components["schemas"]["BuildRecord"] | {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards/all": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metadata of all keyboards read so far */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardInfos"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards/build_log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Each keyboard’s last test build */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: components["schemas"]["BuildRecord"];
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards/build_status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether each keyboard’s last test build went well */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: boolean;
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards/build_summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Each keyboard’s last test build, without its output */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: {
                                /** @description Seconds since the epoch */
                                readonly last_tested: number;
                                readonly warnings: boolean;
                                readonly works: boolean;
                            };
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/keyboards/error_log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What is wrong with keyboards that do not work */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: {
                                readonly message: string;
                                /** @enum {string} */
                                readonly severity: "error" | "warning";
                            };
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/mappings/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How settings of QMK are called where */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/schemas/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** JSON schemas of QMK’s files */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/templates/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Files that new keyboards begin with */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/usb": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** USB ids of all keyboards */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UsbIds"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/trees/{tree}/v1/usb.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** USB ids of all keyboards */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Name of a firmware tree */
                    readonly tree: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UsbIds"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/udev": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The udev rules that let a person open bootloaders, and whether they are missing */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UdevRules"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/udev/install": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Install them: asks for the administrator’s password on the service’s own desktop */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UdevRules"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/kiln/v1/work": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the service does in the background, and how the last of each ended */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["WorkList"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Numbers for the operator, in Prometheus’s text form */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Metrics */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/plain": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readme.md": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What these data are */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description A text */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "text/markdown": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether the service compiles, and how many jobs wait */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Status"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/compile": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Queue the build of a keymap */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            /** @description A keymap as QMK Configurator exports it */
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Name of the firmware tree; the default one without it */
                        readonly branch?: string;
                        readonly config?: {
                            readonly [key: string]: unknown;
                        };
                        readonly converter?: string;
                        readonly encoders?: readonly (readonly {
                            readonly ccw: string;
                            readonly cw: string;
                        }[])[];
                        readonly host_language?: string;
                        /** @description A name of /v1/keyboards, or an alias */
                        readonly keyboard: string;
                        /** @description Letters, digits, _ and -; becomes part of file names */
                        readonly keymap: string;
                        /** @description A keycode a key, in the order of the layout */
                        readonly layers: readonly (readonly string[])[];
                        /** @description A layout of the keyboard, or an alias */
                        readonly layout: string;
                        readonly macros?: readonly (readonly unknown[])[];
                        readonly modules?: readonly string[];
                    } & {
                        readonly [key: string]: unknown;
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Enqueued"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/compile/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A compile job’s state and, once it ended, its result */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["CompileJob"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/compile/{id}/download": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The firmware */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The firmware */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/octet-stream": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/compile/{id}/hex": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The firmware, under its former address */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The firmware, under its former address */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/octet-stream": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/compile/{id}/keymap": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The keymap that was built */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The keymap that was built */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/compile/{id}/source": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The source that was built */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A job id: 32 hexadecimal digits */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The source that was built */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/zip": string;
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/constants_metadata.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Which versions of which constants there are */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ConstantsMetadata"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/constants/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Keycodes by version and language, and hooks of modules */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/converters": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The kinds of converters */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Children"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/converters/kle": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The beginning of an info.json for a layout of keyboard-layout-editor.com */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            /** @description A layout of keyboard-layout-editor.com */
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Raw data of keyboard-layout-editor.com as text, or its rows */
                        readonly raw: string | readonly unknown[];
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["InfoSkeleton"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/converters/kle2qmk": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The beginning of an info.json for a layout of keyboard-layout-editor.com */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            /** @description A layout of keyboard-layout-editor.com */
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description Raw data of keyboard-layout-editor.com as text, or its rows */
                        readonly raw: string | readonly unknown[];
                    };
                };
            };
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["InfoSkeleton"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/healthcheck": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The same without the list of children */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Healthcheck"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboard_aliases.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Old names of keyboards and of their layouts */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardAliases"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboard_list.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Names of all keyboards, as the static files give them */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardList"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboard_metadata.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Names, old names and USB ids of all keyboards */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardMetadata"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Names of all keyboards, as a bare array */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardNames"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metadata of all keyboards read so far */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardInfos"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A keyboard’s info.json, readme, keymap or last test build */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description `<keyboard>` or up to 50 of them with commas, `<keyboard>/info.json`, `<keyboard>/readme` or `…/readme.md`, `<keyboard>/keymaps/<keymap>` or `…/keymap.json`, `<keyboard>/build_log` */
                    readonly path: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The data; the nearest readme.md from the keyboard’s folder upward; a keymap file */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardInfos"] | components["schemas"]["BuildRecord"] | {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards/all": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metadata of all keyboards read so far */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeyboardInfos"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards/build_log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Each keyboard’s last test build */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: components["schemas"]["BuildRecord"];
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards/build_status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether each keyboard’s last test build went well */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: boolean;
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards/build_summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Each keyboard’s last test build, without its output */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: {
                                /** @description Seconds since the epoch */
                                readonly last_tested: number;
                                readonly warnings: boolean;
                                readonly works: boolean;
                            };
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/keyboards/error_log": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What is wrong with keyboards that do not work */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description By keyboard; one that was never tested is not there */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: {
                                readonly message: string;
                                /** @enum {string} */
                                readonly severity: "error" | "warning";
                            };
                        };
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/mappings/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How settings of QMK are called where */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/metrics/keyboards": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Nothing: Kiln counts nobody */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly keyboards: Record<string, never>;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/metrics/keyboards/days/{days}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Nothing: Kiln counts nobody */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A number */
                    readonly days: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly keyboards: Record<string, never>;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/metrics/locations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Nothing: Kiln counts nobody */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly locations: Record<string, never>;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/metrics/locations/days/{days}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Nothing: Kiln counts nobody */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description A number */
                    readonly days: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly locations: Record<string, never>;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/schemas/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** JSON schemas of QMK’s files */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/skeletons": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The kinds of skeletons */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Children"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/skeletons/keymap": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** An empty keymap file */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["KeymapSkeleton"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/telemetry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Nothing: what is sent is not kept */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly message: string;
                        };
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/templates/{path}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Files that new keyboards begin with */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description Path of a document */
                    readonly path: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description The document */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "application/octet-stream": string;
                        readonly "application/schema+json": {
                            readonly [key: string]: unknown;
                        };
                        readonly "text/markdown": string;
                        readonly "text/plain": string;
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/usb": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** USB ids of all keyboards */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UsbIds"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/usb.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** USB ids of all keyboards */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description OK */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UsbIds"];
                    };
                };
                /** @description What the client has is still good */
                readonly 304: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly ApiKey: {
            /** @description Milliseconds since the epoch */
            readonly createdAt: number;
            readonly expiresAt: number | null;
            readonly id: string;
            /** @description Up to half a minute late */
            readonly lastUsedAt: number | null;
            readonly name: string;
            /** @description The one web origin whose pages may send it */
            readonly origin: string | null;
            /** @description Came in by the pairing code, and goes with it */
            readonly paired: boolean;
            readonly scopes: readonly ("compile" | "flash" | "admin")[];
            readonly uses: number;
        };
        readonly ApiKeys: {
            readonly keys: readonly components["schemas"]["ApiKey"][];
        };
        readonly BrowserCode: {
            /** @description Good for one exchange within ten minutes */
            readonly code: string;
        };
        readonly BuildHistory: {
            /** @description The newest first */
            readonly builds: readonly components["schemas"]["Job"][];
            /** @description `before` of the next page; null at the end */
            readonly next: string | null;
        };
        readonly BuildRecord: {
            /** @description Seconds since the epoch */
            readonly last_tested: number;
            /** @description The output, or why there is none */
            readonly message: string;
            readonly warnings: boolean;
            readonly works: boolean;
        };
        readonly BuildSummary: {
            readonly durationMs: number;
            /** @description In the order in which the tools printed them */
            readonly errors: readonly {
                readonly file?: string;
                /** @description 0-based position in the layer */
                readonly index?: number;
                readonly keycode?: string;
                /** @description 0-based */
                readonly layer?: number;
                readonly line?: number;
                /** @description A sentence; the tool’s own words where there are no better ones */
                readonly message: string;
            }[];
            /** @description Null after a compile error */
            readonly firmwareFilename: string | null;
            readonly firmwareSha256: string | null;
            readonly returncode: number;
            readonly size: {
                /** @description Bytes that the bootloader leaves free for it, where known */
                readonly limit: number | null;
                /** @description Bytes of flash that the image takes */
                readonly used: number;
            } | null;
            /** @description Tool name to version line */
            readonly toolchain: {
                readonly [key: string]: string;
            };
            readonly tree: {
                readonly commit: string | null;
                readonly describe: string;
                readonly dirty: boolean;
                readonly name: string;
            };
            /** @description Absent in results of earlier releases */
            readonly way?: {
                /**
                 * @description full: the tree’s own make built everything; plan: only what a new keymap changes was built; stored: an earlier build of the same keymap had the image
                 * @enum {string}
                 */
                readonly path: "full" | "plan" | "stored";
                /** @description Why that way, in a sentence */
                readonly reason: string;
            };
        };
        readonly Catalogue: {
            /** @description Keyboards that cannot be read: no list of the contract has them */
            readonly broken: readonly {
                readonly message: string;
                readonly name: string;
                /** @description Milliseconds since the epoch */
                readonly readAt: number;
            }[];
            readonly status: components["schemas"]["IndexStatus"];
            readonly tree: string;
        };
        readonly CheckAnswer: {
            /** @description Milliseconds that the build took, without waiting */
            readonly durationMs: number;
            /** @description What is wrong, the first cause first */
            readonly errors: readonly {
                readonly file?: string;
                /** @description 0-based position in the layer */
                readonly index?: number;
                readonly keycode?: string;
                /** @description 0-based */
                readonly layer?: number;
                readonly line?: number;
                /** @description A sentence; the tool’s own words where there are no better ones */
                readonly message: string;
            }[];
            /** @description Bytes that the bootloader leaves free for it; null where that is not known */
            readonly limit: number | null;
            /** @description Whether there would be an image */
            readonly ok: boolean;
            /**
             * @description full: the tree’s own make built everything; plan: only what a new keymap changes was built; stored: an earlier build of the same keymap had the image
             * @enum {string}
             */
            readonly path: "full" | "plan" | "stored";
            /** @description Bytes of flash that the image takes; null without one */
            readonly size: number | null;
        };
        readonly Checks: {
            readonly checks: readonly {
                readonly id: string;
                readonly message: string;
                readonly name: string;
                readonly remedy?: string;
                /**
                 * @description failed: the main job cannot run
                 * @enum {string}
                 */
                readonly state: "ok" | "warning" | "failed";
            }[];
        };
        readonly Children: {
            readonly children: readonly string[];
        };
        readonly ClientShares: {
            /** @description The one with the most jobs first */
            readonly clients: readonly {
                /** @description The sender’s network address, where known */
                readonly client: string | null;
                /** @description Milliseconds since the epoch */
                readonly oldestAt: number;
                readonly running: number;
                readonly waiting: number;
            }[];
        };
        readonly CompileJob: {
            /** @description RFC 1123, in GMT */
            readonly created_at: string;
            /** @description RFC 1123, in GMT */
            readonly enqueued_at: string;
            readonly id: string;
            /** @description Null while there is no result */
            readonly is_failed: boolean | null;
            readonly result: components["schemas"]["CompileResult"] | null;
            /**
             * @description «finished» includes compile errors; «failed» is a job that ended without a build
             * @enum {string}
             */
            readonly status: "queued" | "running" | "finished" | "failed";
        };
        readonly CompileResult: {
            /** @description The same as command, after a compile error */
            readonly cmd?: readonly string[];
            readonly command: readonly string[];
            readonly firmware: null;
            /** @description Absent without firmware: a client offers what it finds */
            readonly firmware_binary_url?: readonly string[];
            /** @description Empty without firmware */
            readonly firmware_filename: string;
            readonly firmware_keymap_url?: readonly string[];
            readonly firmware_source_url?: readonly string[];
            readonly id: string;
            readonly keyboard: string;
            readonly keymap: string;
            /** @description File name of the keymap */
            readonly keymap_archive: string;
            readonly keymap_json: string;
            readonly layout: string;
            /** @description The build’s log; why there is none, when the job itself died */
            readonly output: string;
            /** @constant */
            readonly public_firmware: false;
            /** @description 0 with firmware; otherwise the exit code, or -3 without a build */
            readonly returncode: number;
            /** @description File name of the source */
            readonly source_archive: string;
        };
        readonly ConstantsMetadata: {
            /** @description Versions by name */
            readonly constants: {
                readonly [key: string]: readonly string[];
            };
            /** @description YYYY-MM-DD HH:MM:SS GMT */
            readonly last_updated: string;
        };
        readonly Device: {
            /** @description Its key in the bootloader table */
            readonly bootloader: string | null;
            /** @description What can be done with it now */
            readonly can: readonly ("flash" | "clear-eeprom" | "set-hand" | "exit" | "touch" | "console")[];
            /** @description The place; it stays when a keyboard goes over into its bootloader */
            readonly id: string;
            /** @description Another one each time that something starts anew there */
            readonly instance: string;
            /** @description Keyboards of the trees with this USB id; many share one */
            readonly keyboards: readonly {
                readonly name: string;
                readonly tree: string;
            }[];
            /** @enum {string} */
            readonly kind: "keyboard" | "bootloader" | "other";
            /** @description The chip, where the device tells it */
            readonly mcu: string | null;
            /** @description Serial ports */
            readonly ports: readonly {
                /**
                 * @description Whether the service’s account may open it
                 * @enum {string}
                 */
                readonly access: "ok" | "denied" | "unknown";
                readonly path: string;
            }[];
            /** @description Why something cannot be done, and what to do about it */
            readonly problems: readonly {
                readonly code: string;
                readonly message: string;
                readonly remedy: string;
            }[];
            readonly title: string;
            readonly usb: {
                readonly manufacturer: string | null;
                readonly pid: string;
                readonly product: string | null;
                readonly revision: string;
                readonly serial: string | null;
                readonly vid: string;
            } | null;
            readonly volumes: readonly {
                /** @description What its INFO_UF2.TXT names */
                readonly board: string | null;
                readonly mount: string | null;
                readonly readOnly: boolean;
            }[];
        };
        readonly DeviceList: {
            readonly devices: readonly components["schemas"]["Device"][];
            /** @description Why attached devices cannot be seen */
            readonly trouble: components["schemas"]["ErrorReport"] | null;
        };
        readonly Enqueued: {
            /** @constant */
            readonly enqueued: true;
            /** @description To be used verbatim in later addresses */
            readonly job_id: string;
        };
        readonly Error: {
            /** @description The HTTP status */
            readonly code: number;
            readonly error: components["schemas"]["ErrorReport"];
            /** @description What happened and what to do, as one text */
            readonly message: string;
        };
        readonly ErrorReport: {
            /** @description Stable; docs/errors.md explains each */
            readonly code: string;
            /** @description Facts by name, per code */
            readonly details?: {
                readonly [key: string]: unknown;
            };
            /** @enum {string} */
            readonly kind: "user" | "environment" | "cancelled" | "defect";
            /** @description What happened, in a sentence */
            readonly message: string;
            /** @description What to do about it, in a sentence */
            readonly remedy: string;
        };
        readonly FlashImage: {
            /** @enum {string} */
            readonly format: "uf2" | "hex" | "bin";
            readonly id: string;
            readonly name: string;
            readonly sha256: string;
            /** @description Bytes of flash that it fills */
            readonly size: number;
        };
        readonly FlashLog: {
            readonly lines: readonly string[];
        };
        readonly FlashPreview: {
            /** @description Of the device, or else the one that the keyboard is known to have */
            readonly bootloader: {
                /**
                 * @description Whether settings can be written from there, and what that costs
                 * @enum {string}
                 */
                readonly eeprom: "tool" | "tool-erases-firmware" | "cleared-on-entry" | "not-from-here";
                /** @description How the keyboard gets into it, best way first */
                readonly enter: readonly string[];
                readonly key: string;
                readonly name: string;
                /** @enum {string} */
                readonly restart: "by-itself" | "by-command" | "by-hand";
                readonly warning: string | null;
            } | null;
            /** @description The name to type against a mismatch */
            readonly confirm: string | null;
            /** @description What would be written to if the run began now; null while none or several fit */
            readonly device: {
                readonly id: string;
                readonly instance: string;
                readonly title: string;
            } | null;
            /** @description Empty where all fits that can be checked */
            readonly findings: readonly {
                readonly message: string;
                readonly rule: string;
                /**
                 * @description stop: it cannot work; mismatch: only with the keyboard’s name typed
                 * @enum {string}
                 */
                readonly severity: "stop" | "mismatch" | "note";
            }[];
            readonly mcu: string | null;
            /** @description Bytes that an image may fill */
            readonly room: number | null;
        };
        readonly FlashRun: {
            /** @enum {string} */
            readonly action: "flash" | "clear-eeprom" | "set-hand" | "exit";
            readonly bootloader: string | null;
            /** @description Why it cannot be canceled now */
            readonly cancelRefusal: string | null;
            /** @description Devices that fit, in the phase choose */
            readonly choices: readonly {
                readonly id: string;
                readonly instance: string;
                readonly title: string;
            }[];
            /** @description Its title, once it is known */
            readonly device: string | null;
            readonly end: {
                /** @description What happened, for a page in another language; null with an error */
                readonly code: ("canceled" | "no-bootloader" | "cut-off" | "settings-done" | "settings-done-not-back" | "compared" | "compared-not-back" | "unreadable" | "not-compared" | "still-in-bootloader" | "not-back" | "tool-silent" | "tool-slow" | "tool-crashed" | "tool-showed-nothing" | "tool-gave-up" | "no-device" | "no-access" | "port-unavailable" | "several-devices" | "wrong-chip" | "image-refused" | "locked" | "not-erased" | "write-failed" | "verify-failed" | "device-lost" | "usage") | null;
                /** @description What stands in the sentence of some codes */
                readonly details: {
                    readonly exitCode: number | null;
                    readonly stage: ("erase" | "write" | "verify" | "restart") | null;
                };
                readonly error: components["schemas"]["ErrorReport"] | null;
                readonly failure: string | null;
                readonly holds: string;
                readonly message: string;
                readonly next: string;
                /** @description What to do next, likewise */
                readonly nextCode: ("nothing" | "replug" | "try-keys" | "install-rules" | "unlock" | "unplug-others" | "other-image" | "start-again" | "flash-again") | null;
                /** @enum {string} */
                readonly outcome: "complete" | "written" | "unconfirmed" | "failed" | "canceled";
            } | null;
            readonly endedAt: number | null;
            /** @description Of the stage; null where no end is known */
            readonly fraction: number | null;
            /**
             * @description What the keyboard holds now
             * @enum {string}
             */
            readonly holds: "unchanged" | "erased" | "partial" | "differs" | "unknown" | "new-unverified" | "new";
            /** @description The same in a sentence */
            readonly holdsMeans: string;
            readonly id: string;
            readonly image: {
                readonly name: string;
                readonly sha256: string;
                readonly size: number;
            } | null;
            /** @description How the keyboard gets into its bootloader, while it waits */
            readonly instructions: readonly string[];
            readonly job: string | null;
            readonly keyboard: string | null;
            /** @enum {string} */
            readonly phase: "prepare" | "wait" | "choose" | "work" | "return" | "ended";
            /** @description What it waits for otherwise */
            readonly problem: string | null;
            readonly stage: ("erase" | "write" | "verify" | "restart") | null;
            /** @description Milliseconds since the epoch */
            readonly startedAt: number;
        };
        readonly FlashRunList: {
            /** @description Newest first */
            readonly runs: readonly components["schemas"]["FlashRun"][];
        };
        readonly Flushed: {
            /** @description Jobs that waited */
            readonly canceled: number;
            /** @description Jobs that ran and were asked to end */
            readonly stopping: number;
        };
        readonly Healthcheck: {
            /** @description Seconds since the epoch; null before the first */
            readonly last_ping: number | null;
            /** @description Waiting jobs, not the running ones */
            readonly queue_length: number;
            /**
             * @description Running: a worker lives, and no heartbeat is older than 300 s
             * @enum {string}
             */
            readonly status: "running" | "degraded";
            /**
             * @description Degraded: never, or more than 300 s ago
             * @enum {string}
             */
            readonly status_last_ping: "good" | "degraded";
            /**
             * @description Degraded: never, or more than 300 s ago
             * @enum {string}
             */
            readonly status_tasks_ping: "good" | "degraded";
            /** @description Seconds since the epoch; null before the first */
            readonly tasks_ping: number | null;
            readonly version: string;
        };
        readonly Hooked: {
            /** @description False for a delivery that was seen before */
            readonly looks: boolean;
        };
        readonly IndexStatus: {
            readonly broken: number;
            /** @description Milliseconds since the epoch */
            readonly changedAt: number;
            /** @description Keyboards whose entry is up to date, broken ones included */
            readonly done: number;
            readonly message: string | null;
            /** @description Keyboards a second, while indexing */
            readonly rate: number | null;
            readonly remainingSeconds: number | null;
            /** @description Changes with every entry */
            readonly revision: string;
            /**
             * @description Listed: names are known, reading has not begun; stopped: message says why
             * @enum {string}
             */
            readonly state: "listed" | "indexing" | "complete" | "stopped";
            readonly total: number;
        };
        readonly InfoSkeleton: {
            readonly keyboard_name: string;
            readonly layouts: {
                readonly LAYOUT: {
                    readonly layout: readonly {
                        /** @description 1 when absent */
                        readonly h?: number;
                        readonly label?: string;
                        /** @description Degrees, clockwise around rx, ry */
                        readonly r?: number;
                        readonly rx?: number;
                        readonly ry?: number;
                        /** @description 1 when absent */
                        readonly w?: number;
                        readonly x: number;
                        readonly y: number;
                    }[];
                };
            };
            readonly maintainer: string;
            readonly url: string;
        };
        readonly IssuedKey: {
            readonly key: components["schemas"]["ApiKey"];
            /** @description Shown this once */
            readonly secret: string;
        };
        readonly Job: {
            readonly build: {
                /**
                 * @description Which half of a split keyboard the firmware makes itself
                 * @enum {string}
                 */
                readonly hand?: "left" | "right";
                readonly keyboard: string;
                readonly keymap: string;
                readonly layout: string;
                readonly tree: string;
            } | null;
            readonly cancelRequested: boolean;
            /** @description Milliseconds since the epoch */
            readonly createdAt: number;
            readonly endedAt: number | null;
            /** @description Milliseconds since the epoch */
            readonly enqueuedAt: number;
            /** @description Once failed or canceled */
            readonly error: components["schemas"]["ErrorReport"] | null;
            readonly id: string;
            /** @description True when the job left an image and it is gone from the disk; asked for single jobs */
            readonly imageMissing?: boolean;
            readonly kind: string;
            /** @description Kept, whatever its age */
            readonly pinned: boolean;
            /** @description Jobs that will be built before this one, while queued */
            readonly position: number | null;
            readonly progress: components["schemas"]["Progress"] | null;
            /** @description Once finished, with or without an image */
            readonly result: components["schemas"]["BuildSummary"] | null;
            readonly startedAt: number | null;
            /** @enum {string} */
            readonly state: "queued" | "running" | "finished" | "failed" | "canceled";
            /** @description How often a worker took the job */
            readonly tries: number;
        };
        readonly JobList: {
            /** @description Running ones, then waiting ones in their order */
            readonly jobs: readonly components["schemas"]["Job"][];
        };
        readonly KeyboardAliases: {
            /** @description By old name */
            readonly keyboard_aliases: {
                readonly [key: string]: {
                    /** @description Old layout name to new one */
                    readonly layouts?: {
                        readonly [key: string]: string;
                    };
                    /** @description May be an old name itself */
                    readonly target?: string;
                };
            };
            /** @description YYYY-MM-DD HH:MM:SS GMT */
            readonly last_updated: string;
        };
        readonly KeyboardInfos: {
            /** @description By the name that was asked for: what `qmk info -f json` prints */
            readonly keyboards: {
                readonly [key: string]: {
                    readonly keyboard_folder: string;
                    readonly layouts: {
                        readonly [key: string]: unknown;
                    };
                } & {
                    readonly [key: string]: unknown;
                };
            };
            /** @description YYYY-MM-DD HH:MM:SS GMT */
            readonly last_updated: string;
        };
        readonly KeyboardList: {
            readonly keyboards: readonly string[];
            /** @description YYYY-MM-DD HH:MM:SS GMT */
            readonly last_updated: string;
        };
        readonly KeyboardMetadata: {
            /** @description By old name */
            readonly keyboard_aliases: {
                readonly [key: string]: {
                    /** @description Old layout name to new one */
                    readonly layouts?: {
                        readonly [key: string]: string;
                    };
                    /** @description May be an old name itself */
                    readonly target?: string;
                };
            };
            readonly keyboards: readonly string[];
            /** @description YYYY-MM-DD HH:MM:SS GMT */
            readonly last_updated: string;
            /** @description Vendor id to product id to keyboard; ids as the keyboard spells them */
            readonly usb: {
                readonly [key: string]: {
                    readonly [key: string]: {
                        readonly [key: string]: {
                            readonly device_version?: string;
                            readonly pid?: string;
                            readonly vid?: string;
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
        };
        readonly KeyboardNames: readonly string[];
        readonly KeyboardSearch: {
            /** @description Better matches first; by name without a text */
            readonly keyboards: readonly {
                /** @description Null until the keyboard was read */
                readonly bootloader: string | null;
                /** @description Why it cannot be read; null when it can */
                readonly error: string | null;
                /** @description Null until the keyboard was read */
                readonly maker: string | null;
                readonly name: string;
                /** @description Null until the keyboard was read */
                readonly pid: string | null;
                /** @description Null until the keyboard was read */
                readonly processor: string | null;
                /** @description Null until the keyboard was read */
                readonly title: string | null;
                readonly tree: string;
                /** @description Null until the keyboard was read */
                readonly vid: string | null;
            }[];
        };
        readonly KeymapSkeleton: {
            readonly documentation: string;
            readonly keyboard: null;
            readonly keymap: null;
            readonly layers: readonly (readonly string[])[];
            readonly layout: null;
            readonly notes: string;
            readonly version: number;
        };
        readonly LogLevel: {
            /**
             * @description Each holds those after it
             * @enum {string}
             */
            readonly level: "trace" | "debug" | "info" | "warn" | "error" | "silent";
        };
        readonly OperatorJob: {
            readonly build: {
                /**
                 * @description Which half of a split keyboard the firmware makes itself
                 * @enum {string}
                 */
                readonly hand?: "left" | "right";
                readonly keyboard: string;
                readonly keymap: string;
                readonly layout: string;
                readonly tree: string;
            } | null;
            readonly cancelRequested: boolean;
            /** @description The sender’s network address, where known */
            readonly client: string | null;
            /** @description Milliseconds since the epoch */
            readonly createdAt: number;
            readonly endedAt: number | null;
            /** @description Milliseconds since the epoch */
            readonly enqueuedAt: number;
            /** @description Once failed or canceled */
            readonly error: components["schemas"]["ErrorReport"] | null;
            /** @description Goes before everything that was not put in front as well */
            readonly front: boolean;
            readonly id: string;
            /** @description True when the job left an image and it is gone from the disk; asked for single jobs */
            readonly imageMissing?: boolean;
            readonly kind: string;
            /** @description Kept, whatever its age */
            readonly pinned: boolean;
            /** @description Jobs that will be built before this one, while queued */
            readonly position: number | null;
            readonly progress: components["schemas"]["Progress"] | null;
            /** @description Of the request that brought it, as log lines name it; null for jobs that came in otherwise */
            readonly requestId: string | null;
            /** @description Once finished, with or without an image */
            readonly result: components["schemas"]["BuildSummary"] | null;
            readonly startedAt: number | null;
            /** @enum {string} */
            readonly state: "queued" | "running" | "finished" | "failed" | "canceled";
            readonly timeLimitMs: number;
            /** @description How often a worker took the job */
            readonly tries: number;
            readonly workerId: string | null;
        };
        readonly Paired: {
            /** @description Milliseconds since the epoch */
            readonly expiresAt: number;
            readonly name: string;
            readonly secret: string;
        };
        readonly Pairing: {
            /** @description Null while there is no code that holds */
            readonly pairing: {
                readonly code: string;
                /** @description Milliseconds since the epoch */
                readonly createdAt: number;
                /** @description Milliseconds since the epoch */
                readonly expiresAt: number;
            } | null;
        };
        readonly Pong: {
            /** @description How long a question to the database took */
            readonly databaseMs: number;
            readonly workers: readonly {
                readonly id: string;
                readonly jobId: string | null;
                /** @description Until it answered; null: not within five seconds */
                readonly ms: number | null;
            }[];
        };
        readonly Prewarmed: {
            /** @constant */
            readonly accepted: true;
        };
        readonly Progress: {
            /** @description Absent where no end is known */
            readonly fraction?: number;
            readonly stage: string;
        };
        readonly QueueView: {
            /** @description When this was true */
            readonly at: number;
            /** @description Running ones, then waiting ones in their order */
            readonly jobs: readonly components["schemas"]["OperatorJob"][];
            readonly queued: number;
            readonly running: number;
            readonly workers: readonly {
                readonly alive: boolean;
                readonly id: string;
                /** @description The job in hand; null for one that waits for work */
                readonly jobId: string | null;
                readonly lastHeartbeatAt: number | null;
            }[];
        };
        readonly RemoteKeymap: {
            /** @description The file’s name, as the address has it */
            readonly name: string;
            /** @description As it came; whether it is a keymap is for the reader to find out */
            readonly text: string;
        };
        readonly Schedule: {
            readonly tasks: readonly components["schemas"]["TaskState"][];
        };
        readonly ServiceHealth: {
            /** @description How its command line is called on this machine: `kiln`, `npx kiln`, or a path */
            readonly command: string;
            /** @description Random, new at each start; service.json of its data folder has the same */
            readonly instance?: string;
            /**
             * @description Whether other machines reach the service, and whether what they send is encrypted
             * @enum {string}
             */
            readonly lan: "off" | "plain" | "tls";
            readonly queue: {
                readonly queued: number;
                readonly running: number;
            };
            /**
             * @description How builds are contained; see docs/security.md
             * @enum {string}
             */
            readonly sandbox?: "full" | "reduced" | "none";
            /** @description Where the level is not full */
            readonly sandboxProblem?: {
                /** @description Why builds are not contained fully */
                readonly message: string;
                /** @description How to get there; null where nothing can be done */
                readonly remedy: string | null;
            };
            /** @enum {string} */
            readonly status: "running" | "degraded";
            /** @description At the first start of a package: how much of its toolchain is unpacked, 0 to 1; builds wait until it is gone */
            readonly unpacking?: number;
            readonly version: string;
            readonly workers: {
                readonly alive: number;
                readonly total: number;
            };
        };
        readonly ServiceSettings: {
            /** @description Where settings are kept; variables of the environment win over it */
            readonly file: string;
            /** @description Why the next start would refuse the file */
            readonly problem: components["schemas"]["ErrorReport"] | null;
            readonly settings: readonly {
                /** @description Null for what is only changed in the file */
                readonly change: {
                    /** @description What wins over the file, so that it cannot be changed here */
                    readonly fixedBy: ("environment" | "command-line") | null;
                    readonly form: {
                        readonly choices?: readonly string[];
                        /** @enum {string} */
                        readonly kind: "choice" | "integer" | "number" | "list" | "text" | "toggle";
                        readonly max?: number;
                        readonly min?: number;
                    };
                    readonly isInFile: boolean;
                    /** @description What the next start takes; null while the file is broken */
                    readonly next: (string | number | boolean | readonly string[]) | null;
                    /** @description What holds when nobody says otherwise */
                    readonly standard: (string | number | boolean | readonly string[]) | null;
                } | null;
                readonly help: string;
                /** @description Set, and not to be told */
                readonly isSecret: boolean;
                /** @description As the file calls it */
                readonly name: string;
                /** @description What the service works with; null for what is not set, and for secrets */
                readonly value: (string | number | boolean | readonly string[]) | null;
                readonly variable: string;
            }[];
        };
        readonly Session: {
            /** @description Milliseconds since the epoch */
            readonly expiresAt: number;
            /** @description To be sent as Authorization: Bearer …; shown this once */
            readonly token: string;
        };
        readonly SessionToken: {
            /** @description The one before is refused from now on */
            readonly token: string;
        };
        readonly Status: {
            readonly children: readonly string[];
            /** @description Seconds since the epoch; null before the first */
            readonly last_ping: number | null;
            /** @description Waiting jobs, not the running ones */
            readonly queue_length: number;
            /**
             * @description Running: a worker lives, and no heartbeat is older than 300 s
             * @enum {string}
             */
            readonly status: "running" | "degraded";
            /**
             * @description Degraded: never, or more than 300 s ago
             * @enum {string}
             */
            readonly status_last_ping: "good" | "degraded";
            /**
             * @description Degraded: never, or more than 300 s ago
             * @enum {string}
             */
            readonly status_tasks_ping: "good" | "degraded";
            /** @description Seconds since the epoch; null before the first */
            readonly tasks_ping: number | null;
            readonly version: string;
        };
        readonly TaskState: {
            /** @description End of the last run that went well */
            readonly doneAt: number | null;
            readonly endedAt: number | null;
            /** @description What came of the last run */
            readonly message: string | null;
            readonly name: string;
            /** @description Null for a task that runs on demand only */
            readonly nextRunAt: number | null;
            /** @description Of the last run */
            readonly outcome: ("running" | "done" | "failed") | null;
            /** @description Variable of the setting that turns it on and off; null: always on */
            readonly setting: string | null;
            readonly startedAt: number | null;
            readonly title: string;
            /** @description A cron pattern in local time, `every …`, or `on demand` */
            readonly when: string;
        };
        readonly TestBuilds: {
            readonly counts: {
                readonly failing: number;
                readonly passing: number;
                readonly untested: number;
                readonly warning: number;
            };
            /** @description What is built now */
            readonly keyboard: string | null;
            /** @description By name */
            readonly keyboards: readonly {
                readonly keyboard: string;
                readonly testedAt: number;
                /** @enum {string} */
                readonly verdict: "failing" | "warning" | "passing";
                /** @description What was built, as git describes the tree; null where nothing could be */
                readonly version: string | null;
            }[];
            /**
             * @description yielding: people’s jobs come first; resting: all were tested not long ago
             * @enum {string}
             */
            readonly state: "off" | "building" | "yielding" | "resting";
            /** @description The firmware tree that this is about */
            readonly tree: string;
            /** @description Keyboards of which nothing is known yet, by name */
            readonly untested: readonly string[];
            /** @description Builds that were given up for people’s jobs since the start */
            readonly yielded: number;
        };
        readonly TreePreview: {
            /** @description Files that differ, in all of the tree */
            readonly files: number;
            /** @description The commit in use */
            readonly from: string;
            readonly keyboards: {
                readonly added: readonly string[];
                readonly changed: readonly string[];
                readonly removed: readonly string[];
            };
            /** @description Of these, files that any keyboard may be built from */
            readonly shared: number;
            /** @description The commit that an update would go to */
            readonly to: string;
        };
        readonly Trees: {
            /** @description The default tree first, then by name */
            readonly trees: readonly {
                /** @description Milliseconds since the epoch */
                readonly addedAt: number;
                readonly catalogue: components["schemas"]["IndexStatus"];
                readonly commit: string | null;
                readonly isDefault: boolean;
                /** @enum {string} */
                readonly kind: "starter" | "bundled" | "folder" | "git";
                readonly name: string;
                readonly origin: string | null;
                readonly path: string;
                readonly previousCommit: string | null;
                readonly ref: string | null;
                /** @description Folder of tools that go before the usual ones in its builds */
                readonly toolchain: string | null;
            }[];
        };
        readonly UdevRules: {
            /** @description Rules files that give some */
            readonly files: readonly string[];
            /** @description vid:pid of bootloaders that no rules file gives to the person */
            readonly missing: readonly string[];
            /** @description The text of the rules file */
            readonly rules: string;
            readonly target: string;
        };
        readonly UsbIds: {
            /** @description YYYY-MM-DD HH:MM:SS GMT */
            readonly last_updated: string;
            /** @description Vendor id to product id to keyboard; ids as the keyboard spells them */
            readonly usb: {
                readonly [key: string]: {
                    readonly [key: string]: {
                        readonly [key: string]: {
                            readonly device_version?: string;
                            readonly pid?: string;
                            readonly vid?: string;
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
        };
        readonly Work: {
            readonly endedAt: number | null;
            readonly error: components["schemas"]["ErrorReport"] | null;
            /** @enum {string} */
            readonly kind: "add-tree" | "update-tree" | "preview-tree" | "install-toolchain" | "repair-toolchain";
            /** @description The last line of the tool that does it */
            readonly line: string | null;
            /** @description Of a preview that is done; null when the tree is up to date */
            readonly preview: components["schemas"]["TreePreview"] | null;
            /** @description Milliseconds since the epoch */
            readonly startedAt: number;
            /** @enum {string} */
            readonly state: "running" | "done" | "failed";
            /** @description The tree’s name, or «toolchain» */
            readonly subject: string;
        };
        readonly WorkList: {
            /** @description In hand, and the last of each subject */
            readonly work: readonly components["schemas"]["Work"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
