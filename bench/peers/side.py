"""The peer's side of the protocol of bench/side.ts: a line on standard input asks for one run, file descriptor 3 gets the answers."""
import json
import os
import sys
import time


def setting():
    """What to measure: the JSON object that is the program's argument."""
    return json.loads(sys.argv[1])


def serve(run, values_of=lambda result: []):
    """Answers every request with the seconds that `run()` takes, and what `values_of` its result, until the input ends."""
    with os.fdopen(3, "w", buffering=1) as answers:
        print(json.dumps({"ready": True}), file=answers)
        for _ in sys.stdin:
            start = time.perf_counter()
            result = run()
            seconds = time.perf_counter() - start
            print(json.dumps({"value": [seconds, *values_of(result)]}), file=answers)
