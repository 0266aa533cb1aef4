/** Path of the Python that has the packages of `bench/peers`. */
export function peersPython(): string;
