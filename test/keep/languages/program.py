# For CPython in a Keep: threads, time, regular expressions, digests, JSON, an exception, an exit status.
import hashlib
import json
import re
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
try:
    1 / 0
except ZeroDivisionError as error:
    print("caught", error)
sys.exit(7)
