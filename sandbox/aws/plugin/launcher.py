"""Starts ministack, the AWS emulator, with the fidelity patches of this folder, on a free port of 127.0.0.1.

Settings come from the environment (see emulator.ts): LOCKKEEPER_EMULATOR_PORT (0 = any), LOCKKEEPER_EMULATOR_TOKEN and
LOCKKEEPER_CONSOLE_DIR. Prints one line of JSON, {"port": N}, when the port accepts connections, and ends when its
standard input closes, so that it never outlives the process that started it.
"""

import asyncio
import json
import os
import socket
import sys
import threading
from importlib.metadata import version
from pathlib import Path

# The patches reach into private functions of exactly this release.
SUPPORTED_MINISTACK = "1.5.33"


def main() -> None:
    require_supported_ministack()
    threading.Thread(target=exit_with_parent, daemon=True).start()
    listener = listen_on_loopback(int(os.environ.get("LOCKKEEPER_EMULATOR_PORT", "0")))
    port = listener.getsockname()[1]
    configure_ministack(port)
    asyncio.run(serve(listener, port))


def require_supported_ministack() -> None:
    found = version("ministack")
    if found != SUPPORTED_MINISTACK:
        sys.exit(f"ministack {found} is installed, but this plugin is written for {SUPPORTED_MINISTACK}")


def exit_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def listen_on_loopback(port: int) -> socket.socket:
    """Bound here, not by ministack: its default is every interface, and a port chosen earlier could be taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(256)
    return listener


def configure_ministack(port: int) -> None:
    """ministack reads its settings when it is imported."""
    os.environ.update(
        AUTH="true",
        GATEWAY_PORT=str(port),
        MINISTACK_HOST="127.0.0.1",
        SERVICES="s3,ec2,iam,sts,sqs,sns,events,ssm,secretsmanager,dynamodb",
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        # ministack would otherwise tidy up containers of the user's own docker engine.
        DOCKER_HOST="unix:///nonexistent/docker.sock",
        LOG_LEVEL="WARNING",
    )


async def serve(listener: socket.socket, port: int) -> None:
    from hypercorn.asyncio import serve as serve_asgi
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    announced = asyncio.create_task(announce(port))
    await serve_asgi(patched_application(), config)
    await announced


def patched_application():
    import ec2_fidelity
    import event_bus_fidelity
    import iam_fidelity
    import launch_authorization
    import messaging_fidelity
    import root_keys
    import s3_fidelity
    import secret_state
    from controls import with_controls
    from ministack.app import app

    iam_fidelity.install()
    launch_authorization.install()
    ec2_fidelity.install(Path(os.environ["LOCKKEEPER_CONSOLE_DIR"]))
    s3_fidelity.install()
    messaging_fidelity.install()
    event_bus_fidelity.install()
    secret_state.install()
    root_keys.install()
    return with_controls(app, os.environ["LOCKKEEPER_EMULATOR_TOKEN"])


async def announce(port: int) -> None:
    """The listening socket already queues connections: answered means that hypercorn serves."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /_emulator/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    await reader.read()
    writer.close()
    print(json.dumps({"port": port}), flush=True)


if __name__ == "__main__":
    main()
