"""A program that answers one JSON object a line: `signet check`, or a driver."""

import json
import queue
import subprocess
import threading

ANSWER_SECONDS = 60


class LineProcess:
    """Asks one thing at a time, so that a full pipe blocks nobody."""

    def __init__(self, command):
        self.command = command
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.answers = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put(None)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        try:
            line = self.answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            self.process.kill()
            line = None
        if line is None:
            raise SystemExit(f"{self.command[0]} ended or hung at: {json.dumps(question)[:2000]}")
        return json.loads(line)

    def close(self):
        """True if it ended by itself and without complaint."""
        self.process.stdin.close()
        try:
            return self.process.wait(ANSWER_SECONDS) == 0
        except subprocess.TimeoutExpired:
            self.process.kill()
            return False
