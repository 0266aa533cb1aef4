/** Task queues: workflows and short steps on one, steps that need a device on the other. */
export const CPU_QUEUE = 'phoenix-cpu';
export const GPU_QUEUE = 'phoenix-gpu';
