import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';

/**
 * What runs a command with files of so many KiB at most: a write beyond is cut short and the next one fails, as on a full
 * disk. Bash counts in KiB, which other shells do not.
 */
export const withFilesUpTo = (kibibytes: number) =>
  ['bash', '-c', `ulimit -f ${kibibytes}; exec "$0" "$@"`] as const;

export const canLimitFiles =
  process.platform !== 'win32' && spawnSync('bash', ['-c', 'ulimit -f 1']).status === 0;

/** What runs a command with a file system of its own of so many KiB mounted on the folder, which goes with the command. */
export const withDiskOf = (kibibytes: number, folder: string) => {
  const mount = `mount -t tmpfs -o size=${kibibytes}k tmpfs "${folder}"; exec "$0" "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec', mount] as const;
};

/** Only Linux has it, and not for every user. */
export const canMount = (() => {
  const [command, ...args] = withDiskOf(64, tmpdir());
  return spawnSync(command, [...args, 'true']).status === 0;
})();
