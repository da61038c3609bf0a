import { readFileSync } from 'node:fs';
import { writeDurably } from '../../durable-file.js';
import { InputError } from '../../errors.js';

const portNames = ['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port'] as const;

/** Ports of a kernel's sockets; 0 for one that the system is to choose. */
export type Ports = { readonly [name in (typeof portNames)[number]]: number };

/** A Jupyter connection file: where a kernel listens and the key that signs its messages. */
export interface ConnectionInfo extends Ports {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: 'hmac-sha256';
}

/** @throws InputError when the file cannot be read or is no connection file */
export function readConnection(path: string): ConnectionInfo {
  let info: ConnectionInfo;
  try {
    info = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InputError(`cannot read the Jupyter connection file ${path}: ${(error as Error).message}`);
  }
  for (const field of ['ip', ...portNames, 'key'] as const) {
    if (info[field] === undefined)
      throw new InputError(`${path} is no Jupyter connection file: it lacks ${field}`);
  }
  return info;
}

/** Replaces a connection file, readable by its owner alone. */
export async function writeConnection(path: string, info: ConnectionInfo): Promise<void> {
  await writeDurably(path, JSON.stringify(info), 0o600);
}

/** Whether every port is known. */
export function isBound(info: ConnectionInfo): boolean {
  return portNames.every((name) => info[name] > 0);
}

export function address(info: ConnectionInfo, port: number): string {
  return `${info.transport}://${info.ip}${info.transport === 'ipc' ? '-' : ':'}${port}`;
}
