import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { InputError } from '../../errors.js';
import { kernelHost } from '../host.js';

/** Where Linux distributions, macOS and Windows install Chromium, Chrome or Edge. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

const options = ['--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/**
 * Starts an installed Chromium without a window: the one that the environment's CHROMIUM names, or one of the usual places.
 * @throws InputError saying how to get one where there is none, or why it does not start
 */
export async function launchChromium(): Promise<Browser> {
  const named = process.env.CHROMIUM;
  const executablePath = named ?? places.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync(executablePath)) {
    throw new InputError(
      `${named === undefined ? 'No Chromium is installed in the usual places' : `CHROMIUM names ${named}, which is not there`}. ` +
        'Install one (Debian and Ubuntu: apt-get install chromium; macOS and Windows: Chrome), or set CHROMIUM to its path.',
    );
  }
  const { chromium } = await import('playwright-core');
  try {
    // Chromium refuses its sandbox to the root user, as whom containers run.
    return await chromium.launch({
      executablePath,
      args: options,
      chromiumSandbox: process.getuid?.() !== 0,
      // Ctrl-C closes Chromium and ends the process, but a notebook's Stop must not end the kernel.
      handleSIGINT: kernelHost() === undefined,
    });
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new InputError(`${executablePath} does not start: ${reason}`);
  }
}
