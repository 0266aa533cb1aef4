/**
 * The command line. Every command is declared here and implemented in a file of its own, which is loaded only when it
 * is called: `--help` stays quick, and only what trains or samples loads the engine.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { root } from '../infra/setup/root.mjs';
import type { SteeringRequest } from '../phoenix/federation/steering.ts';
import { collect, positiveInteger, share, wholeNumber } from './arguments.ts';
import { explain } from './errors.ts';

// The package is pinned to a version of the SDK that runs on Node 20; what later ones need is no news for its users.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const program = new Command('phoenix')
  .description('Federated training of generative diffusion models as durable workflows')
  .version(version)
  .helpCommand(false)
  .configureHelp({ showGlobalOptions: false })
  .exitOverride();

const command = (usage: string, description: string, hidden = false): Command =>
  program.command(usage, { hidden }).description(description).exitOverride();

const json = ['--json', 'print JSON'] as const;

command('up', 'start the local stack in the background and keep it running')
  .option(...json)
  .action(async (options) => (await import('./up.ts')).up(options));

command('down', 'stop the local stack').action(async () => (await import('./down.ts')).down());

command('doctor', 'say what is installed, which device is used, what is missing and how to get it')
  .option(...json)
  .action(async (options) => (await import('./doctor.ts')).doctor(options));

command('data <file>', 'show how an experiment divides its images among the clients; starts nothing')
  .option('--set <key=value>', 'change a setting (repeatable)', collect)
  .option(...json)
  .action(async (file, options) => (await import('./data.ts')).data(file, options));

const weights = command('weights', 'show which trained networks that are not shipped are on this machine')
  .option(...json)
  .action(async (options) => (await import('./weights.ts')).weights(options));

weights
  .command('add <name> <source>')
  .description('check published weights (inception, lanet), a file or a URL, and put them into the cache')
  .option('--unverified', 'take a file that is not the published one, by the names and shapes in it')
  .option(...json)
  .exitOverride()
  .action(async (name, source, _, add) =>
    (await import('./add-weights.ts')).addWeights(name, source, add.optsWithGlobals()),
  );

command(
  'plan <file>',
  'show what a sweep or an experiment would take: cells, shared steps, time, storage; starts nothing',
)
  .option('--set <key=value>', 'change a setting of every cell (repeatable)', collect)
  .option(...json)
  .action(async (file, options) => (await import('./plan.ts')).plan(file, options));

command('run <file>', 'run an experiment and follow it; Ctrl-C leaves it running')
  .option('--set <key=value>', 'change a setting, for example data.sharing.alpha=25 (repeatable)', collect)
  .option('--fresh', 'another run, where the one of these settings was changed by hand')
  .option('--detach', 'do not follow it')
  .option(...json)
  .action(async (file, options) => (await import('./run.ts')).run(file, options));

command('sweep <file>', 'run all cells of a sweep and follow it; run again, it computes only what is missing')
  .option('--set <key=value>', 'change a setting of every cell (repeatable)', collect)
  .option('--max-parallel <n>', 'cells that run at the same time', positiveInteger, 2)
  .option('--retry-failed', 'also cells that have failed before')
  .option('--detach', 'do not follow it')
  .option(...json)
  .action(async (file, options) => (await import('./sweep.ts')).sweep(file, options));

command('status [name]', 'show the stack, the sweeps and the runs, or how far one run or sweep is')
  .option(
    '--watch',
    'follow it to its end; Ctrl-C leaves it running. Exit code 3: cells of a sweep have not finished',
  )
  .option(...json)
  .action(async (name, options) => (await import('./status.ts')).status(name, options));

command('show <run>', 'show the results of a run: its id, the beginning of it, or the name of its experiment')
  .option(...json)
  .action(async (run, options) => (await import('./show.ts')).show(run, options));

command(
  'report <names...>',
  "write a page of runs and sweeps: figures, and the paper's tables with our values; CSV and JSON beside it",
)
  .requiredOption('--out <folder>', 'where the files go')
  .option('--watch', 'write it anew as rounds finish, until all runs have ended; the open page follows')
  .action(async (names, options) => (await import('./report.ts')).report(names, options));

command('what-if <run>', "replay the recorded metrics of a run's clients through another rule of filtering")
  .option('--rule <rule>', 'lowest, average, or for example threshold=0.65')
  .option('--metric <metric>', 'precision, recall or both')
  .option('--strikes <n>', 'consecutive poor rounds that remove a client', positiveInteger)
  .option('--start-round <r>', 'the first round whose metrics count', positiveInteger)
  .option('--removal <removal>', 'permanent, or for example temporary=2: the rounds to skip')
  .option('--minimum-clients <n>', 'removals stop here', positiveInteger)
  .option(...json)
  .action(async (run, options) => (await import('./what-if.ts')).whatIf(run, options));

command('fork <run>', 'start another run whose first rounds are those of a run')
  .requiredOption('--round <r>', 'the last round that they share', positiveInteger)
  .option('--set <key=value>', 'change a setting of the later rounds (repeatable)', collect)
  .option('--detach', 'do not follow it')
  .option(...json)
  .action(async (run, options) => (await import('./fork.ts')).fork(run, options));

command('pause <name>', 'save checkpoints and hold a run, or a sweep with all of its cells')
  .option(...json)
  .action(async (name, options) => (await import('./steer.ts')).pause(name, options));

command(
  'resume <name>',
  'go on with a sweep that was paused, or with a run that was paused, cancelled, that failed, or whose objects are damaged',
)
  .option('--detach', 'do not follow it')
  .option(...json)
  .action(async (name, options) => (await import('./resume.ts')).resume(name, options));

command('cancel <name>', 'save checkpoints and end a run, or a sweep with all of its cells')
  .option(...json)
  .action(async (name, options) => (await import('./steer.ts')).cancel(name, options));

command('disconnect <run>', 'take a client out of a run, from the next round on')
  .argument('<client>', 'its number', wholeNumber)
  .option(...json)
  .action(steering((client) => ({ kind: 'disconnect', client })));

command('reinstate <run>', 'take a client back into a run, from the next round on')
  .argument('<client>', 'its number', wholeNumber)
  .option(...json)
  .action(steering((client) => ({ kind: 'reinstate', client })));

command('set-threshold <run>', 'change what counts as poor, where the rule is a threshold')
  .argument('<threshold>', 'from 0 to 1', share)
  .option(...json)
  .action(steering((threshold) => ({ kind: 'setThreshold', threshold })));

command('stop-after <run>', 'end a run earlier than its settings say')
  .argument('<round>', 'its last one', positiveInteger)
  .option(...json)
  .action(steering((round) => ({ kind: 'stopAfter', round })));

command('add-rounds <run>', 'let a run go on for longer; a finished one goes on as a fork')
  .argument('<n>', 'how many more', positiveInteger)
  .option(...json)
  .action(steering((rounds) => ({ kind: 'addRounds', rounds })));

command('audit <run>', 'the whole story of a run: steps, workers, retries, metrics, acts by hand, every hash')
  .option('--out <file>', 'write it to a file')
  .option(...json)
  .action(async (run, options) => (await import('./audit.ts')).audit(run, options));

command('sample <run>', 'draw new images from the trained models of a run')
  .requiredOption('--count <n>', 'number of images', positiveInteger)
  .requiredOption('--out <folder>', 'where the PNG files go')
  .option(...json)
  .action(async (run, options) => (await import('./sample.ts')).sample(run, options));

command(
  'metrics <images>',
  'measure a folder of PNG or JPEG images, or the final samples of a run, against real images',
)
  .option(
    '--against <images>',
    "cifar10-test or a folder; without it a run's own test images, or cifar10-test",
  )
  .addOption(
    new Option(
      '--extractor <network>',
      "in whose features; without it a run's own, or cifar-classifier",
    ).choices(['cifar-classifier', 'inception-fid']),
  )
  .addOption(
    new Option(
      '--labels <network>',
      'who names the classes: the extractor itself, or another network',
    ).choices(['own', 'cifar-classifier', 'lanet']),
  )
  .option('--neighbours <k>', 'of precision, recall, density and coverage (3)', positiveInteger)
  .option('--novelty', 'look for copies of training images, and draw the closest pairs as novelty.png')
  .option('--out <folder>', 'where the picture goes (the current folder)')
  .option(...json)
  .action(async (images, options) => (await import('./metrics.ts')).metrics(images, options));

command('export <run>', 'write the trained network of a run as files that other programs read')
  .addOption(
    new Option('--format <format>', 'diffusers: a folder that DDPMPipeline.from_pretrained loads')
      .choices(['diffusers'])
      .makeOptionMandatory(),
  )
  .requiredOption('--out <folder>', 'a new or an empty folder')
  .option('--client <n>', 'the own model of this client, where blocks are personal', wholeNumber)
  .option(...json)
  .action(async (run, options) => (await import('./export.ts')).exportRun(run, options));

command(
  'verify [name]',
  'check that everything a run, or a sweep with its cells, reaches is exactly what was written',
)
  .option('--all', 'check every object of the store')
  .option('--recompute <step>', 'compute this step again (its key, or the beginning of it) and compare')
  .option(...json)
  .action(async (name, options) => (await import('./verify.ts')).verify(name, options));

command('gc', 'say what no run reaches any more, and how much it is')
  .option('--delete', 'remove it')
  .option(...json)
  .action(async (options) => (await import('./gc.ts')).gc(options));

command('worker <kind>', 'work for an existing Temporal and S3; kind is gpu or orchestrator')
  .option('--slots <n>', 'steps that a gpu worker runs at a time', positiveInteger, 1)
  .action(async (kind, options) => (await import('./worker.ts')).worker(kind, options));

command('start', 'the local stack in the foreground and the quickstart experiment: npm start', true)
  .option('--exit', 'stop the stack when the experiment has finished')
  .action(async (options) => (await import('./start.ts')).start(options));

command('supervise', 'the process behind `up`', true).action(async () =>
  (await import('./supervise.ts')).supervise(),
);

/** The action of a command that tells a run something. */
function steering(request: (value: number) => SteeringRequest) {
  return async (run: string, value: number, options: { json?: true }): Promise<void> =>
    (await import('./steer.ts')).steer(run, request(value), options);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed the help or the reason itself.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.exitCode = explain(error);
  }
}
