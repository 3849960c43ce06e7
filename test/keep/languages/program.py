# For CPython in a Keep: threads, time, select, signals, regular expressions, digests, JSON, an exception, an exit status.
import hashlib
import json
import os
import re
import select
import selectors
import signal
import sys
import threading
import time

total = []
threads = [threading.Thread(target=lambda: total.append(sum(i * i for i in range(20000)))) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
begin = time.monotonic()
time.sleep(0.02)
print(json.dumps({"sum": sum(total), "slept": time.monotonic() - begin >= 0.02, "found": re.findall(r"\d+", "a1b22"),
                  "digest": hashlib.sha256(b"x").hexdigest(), "arguments": sys.argv[1:]}))
reader, writer = os.pipe()
selector = selectors.SelectSelector()
selector.register(reader, selectors.EVENT_READ, "pipe")
early = [key.data for key, _ in selector.select(0.01)]
threading.Timer(0.02, os.write, (writer, b"x")).start()
late = [key.data for key, _ in selector.select(5)]
sets = [len(found) for found in select.select([reader], [], [reader], 1)]
handled = []
signal.signal(signal.SIGUSR1, lambda number, frame: handled.append(number))
os.set_blocking(reader, False), os.set_blocking(writer, False), os.read(reader, 1)
signal.set_wakeup_fd(writer)
os.kill(os.getpid(), signal.SIGUSR1)
select.select([reader], [], [], 5)
print(json.dumps({"early": early, "late": late, "sets": sets, "woken": list(os.read(reader, 8)), "handled": handled}))
try:
    1 / 0
except ZeroDivisionError as error:
    print("caught", error)
sys.exit(7)
