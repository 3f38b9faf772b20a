"""A serial port for tests: a pseudo terminal whose other end is this program's stdin and stdout.

stdout: the bytes that were written to the port. stderr, a line each: `path /dev/pts/3`, then `open` and
`close <baud>` whenever a program opens or closes it. Ends, and the port with it, when stdin ends.
"""
import os
import pty
import select
import sys
import termios
import time
import tty

BAUD = {getattr(termios, name): int(name[1:]) for name in dir(termios) if name[:1] == "B" and name[1:].isdigit()}


def say(line):
    os.write(2, (line + "\n").encode())


def baud(master):
    return BAUD.get(termios.tcgetattr(master)[5], 0)


def main():
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    say("path " + os.ttyname(slave))
    # While nobody has the other end open, poll() says so: that is how opening and closing show.
    os.close(slave)
    poll = select.poll()
    poll.register(master, select.POLLIN)
    poll.register(0, select.POLLIN)
    is_open = False
    speed = baud(master)
    while True:
        events = dict(poll.poll(20))
        state = events.get(master, 0)
        if state & select.POLLIN:
            try:
                os.write(1, os.read(master, 65536))
            except OSError:
                pass
        if is_open == bool(state & select.POLLHUP):
            is_open = not is_open
            say("open" if is_open else "close %d" % baud(master))
        elif not is_open and baud(master) != speed:
            # Opened and closed between two looks.
            say("open")
            say("close %d" % baud(master))
        speed = baud(master)
        if events.get(0, 0):
            data = os.read(0, 65536)
            if not data:
                return
            while data:
                try:
                    data = data[os.write(master, data):]
                except BlockingIOError:
                    time.sleep(0.002)
        if not is_open:
            time.sleep(0.002)


main()
