import { readFileSync } from 'node:fs';
import { InputError } from '../../errors.js';

/** A Jupyter connection file: where a kernel listens and the key that signs its messages. */
export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
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
  for (const field of ['ip', 'shell_port', 'iopub_port', 'key'] as const) {
    if (info[field] === undefined)
      throw new InputError(`${path} is no Jupyter connection file: it lacks ${field}`);
  }
  return info;
}

export function address(info: ConnectionInfo, port: number): string {
  return `${info.transport}://${info.ip}${info.transport === 'ipc' ? '-' : ':'}${port}`;
}
