#!/usr/bin/env python3
"""Runs a program with a PostgreSQL of its own:  with_postgres.py PROGRAM [ARGUMENT...]

The server is new, listens on a Unix socket in a private directory only, and is gone afterwards. The
program is led to it by libpq's environment, and has the database "signet_test" for itself.
"""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile


def programs() -> pathlib.Path:
    """The newest version that Debian has installed; its programs are not on the PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parts[-3]))
    if not found:
        sys.exit("with_postgres: PostgreSQL is not installed (package postgresql-15)")
    return found[-1].parent


def main() -> int:
    binaries = programs()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="signet-pg."))
    server = None
    try:
        as_user = {}
        if os.geteuid() == 0:  # the server refuses to be root
            user = pwd.getpwnam("nobody")
            os.chown(directory, user.pw_uid, user.pw_gid)
            as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = directory / "data"
        quiet = {"stdout": subprocess.DEVNULL, "cwd": directory, **as_user}
        subprocess.run([binaries / "initdb", "--pgdata", data, "--auth", "trust", "--username",
                        "signet", "--encoding", "UTF8", "--no-locale", "--no-sync"],
                       check=True, **quiet)
        settings = {"listen_addresses": "", "unix_socket_directories": directory,
                    "log_min_messages": "fatal", "max_connections": 50}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = subprocess.Popen([binaries / "postgres", "-D", data, *options],
                                  stderr=subprocess.DEVNULL, **quiet)
        subprocess.run([binaries / "pg_isready", "--quiet", "--host", directory, "--timeout", "30"],
                       check=False, **quiet)
        while subprocess.run([binaries / "pg_isready", "--quiet", "--host", directory],
                             check=False, **quiet).returncode != 0:
            if server.poll() is not None:
                sys.exit(f"with_postgres: the server ended with {server.returncode}")
        environment = dict(os.environ, PGHOST=str(directory), PGUSER="signet")
        subprocess.run([binaries / "createdb", "signet_test"], env=environment, check=True)
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast" shutdown
            server.wait(30)
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
