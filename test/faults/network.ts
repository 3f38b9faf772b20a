/** A network of hosts on one machine: namespaces of the kernel, joined by a bridge. Needs root and iproute2. */
import { spawnSync } from 'node:child_process';

const BRIDGE = 'kilntest';
/** Of the machine itself, where what all hosts share listens. */
export const GATEWAY = '10.77.0.1';

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

/** Why there can be none; empty where it can. */
export function withoutNamespaces(): string {
  if (process.platform !== 'linux') return 'namespaces of the network are Linux’s';
  if (spawnSync('ip', ['netns', 'add', BRIDGE]).status !== 0) return 'it needs root and iproute2';
  spawnSync('ip', ['netns', 'delete', BRIDGE]);
  return '';
}

export interface NetworkHost {
  readonly address: string;
  /** What runs a command in it, before the command. */
  readonly enter: readonly string[];
  /** Its cable is pulled: packets go nowhere, and nobody is told. */
  cut(): void;
  heal(): void;
}

export interface Network {
  addHost(): NetworkHost;
  close(): void;
}

export function createNetwork(): Network {
  const names: string[] = [];
  const close = (): void => {
    for (const name of names) spawnSync('ip', ['netns', 'delete', name]);
    spawnSync('ip', ['link', 'delete', BRIDGE]);
  };
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  ip('address', 'add', `${GATEWAY}/24`, 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
  return {
    addHost() {
      const number = names.length + 1;
      const name = `${BRIDGE}-${number}`;
      const cable = `${BRIDGE}${number}`;
      const address = `10.77.0.${10 + number}`;
      names.push(name);
      ip('netns', 'add', name);
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('link', 'set', cable, 'master', BRIDGE, 'up');
      ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      // Off the bridge and not down: the other end sees a cable that is in order.
      return {
        address,
        enter: ['ip', 'netns', 'exec', name],
        cut: () => ip('link', 'set', cable, 'nomaster'),
        heal: () => ip('link', 'set', cable, 'master', BRIDGE),
      };
    },
    close,
  };
}
