/** Which parts of set-up a command needs. A server that the environment names is not brought. */
import { architecture, chromium } from './versions.mjs';

const isSet = (environment, names) => names.some((name) => environment[name]);

export function everything(environment = process.env) {
  const externalTemporal = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];
  const externalStorage = ['PHOENIX_S3_ENDPOINT', 'PHOENIX_S3_BUCKET'];
  return [
    'packages',
    'build',
    'libtensorflow',
    'addon',
    'cifar10',
    ...(isSet(environment, externalTemporal) ? [] : ['temporal']),
    ...(isSet(environment, externalStorage) ? [] : ['versitygw']),
  ];
}

/** Tests use servers of their own, whatever the environment names. Without a browser those of pages are left out. */
export const testNeeds = () => [
  ...everything({}),
  ...(architecture === chromium.architecture ? ['browser'] : []),
];

const BUILD = ['packages', 'build'];
const COMPUTE = ['libtensorflow', 'addon'];

/** @param args of `phoenix`, the command first */
export function needsOf(args, environment = process.env) {
  if (wantsHelp(args)) return BUILD;
  switch (args.find((argument) => !argument.startsWith('-'))) {
    case 'start':
    case 'up':
      return everything(environment);
    case 'worker':
      return args.includes('gpu') ? [...BUILD, ...COMPUTE, 'cifar10'] : [...BUILD, 'cifar10'];
    case 'verify':
      return args.some((argument) => argument.startsWith('--recompute'))
        ? [...BUILD, ...COMPUTE, 'cifar10']
        : BUILD;
    case 'sample':
      return [...BUILD, ...COMPUTE];
    case 'metrics':
      return [...BUILD, ...COMPUTE, ...(comparesWithFolder(args) ? [] : ['cifar10'])];
    default:
      return BUILD;
  }
}

/** `--against` names a folder, in one argument or in two. */
function comparesWithFolder(args) {
  const at = args.findIndex((argument) => argument === '--against' || argument.startsWith('--against='));
  if (at < 0) return false;
  return (args[at].split('=')[1] ?? args[at + 1]) !== 'cifar10-test';
}

/** @param request of `npm run bench`: the benchmark's name, and whether its peer is measured too */
export const benchNeeds = ({ name, peer }) => [
  ...BUILD,
  ...COMPUTE,
  ...(['checkpoint', 'round', 'clients'].includes(name) ? ['versitygw'] : []),
  ...(['round', 'clients'].includes(name) ? ['temporal'] : []),
  ...(name === 'clients' ? ['cifar10'] : []),
  ...(peer ? ['peers'] : []),
];

export const wantsHelp = (args) => args.some((argument) => argument === '--help' || argument === '-h');
