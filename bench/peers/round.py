"""A round of Flower's simulation (Ray, in memory): ten clients send the model back as it came, FedAvg averages. Ray listens on
every address whatever it is told; so this process first moves to a network of its own, which has only the loopback device."""
import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def isolate():
    """Root may have a network of its own; everybody else as the root of a user namespace, where the system allows that."""
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    if unshare(CLONE_NEWNET) != 0 and unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        raise SystemExit(f"no network namespace for Ray: {os.strerror(ctypes.get_errno())}")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


isolate()
os.environ.update(FLWR_TELEMETRY_ENABLED="0", RAY_USAGE_STATS_ENABLED="0")

import numpy as np
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation

from side import serve, setting

CLIENTS = 10
parameters = setting()["parameters"]
client, server = ClientApp(), ServerApp()


@client.train()
def train(message, context):
    # Unpacked and packed again, as before and after any training.
    weights = message.content["arrays"].to_numpy_ndarrays()
    content = {"arrays": ArrayRecord(weights), "metrics": MetricRecord({"num-examples": 1})}
    return Message(RecordDict(content), reply_to=message)


@server.main()
def main(grid, context):
    weights = ArrayRecord([np.sin(np.arange(parameters, dtype=np.float32))])
    strategy = FedAvg(fraction_evaluate=0.0, min_available_nodes=CLIENTS)
    serve(lambda: strategy.start(grid=grid, initial_arrays=weights, num_rounds=1))


run_simulation(
    server,
    client,
    CLIENTS,
    backend_config={"client_resources": {"num_cpus": 1}, "init_args": {"_node_ip_address": "127.0.0.1"}},
)
