"""Runs one qmk command, and the qmk commands that its make runs, with one start of Python.

    python kiln_qmk.py <folder> <qmk> <argument>...

Make calls the qmk command some 14 times a build, and each start costs a quarter of a second. This program imports what
the command imports, once, and forks for each call: a forked child is as a new process, for nothing has run before it.

Calls come over a pipe with a name in <folder>, from the shell script that stands before qmk on make's PATH: the number
of its process, one a line. `<number>.args` holds its folder and arguments, each followed by a NUL; what the command
prints goes to `<number>.out` and `<number>.err`, its exit code to the pipe `<number>.done`.

The first command is the real qmk. Where the imports fail here, so are all others.
"""
import os
import select
import signal
import sys
from pathlib import Path

REQUESTS = 'requests'


def load(qmk):
    """Imports what the qmk command imports, and returns its entry point."""
    sys.argv = [qmk, 'hello']
    # Read while importing, for the help of commands that no build runs; the entry point sets it for each call.
    os.environ['ORIG_CWD'] = os.getcwd()
    from qmk_cli import script_qmk
    import qmk_cli.subcommands

    home = os.environ['QMK_HOME']
    os.chdir(home)
    library = str(Path(home) / 'lib/python')
    sys.path.append(library)
    import qmk.cli

    # The entry point adds it again.
    sys.path.remove(library)
    return script_qmk.main


def run(main, qmk, args, folder):
    """Runs one command in this process, which it ends."""
    status = 1
    try:
        os.chdir(folder)
        sys.argv = [qmk, *args]
        main()
        status = 0
    except SystemExit as end:
        # As the interpreter takes them.
        if end.code is None:
            status = 0
        elif isinstance(end.code, int):
            status = end.code & 0xFF
        else:
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


def environment_of(number):
    """The caller's environment, where the system tells; ours otherwise."""
    try:
        text = Path(f'/proc/{number}/environ').read_bytes()
    except OSError:
        return None
    return dict(entry.split(b'=', 1) for entry in text.split(b'\0') if b'=' in entry)


def answer(main, qmk, folder, number):
    """Starts a child for one call. Returns its process and the pipe for its exit code."""
    place = folder / str(number)
    done = os.open(f'{place}.done', os.O_RDWR)
    caller, *args = Path(f'{place}.args').read_bytes().split(b'\0')[:-1]
    variables = environment_of(number)
    child = os.fork()
    if child:
        return child, done
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if variables is not None:
        os.environb.clear()
        os.environb.update(variables)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    os.dup2(os.open(f'{place}.out', flags, 0o600), 1)
    os.dup2(os.open(f'{place}.err', flags, 0o600), 2)
    run(main, qmk, [os.fsdecode(arg) for arg in args], os.fsdecode(caller))


def serve(main, qmk, folder, first):
    """Answers calls until the process `first` has ended; returns its exit code."""
    requests = os.open(folder / REQUESTS, os.O_RDWR)
    ended, wake = os.pipe()
    for end in (ended, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running = {}
    rest = b''
    while True:
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                break
            code = exit_code(status)
            if child == first:
                return code
            # Left open: what nobody has read yet would go with the last who has it open.
            os.write(running.pop(child), f'{code}\n'.encode())
        ready, _, _ = select.select([requests, ended], [], [])
        if ended in ready:
            os.read(ended, 65536)
        if requests in ready:
            *lines, rest = (rest + os.read(requests, 65536)).split(b'\n')
            for line in lines:
                child, done = answer(main, qmk, folder, int(line))
                running[child] = done


def exit_code(status):
    """As shells tell it: 128 and the signal's number for a process that a signal ended."""
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def main():
    folder, qmk, *args = sys.argv[1:]
    start = os.getcwd()
    # The command itself is a process of its own from the start: its options are looked for while it imports.
    first = os.fork()
    if first == 0:
        os.execv(qmk, [qmk, *args])
    try:
        entry = load(qmk)
        place = Path(folder)
        # Until it is there, callers start the real qmk.
        os.mkfifo(place / REQUESTS)
    except BaseException:
        os.chdir(start)
        _, status = os.waitpid(first, 0)
        sys.exit(exit_code(status))
    sys.exit(serve(entry, qmk, place, first))


if __name__ == '__main__':
    main()
