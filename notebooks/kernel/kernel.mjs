/**
 * Deno's Jupyter kernel as a child process: start it, run cells in it, stop it. Speaks the Jupyter protocol 5.3 over
 * ZeroMQ (https://jupyter-client.readthedocs.io/en/stable/messaging.html) with the two channels that executing needs.
 */
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';

const DELIMITER = '<IDS|MSG>';
const HOST = '127.0.0.1';

/**
 * Starts a kernel in `folder` and waits until it is heard. `execute(code)` resolves to the messages that the cell
 * published, `{ type, content }`, in order; it rejects where the cell throws, takes longer than `seconds`, or ends the kernel.
 */
export async function startKernel(folder, seconds) {
  const key = randomUUID();
  const scratch = mkdtempSync(join(tmpdir(), 'adsim-notebook-'));
  const connection = join(scratch, 'connection.json');
  const ports = await freePorts(['shell_port', 'iopub_port', 'stdin_port', 'control_port', 'hb_port']);
  const address = { transport: 'tcp', ip: HOST, key, signature_scheme: 'hmac-sha256', ...ports };
  writeFileSync(connection, JSON.stringify(address), { mode: 0o600 });
  const child = spawn(denoProgram(), ['jupyter', '--quiet', '--kernel', '--conn', connection], {
    cwd: folder,
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the kernel ended (${signal ?? `exit code ${code}`})`)));
  });
  gone.catch(() => {}); // raced in `next`
  const shell = new Dealer({ linger: 0 });
  const published = new Subscriber({ linger: 0 });
  shell.connect(`tcp://${HOST}:${ports.shell_port}`);
  published.connect(`tcp://${HOST}:${ports.iopub_port}`);
  published.subscribe();

  async function send(type, content) {
    const date = new Date().toISOString();
    const header = { msg_id: randomUUID(), msg_type: type, session: key, username: 'adsim', date, version: '5.3' };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const signature = parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', key)).digest('hex');
    await shell.send([DELIMITER, signature, ...parts]);
    return header.msg_id;
  }

  /** The next message on a channel, or undefined after `milliseconds` of silence. */
  async function next(channel, milliseconds) {
    channel.receiveTimeout = Math.max(1, Math.round(milliseconds));
    try {
      return decode(await Promise.race([channel.receive(), gone]));
    } catch (error) {
      if (error.code === 'EAGAIN') return undefined;
      throw error;
    }
  }

  async function execute(code) {
    const deadline = performance.now() + seconds * 1000;
    const request = { silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
    const id = await send('execute_request', { ...request, code });
    const reply = await until(shell, (message) => message.parent === id);
    // Deno may publish a cell's outputs after its reply. What it prints next tells that all of them have come.
    const mark = randomUUID();
    await send('execute_request', { ...request, code: `console.log('${mark}')` });
    const messages = [];
    await until(published, (message) => {
      if (message.parent === id) messages.push(message);
      return message.type === 'stream' && message.content.text.includes(mark);
    });
    // Deno publishes what a cell throws; that one did not compile stands in the reply alone.
    const failure = messages.find(({ type }) => type === 'error') ?? reply;
    if (failure.content.ename) throw new Error(`${failure.content.ename}: ${failure.content.evalue}`);
    return messages;

    async function until(channel, found) {
      for (;;) {
        const message = await next(channel, deadline - performance.now());
        if (!message) throw new Error(`took longer than ${seconds} s`);
        if (found(message)) return message;
      }
    }
  }

  function stop() {
    process.off('exit', kill);
    kill();
    shell.close();
    published.close();
    rmSync(scratch, { recursive: true, force: true });
  }

  try {
    // A subscriber misses what is said before it has joined: ask until an answer is heard.
    const deadline = performance.now() + seconds * 1000;
    do {
      if (performance.now() > deadline) throw new Error(`the kernel said nothing for ${seconds} s`);
      await send('kernel_info_request', {});
    } while (!(await next(published, 200)));
  } catch (error) {
    stop();
    throw error;
  }
  return { execute, stop };
}

function decode(frames) {
  const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
  const [header, parent, , content] = frames.slice(at + 2).map((frame) => JSON.parse(frame.toString()));
  return { type: header.msg_type, parent: parent.msg_id, content };
}

/** Deno's own executable: the package's `bin` is a wrapper that, killed, would leave Deno running. */
function denoProgram() {
  return createRequire(import.meta.url)('deno/install_api.cjs').runInstall();
}

/** A free TCP port for each name; all are held until all are known, so that they differ. */
async function freePorts(names) {
  const servers = names.map(() => createServer().listen(0, HOST));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = Object.fromEntries(servers.map((server, i) => [names[i], server.address().port]));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
