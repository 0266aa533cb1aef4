/**
 * The local stack: S3 and Temporal where the environment does not name others, then the two workers. Everything it
 * keeps is in the state folder, so that a stack that is started again goes on where the last one ended.
 */
import { stateFolder } from '../../phoenix/config/environment.ts';
import { serverProgram } from '../setup/servers.mjs';
import { claimStack } from './claim.ts';
import { storageIsExternal, temporalIsExternal } from './connection.ts';
import { lastLine, logFile } from './logs.ts';
import { stopOrphans } from './orphans.ts';
import { program } from './program.ts';
import { host, Ports } from './ports.ts';
import { newKeys, s3Server } from './s3-server.ts';
import { readStack, writeStack } from './state.ts';
import type { ProcessEvent, ProcessSpec } from './supervised-process.ts';
import { Supervisor } from './supervisor.ts';
import { temporalServer } from './temporal-server.ts';

/** Takes one line of news for people. */
export type Tell = (line: string) => void;

export interface RunningStack {
  /** Stops the workers, then Temporal, then S3. */
  stop(): Promise<void>;
}

/**
 * Returns when everything serves.
 * @param stopping ends a start that is under way
 * @throws StackRuns, ProcessFailed
 */
export async function startStack(tell: Tell, stopping: AbortSignal): Promise<RunningStack> {
  const folder = stateFolder();
  const releaseFolder = claimStack(folder);
  const ports = new Ports();
  const release = (): void => {
    ports.release();
    releaseFolder();
  };
  try {
    const orphans = await stopOrphans(folder);
    if (orphans.length > 0) tell(`stopped what an earlier stack had left behind: ${orphans.join(', ')}`);
    const servers = await localServers(folder, ports, tell);
    const supervisor = new Supervisor(folder, [...servers.map((one) => [one]), workers(folder)], (event) => {
      const line = newsOf(event);
      if (line) tell(line);
    });
    const stop = (): Promise<void> => supervisor.stop().finally(release);
    stopping.addEventListener('abort', () => void stop(), { once: true });
    await supervisor.start();
    return { stop };
  } catch (error) {
    release();
    throw error;
  }
}

/** Chooses the ports, notes the addresses in stack.json, and says how each server is started. */
async function localServers(folder: string, ports: Ports, tell: Tell): Promise<ProcessSpec[]> {
  const { temporal, s3, ...rest } = readStack(folder);
  const port = async (what: string, remembered: string | undefined, usual: number): Promise<number> => {
    const wanted = remembered ? Number(remembered.split(':').at(-1)) : usual;
    const chosen = await ports.take(wanted);
    if (chosen !== wanted) tell(`port ${wanted} is taken: ${what} uses ${chosen}`);
    return chosen;
  };
  const servers: ProcessSpec[] = [];
  let places = { temporal, s3 };
  if (!storageIsExternal()) {
    const s3Port = await port('S3', s3?.endpoint, 7070);
    const place = { bucket: 'phoenix', ...newKeys(), ...s3, endpoint: `http://${host}:${s3Port}` };
    places = { ...places, s3: place };
    servers.push(s3Server(serverProgram('versitygw'), folder, s3Port, place));
  }
  if (!temporalIsExternal()) {
    const grpcPort = await port('Temporal', temporal?.address, 7233);
    const uiPort = await port('the Temporal UI', temporal?.ui, 8233);
    places = { ...places, temporal: { address: `${host}:${grpcPort}`, ui: `http://${host}:${uiPort}` } };
    servers.push(temporalServer(serverProgram('temporal'), folder, grpcPort, uiPort));
  }
  writeStack(folder, { ...rest, ...places });
  return servers;
}

const workers = (folder: string): ProcessSpec[] =>
  ['orchestrator', 'gpu'].map((kind) => ({
    name: `${kind}-worker`,
    command: process.execPath,
    args: [program, 'worker', kind],
    environment: { PHOENIX_STATE: folder },
    log: logFile(folder, `${kind}-worker`),
  }));

function newsOf(event: ProcessEvent): string | null {
  switch (event.kind) {
    case 'running':
      return event.restarts > 0 ? `${event.name} runs again` : null;
    case 'died': {
      const said = event.exit.startsWith('exit code') ? lastLine(event.log) : '';
      const why = said ? `${event.exit}: ${said}` : event.exit;
      return `${event.name} died (${why}); it is started again in ${event.restartIn / 1000} s; its log: ${event.log}`;
    }
  }
}
