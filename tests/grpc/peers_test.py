#!/usr/bin/env python3
"""Our gRPC server and client against grpcio:  peers_test.py ECHO_SERVER ECHO_CLIENT"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import grpc

SERVER = CLIENT = ""
LONG = 30


class EchoServer:
    """Our server as a process; what it printed is in `lines`."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([SERVER, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.lines = []
        self.arrived = threading.Condition()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.arrived:
                self.lines.append(line.strip())
                self.arrived.notify_all()

    def wait_for(self, line):
        with self.arrived:
            return self.arrived.wait_for(lambda: line in self.lines, LONG)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self):
        for step in (lambda: self.tell("stop"), self.process.stdin.close):
            try:
                step()
            except BrokenPipeError:
                pass  # it has stopped already
        self.process.wait(LONG)
        self.reader.join()
        self.process.stdout.close()
        return self.process.returncode


def unary(channel, method, message=b"", **options):
    return channel.unary_unary(f"/test.Echo/{method}")(message, timeout=LONG, **options)


class OurServer(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        path = os.path.join(self.directory, "s")
        self.server = EchoServer("unix", path)
        self.addCleanup(self.server.stop)
        self.channel = grpc.insecure_channel(
            f"unix://{path}", options=[("grpc.max_receive_message_length", 1 << 24),
                                       ("grpc.max_send_message_length", 1 << 24)])
        self.addCleanup(self.channel.close)

    def test_unary_messages_of_many_sizes(self):
        for size in (0, 1, 16383, 16384, 65536, 1 << 20, 4 << 20):
            self.assertEqual(unary(self.channel, "Echo", b"x" * size), b"x" * size)

    def test_many_calls_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = pool.map(lambda i: unary(self.channel, "Echo", b"%d" % i), range(1000))
            self.assertEqual(list(answers), [b"%d" % i for i in range(1000)])

    def test_streams(self):
        chat = self.channel.stream_stream("/test.Echo/Echo")
        messages = [b"%d" % i * i for i in range(300)]
        self.assertEqual(list(chat(iter(messages), timeout=LONG)), messages)
        many = self.channel.unary_stream("/test.Echo/Many")
        self.assertEqual(len(list(many(b"20000", timeout=LONG))), 20000)

    def test_metadata_comes_back_in_both_places(self):
        call = self.channel.unary_unary("/test.Echo/Metadata")
        sent = (("plain", "a b"), ("plain", "second"), ("raw-bin", b"\0\xff\xfe"))
        _, state = call.with_call(b"", timeout=LONG, metadata=sent)
        expected = [("back-" + name, value) for name, value in sent]
        for received in (state.initial_metadata(), state.trailing_metadata()):
            found = [(entry.key, entry.value) for entry in received]
            for entry in expected:
                self.assertIn(entry, found)

    def test_status_with_message_and_details(self):
        with self.assertRaises(grpc.RpcError) as refused:
            unary(self.channel, "Deny")
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(refused.exception.details(), "nö, 100%")
        details = dict((e.key, e.value) for e in refused.exception.trailing_metadata())
        self.assertIn(b"peer.gone", details["grpc-status-details-bin"])

    def test_unknown_methods(self):
        for method in ("/test.Echo/None", "/none.None/Echo"):
            with self.assertRaises(grpc.RpcError) as refused:
                self.channel.unary_unary(method)(b"", timeout=LONG)
            self.assertEqual(refused.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_messages_over_the_limit(self):
        with self.assertRaises(grpc.RpcError) as refused:
            unary(self.channel, "Echo", b"x" * ((4 << 20) + 1))
        self.assertEqual(refused.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertEqual(unary(self.channel, "Echo", b"still here"), b"still here")

    def test_compressed_messages(self):
        with self.assertRaises(grpc.RpcError) as refused:
            unary(self.channel, "Echo", b"x" * 1000, compression=grpc.Compression.Gzip)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_time_limit_and_cancellation(self):
        hold = self.channel.unary_unary("/test.Echo/Hold")
        with self.assertRaises(grpc.RpcError) as refused:
            hold(b"", timeout=0.05)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
        self.assertTrue(self.server.wait_for("cancelled /test.Echo/Hold"))
        call = self.channel.stream_stream("/test.Echo/Echo")(iter([b"a"]), timeout=LONG)
        self.assertEqual(next(call), b"a")
        holding = hold.future(b"", timeout=LONG)
        holding.cancel()
        self.assertTrue(holding.cancelled())

    def test_the_caller_is_this_process(self):
        self.assertEqual(unary(self.channel, "Pid"), b"%d" % os.getpid())

    def test_keepalive_pings(self):
        channel = grpc.insecure_channel(
            f"unix://{self.directory}/s",
            options=[("grpc.keepalive_time_ms", 10), ("grpc.keepalive_permit_without_calls", 1),
                     ("grpc.http2.max_pings_without_data", 0),
                     ("grpc.use_local_subchannel_pool", 1)])
        with channel:
            for _ in range(20):
                with self.assertRaises(grpc.RpcError) as refused:
                    channel.unary_unary("/test.Echo/Hold")(b"", timeout=0.05)
                self.assertEqual(refused.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
            self.assertEqual(unary(channel, "Echo", b"a"), b"a")
        self.assertEqual([line for line in self.server.lines if line.startswith("error")], [])

    def test_graceful_stop(self):
        chat = self.channel.stream_stream("/test.Echo/Echo")
        more = threading.Event()

        def messages():
            yield b"a"
            more.wait(LONG)
            yield b"b"

        call = chat(messages(), timeout=LONG)
        self.assertEqual(next(call), b"a")
        self.server.tell("stop")
        more.set()
        self.assertEqual(next(call), b"b")
        self.assertEqual(list(call), [])
        self.assertEqual(call.code(), grpc.StatusCode.OK)
        self.assertEqual(self.server.process.wait(LONG), 0)

    def test_health(self):
        check = self.channel.unary_unary("/grpc.health.v1.Health/Check")
        self.assertEqual(check(b"", timeout=LONG), b"\x08\x01")
        watch = self.channel.unary_stream("/grpc.health.v1.Health/Watch")(b"", timeout=LONG)
        self.assertEqual(next(watch), b"\x08\x01")
        self.server.tell("down")
        self.assertEqual(next(watch), b"\x08\x02")
        watch.cancel()

    def test_reflection(self):
        for version in ("v1", "v1alpha"):
            ask = self.channel.stream_stream(
                f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")
            symbol = b"grpc.health.v1.Health"
            answers = list(ask(iter([b"\x3a\x00", b"\x22" + bytes([len(symbol)]) + symbol,
                                     b"\x22\x04none"]), timeout=LONG))
            self.assertIn(b"test.Echo", answers[0])
            self.assertIn(b"grpc.health.v1.Health", answers[0])
            self.assertIn(b"grpc/health/v1/health.proto", answers[1])
            self.assertIn(b"HealthCheckResponse", answers[1])
            self.assertIn(b"not found", answers[2])


class OurClient(unittest.TestCase):
    """grpcio serves; the script of the client is its standard input."""

    def setUp(self):
        self.seen = []

        class Service(grpc.GenericRpcHandler):
            def service(inner, details):
                self.seen.append(details)
                method = details.method.rsplit("/", 1)[1]

                def echo(request, context):
                    return request

                def deny(request, context):
                    context.abort(grpc.StatusCode.PERMISSION_DENIED, "nö, 100%")

                def hold(request, context):
                    threading.Event().wait(1)
                    return b""

                handlers = {"Echo": echo, "Deny": deny, "Hold": hold}
                if method not in handlers:
                    return None
                return grpc.unary_unary_rpc_method_handler(handlers[method])

        self.grpc_server = grpc.server(concurrent.futures.ThreadPoolExecutor(8),
                                       options=[("grpc.max_receive_message_length", 1 << 24)])
        self.grpc_server.add_generic_rpc_handlers((Service(),))

    def run_client(self, where, lines):
        done = subprocess.run([CLIENT, *where], input="\n".join(lines) + "\n", text=True,
                              stdout=subprocess.PIPE, timeout=4 * LONG, check=True)
        return done.stdout.splitlines()

    def test_calls(self):
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        port = self.grpc_server.add_insecure_port("127.0.0.1:0")
        self.grpc_server.add_insecure_port(f"unix://{directory}/s")
        self.grpc_server.start()
        self.addCleanup(lambda: self.grpc_server.stop(None))
        for where in (("tcp", str(port)), ("unix", f"{directory}/s")):
            answers = self.run_client(where, [
                "unary Echo 0 30000", "unary Echo 1 30000", "unary Echo 70000 30000",
                "unary Echo 3000000 30000", "unary Deny 1 30000", "unary None 1 30000",
                "unary Hold 1 50", "unary Echo 5 30000", "unary Echo 5000000 30000"])
            self.assertEqual(answers[:4], ["OK 0", "OK 1", "OK 70000", "OK 3000000"])
            self.assertEqual(answers[4], "PERMISSION_DENIED 0 nö, 100%")
            self.assertTrue(answers[5].startswith("UNIMPLEMENTED"), answers[5])
            self.assertTrue(answers[6].startswith("DEADLINE_EXCEEDED"), answers[6])
            self.assertEqual(answers[7], "OK 5")
            self.assertTrue(answers[8].startswith("RESOURCE_EXHAUSTED"), answers[8])
        metadata = dict((entry.key, entry.value) for entry in self.seen[0].invocation_metadata)
        self.assertEqual(metadata["plain"], "v")
        self.assertEqual(metadata["raw-bin"], b"\0\xff")
        self.assertTrue(re.match(r"grpc-signet", metadata["user-agent"]))

    def test_nobody_there(self):
        answers = self.run_client(("unix", "/nonexistent/s"), ["unary Echo 1 1000"])
        self.assertTrue(answers[0].startswith("UNAVAILABLE 0 cannot connect"), answers[0])


if __name__ == "__main__":
    SERVER, CLIENT = (os.path.abspath(name) for name in sys.argv[1:3])
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
