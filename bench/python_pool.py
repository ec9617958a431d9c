"""CPython's multiprocessing.Pool(2), driven by JSON lines: {"case": ..., ...} in, {"seconds": ...} or figures out."""

import json
import multiprocessing
import sys
import threading
import time


def echo(value):
    return value


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def check(right, what):
    if not right:
        raise SystemExit(f"{what}: wrong result")


def run_map(pool, count, chunksize=None):
    items = range(count)
    start = time.perf_counter()
    results = pool.map(echo, items, chunksize)
    seconds = time.perf_counter() - start
    check(results == list(items), "map")
    return {"seconds": seconds}


def run_apply(pool, count, inflight):
    slots = threading.Semaphore(inflight)
    total = []

    def done(value):
        total.append(value)
        slots.release()

    start = time.perf_counter()
    for i in range(count):
        slots.acquire()
        pool.apply_async(echo, (i,), callback=done)
    for _ in range(inflight):
        slots.acquire()
    seconds = time.perf_counter() - start
    check(sum(total) == count * (count - 1) // 2, "apply")
    return {"seconds": seconds}


def run_latency(pool, count):
    times = []
    for i in range(count):
        start = time.perf_counter()
        value = pool.apply(echo, (i,))
        times.append((time.perf_counter() - start) * 1e6)
        check(value == i, "latency")
    return {"micros": times}


def run_big(pool, records, count):
    start = time.perf_counter()
    for _ in range(count):
        check(len(pool.apply(echo, (records,))) == len(records), "big")
    return {"seconds": time.perf_counter() - start}


def run_fibonacci(pool, n, count, expected):
    start = time.perf_counter()
    results = pool.map(fibonacci, [n] * count)
    seconds = time.perf_counter() - start
    check(results == [expected] * count, "fibonacci")
    return {"seconds": seconds}


CASES = {"map": run_map, "apply": run_apply, "latency": run_latency, "big": run_big, "fibonacci": run_fibonacci}


def main():
    with multiprocessing.Pool(2) as pool:
        for line in sys.stdin:
            request = json.loads(line)
            answer = CASES[request.pop("case")](pool, **request)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
