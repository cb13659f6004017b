"""`python -m crm.embedded run | exec [--test|--fresh] -- COMMAND … | status | stop`."""

import argparse
import contextlib
import sys

from crm.embedded.problems import Problem, unsupported


def main() -> int:
    """Do what the command line says and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crm.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start servers, web, worker and beat until Ctrl-C")
    execute_parser = actions.add_parser("exec", help="run a command with servers")
    execute_parser.add_argument("--test", action="store_true", help="on fresh servers without durability")
    execute_parser.add_argument(
        "--fresh", action="store_true", help="on fresh servers, thrown away at the end"
    )
    execute_parser.add_argument("command", nargs=argparse.REMAINDER)
    actions.add_parser("status", help="say what runs and where")
    actions.add_parser("stop", help="stop what runs")
    given = parser.parse_args()

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        if sys.platform == "win32":
            raise Problem(
                "内置服务器不支持 Windows，请使用 WSL。",
                "The embedded servers do not run on Windows, use WSL.",
            )
        try:
            from crm.embedded import commands, control
        except ImportError:
            raise unsupported() from None
        if given.action == "exec":
            command = given.command[1:] if given.command[:1] == ["--"] else given.command
            if not command:
                parser.error("exec needs a command")
            return commands.execute(command, test=given.test, fresh=given.fresh)
        actions_by_name = {"run": control.run, "status": control.status, "stop": control.stop}
        return actions_by_name[given.action]()
    except Problem as problem:
        problem.show()
        return 1


if __name__ == "__main__":
    sys.exit(main())
