# SPDX-FileCopyrightText: imgmill authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Redis server for one test, on a free port, with nothing on disk."""
import ctypes
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="imgmill-redis-")
        self.process = None
        while self.process is None:  # another process may take the port before the server does
            self.port = free_port()
            self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        """On the same port, with nothing in it."""
        die_with_parent = lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", self.folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        while True:
            try:
                if self.ask("PING") == b"+PONG\r\n":
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                self.process = None
                return
            time.sleep(.005)

    def ask(self, *words):
        """The first part of the raw reply."""
        command = f"*{len(words)}\r\n" + "".join(f"${len(w)}\r\n{w}\r\n" for w in words)
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(command.encode())
            return connection.recv(1 << 16)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)
