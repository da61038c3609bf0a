import { readFileSync } from 'node:fs';
import { kernelSpec, languageInfo } from '../format/metadata.js';
import { offerHost } from '../host.js';
import { isBound, readConnection, writeConnection } from '../protocol/connection.js';
import type { JsonObject } from '../protocol/message.js';
import { captureText } from './capture-text.js';
import { describeThrown } from './failure.js';
import { IdleWork } from './idle-work.js';
import { createLanguage, type Language } from './language.js';
import { refuseInput } from './no-input.js';
import { loadModule, offerModules, offerTypes } from './packages.js';
import { exitWithParent } from './parent.js';
import { type Exchange, KernelServer } from './server.js';
import { Session } from './session.js';

/**
 * A Jupyter kernel: tslab's compiler and executor behind sockets that lose no output, report errors as errors, and can
 * be interrupted. It also ends when the process that started it is gone. Where the connection file has 0 for a port,
 * the system chooses one and the kernel writes it there.
 */
export async function runKernel(connectionFile: string): Promise<void> {
  const wanted = readConnection(connectionFile);
  const server = new KernelServer(wanted);
  exitWithParent();
  // Front ends connect while the compiler is made.
  const bound = await server.bind();
  if (!isBound(wanted)) await writeConnection(connectionFile, bound);
  offerTypes(process.cwd());
  const language = createLanguage(process.cwd());
  offerModules();
  const session = new Session(language);
  offerHost(session);
  captureProcess(session);
  const idle = new IdleWork(
    [() => language.expect('dcl-lab'), () => loadModule('dcl-lab')],
    () => session.busy,
  );
  idle.postpone();
  await server.serve((exchange) => {
    const reply = (content: JsonObject) => {
      idle.postpone();
      exchange.reply(content);
    };
    idle.postpone();
    answer({ ...exchange, reply }, { language, session, server });
  });
}

interface Kernel {
  readonly language: Language;
  readonly session: Session;
  readonly server: KernelServer;
}

function answer(exchange: Exchange, kernel: Kernel): void {
  const { request, publish } = exchange;
  if (request.header.msg_type === 'execute_request') {
    const { code, stop_on_error } = request.content as { code: string; stop_on_error?: boolean };
    const { cellId: cell, deletedCells } = request.metadata as { cellId?: string; deletedCells?: [] };
    const stopOnError = stop_on_error ?? true;
    kernel.session.submit({ code, stopOnError, cell, deletedCells, publish, reply: exchange.reply });
    return;
  }
  publish('status', { execution_state: 'busy' });
  try {
    const content = answerAtOnce(exchange, kernel);
    if (content !== undefined) exchange.reply(content);
  } catch (error) {
    exchange.reply({ status: 'error', ...describeThrown(error) });
  }
  publish('status', { execution_state: 'idle' });
  if (request.header.msg_type === 'shutdown_request') void kernel.server.close().then(() => process.exit(0));
}

function answerAtOnce({ request, publish }: Exchange, { language }: Kernel): JsonObject | undefined {
  const { code = '', cursor_pos = 0 } = request.content as { code?: string; cursor_pos?: number };
  switch (request.header.msg_type) {
    case 'kernel_info_request':
      return kernelInfo();
    case 'complete_request':
      return language.complete(code, cursor_pos);
    case 'inspect_request':
      return language.inspect(code, cursor_pos);
    case 'is_complete_request':
      return language.isComplete(code);
    case 'comm_info_request':
      return { status: 'ok', comms: {} };
    case 'history_request':
      return { status: 'ok', history: [] };
    case 'interrupt_request':
      process.emit('SIGINT', 'SIGINT');
      return { status: 'ok' };
    case 'shutdown_request':
      return { status: 'ok', restart: request.content.restart === true };
    // Widgets would wait for a comm that nobody opened at this end.
    case 'comm_open':
    case 'comm_msg':
      publish('comm_close', { comm_id: request.content.comm_id ?? '', data: {} });
      return undefined;
    default:
      throw new Error(`this kernel does not answer ${request.header.msg_type}`);
  }
}

function kernelInfo(): JsonObject {
  return {
    status: 'ok',
    protocol_version: '5.3',
    implementation: 'dcl-lab',
    implementation_version: packageVersion(),
    banner: kernelSpec.display_name,
    language_info: languageInfo,
  };
}

function packageVersion(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function captureProcess(session: Session): void {
  for (const name of ['stdout', 'stderr'] as const) {
    captureText(process[name], (text) => session.write(name, text));
  }
  refuseInput((error) => session.breakOff(error));
  process.on('SIGINT', () => session.interrupt());
  process.on('uncaughtException', (error) => session.uncaught(error));
  process.on('unhandledRejection', (reason) => session.uncaught(reason));
}
